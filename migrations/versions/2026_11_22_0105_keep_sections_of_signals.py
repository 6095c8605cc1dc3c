"""keep sections of signals"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WHERE = "Part of the paper it stood in: sport, culture, opinion ...; empty: none that tells"


def upgrade() -> None:
    op.add_column(
        "signal", sa.Column("section", sa.Text(), server_default=sa.text("''"), nullable=False, comment=WHERE)
    )


def downgrade() -> None:
    op.drop_column("signal", "section")
