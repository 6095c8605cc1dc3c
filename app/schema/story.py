"""Stories: signals about one event."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.schema.base import belongs_to, key, metadata, moment, said, words

story = Table(
    "story",
    metadata,
    Column(
        "id",
        BigInteger,
        ForeignKey("signal.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The number of the signal that opened it",
    ),
    said("title", "Of the signal that opened it"),
    said("language", "Of the signal that opened it", "und"),
    moment("first_seen_at", "When it opened"),
    moment("last_seen_at", "When it last grew"),
    Column("signals", Integer, nullable=False, server_default=text("1"), comment="How many, copies too"),
    Column("independent", Integer, nullable=False, server_default=text("1"), comment="Independent publishers"),
    words("publishers", "Their names"),
    words("reprinters", "Papers that print a release of our own"),
    words("languages", "In which it is told"),
    Column("best_tier", SmallInteger, nullable=False, server_default=text("2"), comment="Of those who tell it"),
    Column("novelty", Float, nullable=False, server_default=text("1"), comment="Of its first signal, 0 to 1"),
    Column("merged_into", BigInteger, nullable=True, comment="The older story that it turned out to be part of"),
    comment="Signals about one event",
)
Index("ix_story_last_seen_at", story.c.last_seen_at)

story_member = Table(
    "story_member",
    metadata,
    Column(
        "signal_id",
        BigInteger,
        ForeignKey("signal.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="A signal stands in one story",
    ),
    Column(
        "story_id",
        BigInteger,
        ForeignKey("story.id", ondelete="CASCADE"),
        nullable=False,
        comment="Which story",
    ),
    Column("score", Float, nullable=False, comment="How well it fitted"),
    Column("novelty", Float, nullable=False, comment="1 - the best fit found"),
    moment("joined_at", "When it was grouped"),
    moment("regrouped_at", "When people last changed its story and the detectors met it anew; null: never", null=True),
    comment="Which story a signal stands in",
)
Index("ix_story_member_story", story_member.c.story_id)
Index("ix_story_member_joined_at", story_member.c.joined_at)

story_link = Table(
    "story_link",
    metadata,
    belongs_to("story.id", "one_id", "The older story"),
    belongs_to("story.id", "other_id", "The younger one, in another language", index=True),
    Column("score", Float, nullable=False, comment="How alike their names, numbers and happenings are, 0 to 1"),
    words("because", "What they share, weightiest first"),
    moment("linked_at", "When it was found"),
    PrimaryKeyConstraint("one_id", "other_id"),
    comment="Stories that tell of the same event in different languages",
)

story_change = Table(
    "story_change",
    metadata,
    key("Position: increases in commit order, so that the desk misses none"),
    said("kind", "merge or split"),
    belongs_to("story.id", "story_id", "The story that kept its number", index=True),
    belongs_to("story.id", "other_id", "What became part of it, or was split off", index=True),
    Column("signal_ids", ARRAY(BigInteger), nullable=False, comment="Those that moved"),
    Column("kept_ids", ARRAY(BigInteger), nullable=False, comment="Those that stood where they stand"),
    said("actor", "Who decided so"),
    said("reason", "In their words"),
    moment("at", "When"),
    Column(
        "undoes",
        BigInteger,
        ForeignKey("story_change.id", ondelete="SET NULL"),
        nullable=True,
        comment="The change that this one takes back",
    ),
    moment("undone_at", "When it was taken back; null: it holds", null=True),
    comment="What people decided about stories; automatic merging keeps to it",
)
Index("ix_story_change_split", story_change.c.at, postgresql_where=text("kind = 'split' and undone_at is null"))
