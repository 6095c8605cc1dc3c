"""Stories: signals about one event."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, SmallInteger, Table, text

from app.schema.base import metadata, moment, said, words

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
    comment="Which story a signal stands in",
)
Index("ix_story_member_story", story_member.c.story_id)
Index("ix_story_member_joined_at", story_member.c.joined_at)
