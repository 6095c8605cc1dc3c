"""keep suggestions of the radar"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def number(name: str, comment: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, comment=comment)


def count(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False, comment=comment)


def said(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def words(name: str, comment: str) -> sa.Column[object]:
    empty = sa.text("'{}'")
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=empty, nullable=False, comment=comment)


def moment(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def of_organisation(table: str) -> sa.ForeignKeyConstraint:
    named = op.f(f"fk_{table}_organisation_id_organisation")
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=named, ondelete="CASCADE")


def upgrade() -> None:
    create_looks()
    create_suggestions()
    create_weights()


def create_looks() -> None:
    op.create_table(
        "radar_look",
        number("organisation_id", "For whom"),
        sa.Column("week", sa.Date(), nullable=False, comment="Its Monday, where the organisation is"),
        said("taken_by", "Which worker looks"),
        moment("lease_until", "That worker is taken for dead from then on; null: nobody looks", null=True),
        count("attempts", "How often it was begun"),
        moment("looked_at", "When it was done; null: not yet", null=True),
        count("heard", "Signals of the seven days before, copies apart"),
        count("rising", "How many terms rose"),
        sa.Column(
            "passed_over",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="{reason: how many}, of what rose and was not suggested",
        ),
        said("error", "Why it failed, in words"),
        of_organisation("radar_look"),
        sa.PrimaryKeyConstraint("organisation_id", "week", name=op.f("pk_radar_look")),
        comment="One look of the radar: there is one a week",
    )


def create_suggestions() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the suggestion"),
        number("organisation_id", "To whom"),
        sa.Column("week", sa.Date(), nullable=False, comment="Of which look"),
        sa.Column("rank", sa.SmallInteger(), nullable=False, comment="1 weighs most"),
        said("term", "What rises"),
        words("keys", "Stems by which it is known again"),
        said("query", "For the watch"),
        words("languages", "For the watch; empty: all"),
        words("companions", "What else stands in the same titles"),
        words("topics", "What it touches, strongest first"),
        words("groups", "Who speaks of it, most signals first"),
        words("spoken_in", "Languages in which it is told"),
        sa.Column("signal_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False, comment="What it was made from"),
        sa.Column("example_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False, comment="Three of these"),
        count("titles", "Titles of the week that hold the term"),
        sa.Column("expected", sa.Float(), nullable=False, comment="How many were usual"),
        count("voices", "Independent publishers"),
        count("at_risk", "Of the signals: how many touch a topic"),
        count("days", "On how many days it was spoken of"),
        count("week_hits", "What the query would have brought in the week"),
        sa.Column("score", sa.Float(), nullable=False, comment="How much it weighed"),
        said("because", "Why, in one sentence"),
        moment("made_at", "When it was suggested"),
        said("state", "open, accepted or dismissed", "open"),
        moment("answered_at", "When people answered", null=True),
        said("answered_by", "Who did"),
        said("reason", "Why it was dismissed"),
        said("note", "In their words"),
        number("watch_id", "The watch that was made of it", null=True),
        of_organisation("suggestion"),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_suggestion_watch_id_watch"), ondelete="SET NULL"
        ),
        sa.CheckConstraint("rank between 1 and 5", name=op.f("ck_suggestion_five_a_week")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("organisation_id", "week", "rank", name=op.f("uq_suggestion_organisation_id_week_rank")),
        comment="A watch that somebody might want",
    )
    op.create_index("ix_suggestion_made_at", "suggestion", ["organisation_id", "made_at"])
    op.create_index(op.f("ix_suggestion_watch_id"), "suggestion", ["watch_id"])


def create_weights() -> None:
    op.create_table(
        "radar_weight",
        number("organisation_id", "Whose answers"),
        said("kind", "topic or group"),
        said("name", "A topic id, a stakeholder group"),
        count("accepted", "Suggestions with it that became watches"),
        count("dismissed", "Suggestions with it that were none of theirs"),
        sa.Column(
            "weight",
            sa.Float(),
            server_default=sa.text("1"),
            nullable=False,
            comment="What follows for the next, 0.5 to 2",
        ),
        of_organisation("radar_weight"),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "name", name=op.f("pk_radar_weight")),
        comment="What answers have taught the radar",
    )


def downgrade() -> None:
    for table in ("radar_weight", "suggestion", "radar_look"):
        op.drop_table(table)
