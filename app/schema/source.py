"""Sources, what we remember between polls, and every poll's account."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB

from app.schema.base import belongs_to, key, metadata, moment, said

source = Table(
    "source",
    metadata,
    key("Number of the source"),
    belongs_to("organisation.id", "organisation_id", "Who listens to it"),
    said("kind", "Which collector fetches it", "feed"),
    said("address", "Where it is"),
    said("name", "What people call it"),
    said("stakeholder", "Whose voice it mostly carries", "media"),
    Column("tier", SmallInteger, nullable=False, server_default=text("2"), comment="1 carries furthest, 3 least"),
    said("family", "Publisher family; empty: stands alone"),
    said("country", "ISO 3166-1 alpha-2, lower case"),
    said("language", "BCP 47 hint; empty: unknown"),
    Column(
        "is_priority",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Its silence is news of its own",
    ),
    Column(
        "is_active",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="False: not polled any more",
    ),
    moment("created_at", "When it was added"),
    UniqueConstraint("organisation_id", "kind", "address"),
    comment="A place we listen to",
)

source_status = Table(
    "source_status",
    metadata,
    Column(
        "source_id",
        BigInteger,
        ForeignKey("source.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The source it is the status of",
    ),
    moment("next_poll_at", "Due from this moment on"),
    moment("lease_until", "A worker is on it until then", null=True),
    said("leased_by", "Which worker"),
    said("etag", "Validator of the last answer, byte for byte as latin-1"),
    said("last_modified", "The same"),
    said("body_hash", "blake2b of the last decoded body"),
    said("position", "Opaque place in a source that has one"),
    said("moved_to", "A permanent redirect seen, not yet confirmed"),
    Column(
        "every",
        INTERVAL,
        nullable=False,
        server_default=text("'15 minutes'"),
        comment="Present poll interval",
    ),
    said("health", "new, heard, silent, late, failing, blocked, retired", "new"),
    Column("failures", Integer, nullable=False, server_default=text("0"), comment="In a row"),
    said("last_error", "In plain words; empty: the last poll went well"),
    said("last_error_kind", "Such as unreachable, timeout, too_big, not_a_feed"),
    moment("last_polled_at", "Last try", null=True),
    moment("last_success_at", "Last try that went well", null=True),
    moment("last_new_at", "Last poll with a new item", null=True),
    Column(
        "language_scores",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Summed log-scores of its items per language: the prior for the next",
    ),
    comment="How it goes with a source; changes all the time, unlike the source",
)
Index("ix_source_status_due", source_status.c.next_poll_at)

poll = Table(
    "poll",
    metadata,
    key("Number of the poll"),
    belongs_to("source.id", "source_id", "What was polled"),
    moment("at", "When it began"),
    said("outcome", "new, unchanged or failed"),
    Column("took_ms", Integer, nullable=False, comment="How long it took"),
    Column("size", BigInteger, nullable=False, server_default=text("0"), comment="Decoded bytes"),
    Column("entries", Integer, nullable=False, server_default=text("0"), comment="Entries in the document"),
    Column("stored", Integer, nullable=False, server_default=text("0"), comment="Of these, new items"),
    Column("edited", Integer, nullable=False, server_default=text("0"), comment="New versions of known items"),
    Column("known", Integer, nullable=False, server_default=text("0"), comment="Known and unchanged"),
    Column(
        "dropped",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Reason to number; entries = stored + edited + known + dropped",
    ),
    Column("error", Text, nullable=False, server_default=text("''"), comment="In plain words; empty: went well"),
    comment="One visit to a source, and its account",
)
Index("ix_poll_source_at", poll.c.source_id, poll.c.at)
Index("ix_poll_at", poll.c.at)
