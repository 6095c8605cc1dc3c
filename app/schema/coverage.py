"""The coverage ledger: what each source usually says, and hour by hour whether we heard it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, REAL

from app.schema.base import belongs_to, metadata, moment, said

expectation = Table(
    "expectation",
    metadata,
    Column(
        "source_id",
        BigInteger,
        ForeignKey("source.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The source whose rhythm it is",
    ),
    moment("made_at", "When it was learnt; it is learnt anew every day"),
    Column("slots", ARRAY(REAL), nullable=True, comment="Items an hour, Monday 0 o'clock first; null: too little said"),
    Column("per_day", Float, nullable=True, comment="Items on a usual day; null: too little said"),
    Column(
        "spread", Float, nullable=False, server_default=text("50"), comment="Size of the negative binomial of a day"
    ),
    Column("occasions", Integer, nullable=False, server_default=text("0"), comment="Hours in which it spoke"),
    Column(
        "known_for", INTERVAL, nullable=False, server_default=text("'0'"), comment="How much past it is learnt from"
    ),
    Column(
        "longest_pause", INTERVAL, nullable=False, server_default=text("'0'"), comment="Between two hours of speech"
    ),
    Column(
        "usual_mass", Float, nullable=False, server_default=text("0"), comment="Expected in its usual pauses, at most"
    ),
    moment("last_at", "Last item heard of it", null=True),
    moment("silent_after", "From then on its silence is none of its habits; null: cannot be said", null=True),
    moment("told_at", "When an emergence told of its present silence; null: it speaks, or nobody was told", null=True),
    comment="What a source usually says, by hour of the local week",
)

coverage_hour = Table(
    "coverage_hour",
    metadata,
    belongs_to("source.id", "source_id", "Which source"),
    moment("hour", "Which hour: its beginning"),
    Column("expected", REAL, nullable=False, comment="Items that it usually says in this hour of the week"),
    Column(
        "seen", Integer, nullable=False, comment="New items that we first saw in it, without a new source's backlog"
    ),
    Column("polls", Integer, nullable=False, comment="Visits that went well"),
    Column("failed", Integer, nullable=False, comment="Visits that failed"),
    said("state", "seen, quiet, silent, late, failing, blocked or not_asked"),
    PrimaryKeyConstraint("source_id", "hour"),
    comment="One source in one hour: what was to be heard, and what was heard; kept for 400 days",
)
Index("ix_coverage_hour_hour", coverage_hour.c.hour)

listening = Table(
    "listening",
    metadata,
    Column(
        "organisation_id",
        BigInteger,
        ForeignKey("organisation.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Whose ledger",
    ),
    moment("closed_until", "Hours before this one are in the ledger"),
    moment("awake_at", "When a worker last looked at the ledger: a long while without is a time without listening"),
    Column(
        "missed",
        INTERVAL,
        nullable=False,
        server_default=text("'0'"),
        comment="Time without listening in the hour that is still open",
    ),
    moment("lost_at", "When an emergence told that coverage is lost; null: it is not", null=True),
    comment="How far the ledger is written; locked while it is",
)
