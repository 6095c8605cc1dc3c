"""create tips"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def words(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def moment(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def organisation(comment: str) -> sa.Column[int]:
    return sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment=comment)


def upgrade() -> None:
    op.add_column("item", words("stakeholder", "Whose voice, where a tip says so; empty: its source's"))
    op.add_column("item", words("sensitivity", "open, internal or restricted: all but tips are open", "open"))
    op.add_column("signal", words("sensitivity", "Of its item: open, internal or restricted", "open"))
    op.create_index("ix_signal_restricted", "signal", ["id"], postgresql_where=sa.text("sensitivity = 'restricted'"))
    create_links()
    create_answers()


def create_links() -> None:
    op.create_table(
        "tip_link",
        sa.Column("token_hash", sa.Text(), nullable=False, comment="SHA-256 of the token in the address"),
        organisation("Whose colleagues may use it"),
        words("made_by", "Who made it"),
        moment("made_at", "When it was made"),
        moment("revoked_at", "Leads nowhere since", null=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_tip_link_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tip_link")),
        comment="An address at which colleagues give tips without signing in; the address itself is shown once",
    )
    op.create_index(
        "uq_tip_link_living",
        "tip_link",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def create_answers() -> None:
    answer = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "answered_request",
        organisation("Who asked"),
        sa.Column("caller", sa.Text(), nullable=False, comment="The key or person that asked"),
        sa.Column("name", sa.Text(), nullable=False, comment="Their Idempotency-Key"),
        words("body_hash", "Of what was asked: another body under the same name is refused"),
        sa.Column("answer", answer, server_default=sa.text("'{}'"), nullable=False, comment="What was answered"),
        moment("at", "When; forgotten after 24 hours"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_answered_request_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "caller", "name", name=op.f("pk_answered_request")),
        comment="An answer kept for whoever asks the same again",
    )
    op.create_index(op.f("ix_answered_request_at"), "answered_request", ["at"])


def downgrade() -> None:
    op.drop_table("answered_request")
    op.drop_table("tip_link")
    op.drop_index("ix_signal_restricted", "signal")
    op.drop_column("signal", "sensitivity")
    op.drop_column("item", "sensitivity")
    op.drop_column("item", "stakeholder")
