"""Emergences: what detectors found, and what was decided of it."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words

emergence = Table(
    "emergence",
    metadata,
    key("Number of the emergence"),
    belongs_to("watch.id", "watch_id", "Whose it is"),
    said("kind", "report, novel_story, surge ..."),
    belongs_to("story.id", "story_id", "Which story; null: the watch as a whole", null=True, index=True),
    belongs_to("source.id", "source_id", "About which source; null: about none", null=True, index=True),
    moment("at", "When it was found"),
    Column("observed", Float, nullable=False, comment="What was seen"),
    Column("expected", Float, nullable=False, comment="What is usual"),
    Column("window", INTERVAL, nullable=False, comment="Over how long"),
    Column("tail", Float, nullable=False, comment="Probability of at least this much in ordinary times"),
    Column("strength", Float, nullable=False, comment="1 is just at the detector's threshold"),
    Column("signal_ids", ARRAY(BigInteger), nullable=False, server_default=text("'{}'"), comment="What moved it"),
    words("topics", "Strongest first"),
    words("terms", "Words that carried it"),
    said("because", "One sentence"),
    said("by", "Detector and version"),
    Column("coverage", Float, nullable=False, server_default=text("1"), comment="Share of sources heard"),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'"), comment="The detector's own figures"),
    Column("severity", SmallInteger, nullable=True, comment="0 to 100; null: not yet decided"),
    Column(
        "factors",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{name, value, points}] of the severity; empty: not yet decided, or decided before these were kept",
    ),
    said("verdict", "raise, escalate, update or hold; empty: not yet decided"),
    said("hold", "Why it woke nobody"),
    said("decided", "The decision in words"),
    Column(
        "alert_id",
        BigInteger,
        ForeignKey("alert.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
        comment="The alert that it raised or fed",
    ),
    Column(
        "told_by",
        BigInteger,
        ForeignKey("alert.id", ondelete="SET NULL"),
        nullable=True,
        comment="The alert of another watch that tells the same, where that is why it was held back",
    ),
    comment="A detector's finding: this is on its way",
)
Index("ix_emergence_watch_at", emergence.c.watch_id, emergence.c.at)
Index("ix_emergence_told_by", emergence.c.told_by, postgresql_where=emergence.c.told_by.is_not(None))
Index("ix_emergence_undecided", emergence.c.id, postgresql_where=emergence.c.verdict == "")
