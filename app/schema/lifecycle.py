"""Life cycle: where a story stands for a watch, as people decided, and what Forkant proposes."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, key, metadata, moment, said

story_stage = Table(
    "story_stage",
    metadata,
    belongs_to("story.id", "story_id", "Which story"),
    belongs_to("watch.id", "watch_id", "For which watch", index=True),
    said("stage", "potential, emerging, current, crisis, dormant, paracrisis or opportunity", "potential"),
    moment("set_at", "Since when"),
    said("set_by", "forkant, a person or a key", "forkant"),
    said("reason", "In their words"),
    said("proposed", "The stage that the rules propose; empty: the one it has"),
    moment("proposed_at", "Since when they do", null=True),
    Column(
        "because",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{name, value}] that spoke for the proposal",
    ),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'"), comment="What the rules last knew"),
    said("declined", "The proposal that people declined last"),
    Column(
        "declined_facts",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="What was known then: it is not proposed again until much has changed",
    ),
    moment("looked_at", "When the rules last looked"),
    moment("look_at", "When to look again, though nothing comes; null: not before something does", null=True),
    PrimaryKeyConstraint("story_id", "watch_id"),
    comment="Where a story stands for a watch",
)
Index("ix_story_stage_look_at", story_stage.c.look_at, postgresql_where=story_stage.c.look_at.is_not(None))

stage_change = Table(
    "stage_change",
    metadata,
    key("Number of the change"),
    belongs_to("story.id", "story_id", "Which story"),
    belongs_to("watch.id", "watch_id", "For which watch", index=True),
    said("kind", "opened, proposed, withdrawn, accepted, set or declined"),
    said("before", "The stage that it had"),
    said("after", "The stage that it got, or that was proposed"),
    moment("at", "When"),
    said("actor", "forkant, a person or a key", "forkant"),
    said("reason", "In words"),
    Column(
        "because",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{name, value}] of a proposal",
    ),
    comment="One change of where a story stands, or one proposal; never changed itself",
)
Index("ix_stage_change_story", stage_change.c.story_id, stage_change.c.watch_id)
