"""keep the rhythm of sources"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("not_modified_at", _TIME, nullable=True, comment="The last visit, where the site answered 304"),
        sa.Column(
            "doubted_until",
            _TIME,
            nullable=True,
            comment="It said 304 although there was news: asked without validators until then",
        ),
        sa.Column(
            "habit",
            postgresql.ARRAY(postgresql.DOUBLE_PRECISION()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="When it usually speaks: the numbers of signals.habits.Habit; empty: not known",
        ),
        sa.Column(
            "skips",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Hours of the week, Monday 0 to Sunday 167 UTC, in which it asks to be left alone",
        ),
        sa.Column(
            "remarks",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What its last changed document made us say of it, in plain words",
        ),
        sa.Column(
            "oddity",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The last strange thing that it did, in plain words; empty: none",
        ),
        sa.Column("oddity_at", _TIME, nullable=True, comment="When it did that"),
    ):
        op.add_column("source_status", column)
    op.add_column(
        "item",
        sa.Column(
            "timing",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="late: we came late to the source; redated: its date is not believed; empty: ordinary",
        ),
    )


def downgrade() -> None:
    op.drop_column("item", "timing")
    for name in ("oddity_at", "oddity", "remarks", "skips", "habit", "doubted_until", "not_modified_at"):
        op.drop_column("source_status", name)
