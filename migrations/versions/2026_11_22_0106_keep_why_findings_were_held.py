"""keep why findings were held"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FACTORS = "[{name, value, points}] of the severity; empty: not yet decided, or decided before these were kept"
TOLD_BY = "The alert of another watch that tells the same, where that is why it was held back"


def upgrade() -> None:
    factors = sa.Column("factors", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False, comment=FACTORS)
    op.add_column("emergence", factors)
    op.add_column("emergence", sa.Column("told_by", sa.BigInteger(), nullable=True, comment=TOLD_BY))
    op.create_foreign_key(
        op.f("fk_emergence_told_by_alert"), "emergence", "alert", ["told_by"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_emergence_told_by", "emergence", ["told_by"], postgresql_where=sa.text("told_by is not null"))


def downgrade() -> None:
    op.drop_index("ix_emergence_told_by", "emergence")
    op.drop_constraint(op.f("fk_emergence_told_by_alert"), "emergence", type_="foreignkey")
    op.drop_column("emergence", "told_by")
    op.drop_column("emergence", "factors")
