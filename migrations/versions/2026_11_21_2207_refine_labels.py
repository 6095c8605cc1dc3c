"""refine labels"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HOLDS = "When a closer reading took its place, which may have found nothing; null: it holds"


def upgrade() -> None:
    op.add_column("label", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True, comment=HOLDS))


def downgrade() -> None:
    op.drop_column("label", "superseded_at")
