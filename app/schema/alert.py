"""Alerts, and every change of them in commit order."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words

alert = Table(
    "alert",
    metadata,
    key("Number of the alert"),
    belongs_to("watch.id", "watch_id", "Whose alert", index=True),
    belongs_to("story.id", "story_id", "About which story; null: the watch as a whole", null=True, index=True),
    belongs_to("source.id", "source_id", "About which source; null: about none", null=True, index=True),
    said("state", "raised, acknowledged, handled, dismissed or faded", "raised"),
    said("title", "Of the story, or what surges"),
    Column("severity", SmallInteger, nullable=False, comment="0 to 100"),
    said("level", "low, moderate, serious or critical"),
    Column(
        "factors",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{name, value, points}] of the severity",
    ),
    words("topics", "Strongest first"),
    said("because", "One sentence: why it was raised, or last grew"),
    said("owner", "Who answers"),
    Column("signal_count", Integer, nullable=False, server_default=text("1"), comment="Signals behind it"),
    Column("publisher_count", Integer, nullable=False, server_default=text("1"), comment="Independent voices"),
    moment("raised_at", "When people could first know"),
    moment("changed_at", "Last transition"),
    moment("acknowledged_at", "When somebody took it", null=True),
    moment("closed_at", "When handled, dismissed or faded", null=True),
    said("dismiss_reason", "duplicate, wrong_subject, not_relevant, old_news, boilerplate, already_handled ..."),
    Column(
        "position",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="Its latest transition; also its version, for ETag and If-Match",
    ),
    comment="An emergence that a watch must know",
)
Index(
    "uq_alert_living",
    alert.c.watch_id,
    text("coalesce(story_id, 0)"),
    text("coalesce(source_id, 0)"),
    unique=True,
    postgresql_where=text("state in ('raised', 'acknowledged')"),
)
Index("ix_alert_state", alert.c.state, alert.c.changed_at)
Index("ix_alert_raised_at", alert.c.raised_at)

# A trigger (see the migration) takes one advisory lock before each insert, so that ids are in commit order:
# a poller that has read transition n has missed none before it.
transition = Table(
    "transition",
    metadata,
    key("Position: increases in commit order"),
    belongs_to("alert.id", "alert_id", "What changed", index=True),
    said("kind", "raised, escalated, updated, acknowledged, handled, dismissed, reopened, faded"),
    said("state", "After the change"),
    Column("severity", SmallInteger, nullable=False, comment="After the change"),
    said("level", "After the change"),
    moment("at", "When"),
    said("actor", "forkant, a person or a key", "forkant"),
    said("reason", "In words"),
    Column(
        "emergence_id",
        BigInteger,
        ForeignKey("emergence.id", ondelete="SET NULL"),
        nullable=True,
        comment="What caused it",
    ),
    comment="One change of an alert, with its reason; never changed itself",
)
