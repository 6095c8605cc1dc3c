"""let people change stories"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def key(comment: str) -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment=comment)


def number(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False, comment=comment)


def said(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def moment(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def held(name: str, comment: str, default: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(
        name,
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text(f"'{default}'"),
        nullable=False,
        comment=comment,
    )


def refers(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    create_story_changes()
    create_stages()
    create_outlooks()
    create_links()
    regrouped = "When people last changed its story and the detectors met it anew; null: never"
    op.add_column("story_member", moment("regrouped_at", regrouped, null=True))


def create_story_changes() -> None:
    op.create_table(
        "story_change",
        key("Position: increases in commit order, so that the desk misses none"),
        said("kind", "merge or split"),
        number("story_id", "The story that kept its number"),
        number("other_id", "What became part of it, or was split off"),
        sa.Column("signal_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False, comment="Those that moved"),
        sa.Column(
            "kept_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False, comment="Those that stood where they stand"
        ),
        said("actor", "Who decided so"),
        said("reason", "In their words"),
        moment("at", "When"),
        number("undoes", "The change that this one takes back", null=True),
        moment("undone_at", "When it was taken back; null: it holds", null=True),
        refers("story_change", "story_id", "story"),
        refers("story_change", "other_id", "story"),
        refers("story_change", "undoes", "story_change", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_change")),
        comment="What people decided about stories; automatic merging keeps to it",
    )
    op.create_index(op.f("ix_story_change_story_id"), "story_change", ["story_id"])
    op.create_index(op.f("ix_story_change_other_id"), "story_change", ["other_id"])
    holds = sa.text("kind = 'split' and undone_at is null")
    op.create_index("ix_story_change_split", "story_change", ["at"], postgresql_where=holds)


def create_stages() -> None:
    op.create_table(
        "story_stage",
        number("story_id", "Which story"),
        number("watch_id", "For which watch"),
        said("stage", "potential, emerging, current, crisis, dormant, paracrisis or opportunity", "potential"),
        moment("set_at", "Since when"),
        said("set_by", "forkant, a person or a key", "forkant"),
        said("reason", "In their words"),
        said("proposed", "The stage that the rules propose; empty: the one it has"),
        moment("proposed_at", "Since when they do", null=True),
        held("because", "[{name, value}] that spoke for the proposal", "[]"),
        held("facts", "What the rules last knew", "{}"),
        said("declined", "The proposal that people declined last"),
        held("declined_facts", "What was known then: it is not proposed again until much has changed", "{}"),
        moment("looked_at", "When the rules last looked"),
        moment("look_at", "When to look again, though nothing comes; null: not before something does", null=True),
        refers("story_stage", "story_id", "story"),
        refers("story_stage", "watch_id", "watch"),
        sa.PrimaryKeyConstraint("story_id", "watch_id", name=op.f("pk_story_stage")),
        comment="Where a story stands for a watch",
    )
    op.create_index(op.f("ix_story_stage_watch_id"), "story_stage", ["watch_id"])
    waits = sa.text("look_at is not null")
    op.create_index("ix_story_stage_look_at", "story_stage", ["look_at"], postgresql_where=waits)
    op.create_table(
        "stage_change",
        key("Number of the change"),
        number("story_id", "Which story"),
        number("watch_id", "For which watch"),
        said("kind", "opened, proposed, withdrawn, accepted, set or declined"),
        said("before", "The stage that it had"),
        said("after", "The stage that it got, or that was proposed"),
        moment("at", "When"),
        said("actor", "forkant, a person or a key", "forkant"),
        said("reason", "In words"),
        held("because", "[{name, value}] of a proposal", "[]"),
        refers("stage_change", "story_id", "story"),
        refers("stage_change", "watch_id", "watch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
        comment="One change of where a story stands, or one proposal; never changed itself",
    )
    op.create_index(op.f("ix_stage_change_watch_id"), "stage_change", ["watch_id"])
    op.create_index("ix_stage_change_story", "stage_change", ["story_id", "watch_id"])


def create_outlooks() -> None:
    op.create_table(
        "outlook",
        key("Number of the prediction"),
        number("story_id", "Of which story"),
        sa.Column("horizon", postgresql.INTERVAL(), nullable=False, comment="Over how long"),
        moment("made_at", "When it was made"),
        moment("due_at", "When it can be judged"),
        sa.Column("signals", sa.Integer(), nullable=False, comment="How many the story had, copies too"),
        sa.Column("fading", sa.Float(), nullable=False, comment="Probability that it fades"),
        sa.Column("holding", sa.Float(), nullable=False, comment="Probability that it holds"),
        sa.Column("growing", sa.Float(), nullable=False, comment="Probability that it grows"),
        sa.Column(
            "because",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What spoke for the likeliest, weightiest first",
        ),
        said("by", "Which coefficients"),
        said("came", "fading, holding or growing; unheard: nobody listened meanwhile; empty: not yet judged"),
        sa.Column("came_signals", sa.Integer(), nullable=True, comment="How many came within the horizon"),
        refers("outlook", "story_id", "story"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlook")),
        sa.UniqueConstraint("story_id", "made_at", "horizon", name=op.f("uq_outlook_story_id_made_at_horizon")),
        comment="What was predicted of a story, and what came",
    )
    op.create_index("ix_outlook_due", "outlook", ["due_at"], postgresql_where=sa.text("came = ''"))
    op.create_index("ix_outlook_made_at", "outlook", ["made_at"])


def create_links() -> None:
    op.create_table(
        "story_link",
        number("one_id", "The older story"),
        number("other_id", "The younger one, in another language"),
        sa.Column(
            "score",
            sa.Float(),
            nullable=False,
            comment="How alike their names, numbers and happenings are, 0 to 1",
        ),
        sa.Column(
            "because",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What they share, weightiest first",
        ),
        moment("linked_at", "When it was found"),
        refers("story_link", "one_id", "story"),
        refers("story_link", "other_id", "story"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_story_link")),
        comment="Stories that tell of the same event in different languages",
    )
    op.create_index(op.f("ix_story_link_other_id"), "story_link", ["other_id"])


def downgrade() -> None:
    op.drop_column("story_member", "regrouped_at")
    for table in ("story_link", "outlook", "stage_change", "story_stage", "story_change"):
        op.drop_table(table)
