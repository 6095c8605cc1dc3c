"""keep replays"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def number(name: str, comment: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, comment=comment)


def own_number(comment: str) -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment=comment)


def count(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False, comment=comment)


def score(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False, comment=comment)


def words(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def many(name: str, kind: sa.types.TypeEngine[Any], comment: str) -> sa.Column[object]:
    empty = sa.text("'{}'")
    return sa.Column(name, postgresql.ARRAY(kind), server_default=empty, nullable=False, comment=comment)


def settings(name: str, comment: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment=comment)


def moment(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def belongs(table: str, name: str, target: str, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    named = op.f(f"fk_{table}_{name}_{target}")
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=named, ondelete=on_delete)


def upgrade() -> None:
    create_replays()
    create_results()


def create_replays() -> None:
    op.create_table(
        "replay",
        own_number("Number of the replay"),
        number("organisation_id", "Whose past it is"),
        words("asked_by", "Who asked"),
        words("sight_person", "As whom they see restricted tips; empty: a program"),
        sa.Column(
            "sees_restricted",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether they see all restricted tips; what they do not see is not played",
        ),
        moment("asked_at", "When"),
        number(
            "watch_id", "The watch whose live settings are played; null: a draft alone, or the watch is gone", null=True
        ),
        settings("live", "The watch as it was set when asked; null: a draft alone"),
        settings("draft", "The settings to compare it with; null: none"),
        moment("begins_at", "The first moment of the past that is told of"),
        moment("ends_at", "The end of it"),
        words("state", "queued, running, done, failed or cancelled", "queued"),
        words("error", "Why it failed, in words"),
        words("taken_by", "Which worker plays it"),
        moment("lease_until", "That worker is taken for dead from then on", null=True),
        count("attempts", "How often it was begun"),
        moment("begun_at", "When it was last begun", null=True),
        moment("ended_at", "When it was done, failed or cancelled", null=True),
        count("total", "Signals to be played, with the weeks before"),
        count("played", "Of these, played so far"),
        moment("heard_from", "From when on it listened, to know what is usual", null=True),
        count("heard", "Items within the period"),
        belongs("replay", "organisation_id", "organisation"),
        belongs("replay", "watch_id", "watch", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
        comment="A question to the past: what would this have told us?",
    )
    op.create_index("ix_replay_watch_id", "replay", ["watch_id"])
    op.create_index("ix_replay_organisation", "replay", ["organisation_id", "asked_at"])
    op.create_index("ix_replay_waiting", "replay", ["id"], postgresql_where=sa.text("state in ('queued', 'running')"))


def create_results() -> None:
    op.create_table(
        "replay_result",
        own_number("Number of the row"),
        number("replay_id", "Of which replay"),
        words("side", "live or draft: by which settings"),
        words("outcome", "raised, or held: it woke nobody"),
        moment("at", "When it was raised, or held back at its strongest"),
        words("kind", "report, novel_story, surge ..."),
        score("severity", "0 to 100 when it was raised; its highest when held"),
        words("level", "low, moderate, serious or critical"),
        score("peak", "The highest severity that it came to"),
        words("state", "Of the alert at the end: raised or faded; empty: held"),
        many("topics", sa.Text(), "Strongest first"),
        words("title", "Of the story, or what surges"),
        words("because", "Why, in one sentence"),
        number("story_id", "The signal that opened the story; null: no story", null=True),
        many("signal_ids", sa.BigInteger(), "What moved it"),
        moment("first_seen_at", "When the first of these was seen", null=True),
        count("changes", "How often it grew; or was held"),
        words("hold", "Why it woke nobody: budget, below_threshold ..."),
        words("decided", "The same in words"),
        belongs("replay_result", "replay_id", "replay"),
        belongs("replay_result", "story_id", "signal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay_result")),
        comment="One thing that a replay told, or held back",
    )
    op.create_index("ix_replay_result_story_id", "replay_result", ["story_id"])
    op.create_index("ix_replay_result_replay", "replay_result", ["replay_id", "at"])


def downgrade() -> None:
    op.drop_table("replay_result")
    op.drop_table("replay")
