"""Watches, what matched them, and what their detectors remember."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words

watch = Table(
    "watch",
    metadata,
    key("Number of the watch"),
    belongs_to("organisation.id", "organisation_id", "Whose watch"),
    said("name", "What people call it"),
    said("query", "What must be said; empty: everything"),
    words("languages", "Only these; empty: all"),
    words("topics", "Only these are of interest; empty: all"),
    said("owner", "Role or person who answers"),
    said("sensitivity", "open, internal or restricted", "internal"),
    Column("priority", SmallInteger, nullable=False, server_default=text("2"), comment="1 matters most"),
    Column("alerts_per_day", Integer, nullable=False, server_default=text("3"), comment="Budget"),
    said("time_zone", "Of its audience", "Europe/Oslo"),
    Column("is_active", Boolean, nullable=False, server_default=text("true"), comment="False: rests"),
    Column(
        "is_own",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Forkant's own hearing: matches no signals, raises what its ledger finds; cannot be woken or removed",
    ),
    Column("version", Integer, nullable=False, server_default=text("1"), comment="Counts changes, for If-Match"),
    moment("created_at", "When it was made"),
    moment("changed_at", "When it was last changed"),
    UniqueConstraint("organisation_id", "name"),
    comment="What a team wants to be early about",
)
Index("uq_watch_own", watch.c.organisation_id, unique=True, postgresql_where=watch.c.is_own)

watch_status = Table(
    "watch_status",
    metadata,
    Column(
        "watch_id",
        BigInteger,
        ForeignKey("watch.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The watch it is the status of",
    ),
    moment("counted_until", "Its buckets are counted up to here"),
    said("terms", "The languages and query that its hits were found with; another: the past is matched anew"),
    comment="How far the detectors have looked on a watch; locked while they look",
)

watch_hit = Table(
    "watch_hit",
    metadata,
    belongs_to("watch.id", "watch_id", "Which watch"),
    belongs_to("signal.id", "signal_id", "Which signal", index=True),
    moment("counted_at", "The moment in the series that it counts for"),
    Column(
        "is_counted",
        Boolean,
        nullable=False,
        comment="False: shown, but not in the series: a copy, or of unknown age when its source was new",
    ),
    moment("detected_at", "When the detectors saw it; null: not yet", null=True),
    PrimaryKeyConstraint("watch_id", "signal_id"),
    comment="A signal that matched a watch",
)
Index("ix_watch_hit_series", watch_hit.c.watch_id, watch_hit.c.counted_at)
Index("ix_watch_hit_new", watch_hit.c.watch_id, postgresql_where=watch_hit.c.detected_at.is_(None))

detector_state = Table(
    "detector_state",
    metadata,
    belongs_to("watch.id", "watch_id", "Which watch"),
    said("kind", "Which detector"),
    said("version", "That wrote it: another version starts anew"),
    Column("state", JSONB, nullable=False, comment="What it wants to remember"),
    moment("at", "When it wrote"),
    PrimaryKeyConstraint("watch_id", "kind"),
    comment="What a detector remembers of a watch between two looks",
)
