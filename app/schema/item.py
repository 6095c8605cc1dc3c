"""Items as given, and where each is on its way through the stages."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from app.schema.base import belongs_to, key, metadata, moment, said, words

item = Table(
    "item",
    metadata,
    key("Number of the item; its signal has the same"),
    belongs_to("source.id", "source_id", "Who said it"),
    Column("poll_id", BigInteger, nullable=True, comment="The poll that brought it"),
    said("guid", "The source's own name for it; its address or words where it has none"),
    Column("version", Integer, nullable=False, server_default=text("1"), comment="2 and up: an edit"),
    said("title", "As given, may hold HTML"),
    said("summary", "As given, may hold HTML"),
    said("url", "As given"),
    said("author", "As given"),
    words("categories", "The source's own sections and tags"),
    moment("said_at", "As the source claims", null=True),
    said("language", "As the source claims"),
    said("stakeholder", "Whose voice, where a tip says so; empty: its source's"),
    said("sensitivity", "open, internal or restricted: all but tips are open", "open"),
    moment("seen_at", "When we first saw this version"),
    said("content_hash", "Of the words: another hash for the same guid is an edit"),
    Column(
        "is_backlog",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Came with a source's first poll: no news by itself where it has no date",
    ),
    said("timing", "late: we came late to the source; redated: its date is not believed; empty: ordinary"),
    UniqueConstraint("source_id", "guid", "version"),
    comment="One thing said, as given; never changed",
)
Index("ix_item_seen_at", item.c.seen_at)

progress = Table(
    "progress",
    metadata,
    Column(
        "item_id",
        BigInteger,
        ForeignKey("item.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The item on its way",
    ),
    said("stage", "The stage that must take it next", "normalise"),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="Failed tries at this stage"),
    said("error", "Why the last try failed"),
    moment("quarantined_at", "Set after three failed tries: set aside, the rest flows", null=True),
    comment="Where an item is on its way through the stages; the row goes when the item has arrived",
)
Index(
    "ix_progress_waiting",
    progress.c.stage,
    progress.c.item_id,
    postgresql_where=progress.c.quarantined_at.is_(None),
)
