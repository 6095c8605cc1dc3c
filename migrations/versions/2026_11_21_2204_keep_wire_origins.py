"""keep wire origins and own press releases"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def text(name: str, comment: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False, comment=comment)


def upgrade() -> None:
    op.add_column("signal", text("wire", "Agency or release service that signs it; empty: nobody does"))
    op.add_column(
        "signal", text("release", "ours: from a source of our own; reprint: such words elsewhere; else empty")
    )
    op.add_column(
        "source",
        sa.Column(
            "is_own",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="We speak there ourselves: spread, no voice",
        ),
    )
    op.add_column(
        "story",
        sa.Column(
            "reprinters",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Papers that print a release of our own",
        ),
    )


def downgrade() -> None:
    op.drop_column("story", "reprinters")
    op.drop_column("source", "is_own")
    op.drop_column("signal", "release")
    op.drop_column("signal", "wire")
