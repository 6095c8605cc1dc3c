"""keep budgets of organisations"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column(
            "false_alarms_a_month",
            sa.Integer(),
            nullable=True,
            comment="Alarms of numbers alone that it bears in 30 days; null: one for each active watch",
        ),
    )


def downgrade() -> None:
    op.drop_column("organisation", "false_alarms_a_month")
