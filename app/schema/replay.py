"""Replays: what people asked of the past, how far each is, and what it would have told them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words

replay = Table(
    "replay",
    metadata,
    key("Number of the replay"),
    belongs_to("organisation.id", "organisation_id", "Whose past it is"),
    said("asked_by", "Who asked"),
    said("sight_person", "As whom they see restricted tips; empty: a program"),
    Column(
        "sees_restricted",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether they see all restricted tips; what they do not see is not played",
    ),
    moment("asked_at", "When"),
    Column(
        "watch_id",
        BigInteger,
        ForeignKey("watch.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
        comment="The watch whose live settings are played; null: a draft alone, or the watch is gone",
    ),
    Column("live", JSONB, nullable=True, comment="The watch as it was set when asked; null: a draft alone"),
    Column("draft", JSONB, nullable=True, comment="The settings to compare it with; null: none"),
    moment("begins_at", "The first moment of the past that is told of"),
    moment("ends_at", "The end of it"),
    said("state", "queued, running, done, failed or cancelled", "queued"),
    said("error", "Why it failed, in words"),
    said("taken_by", "Which worker plays it"),
    moment("lease_until", "That worker is taken for dead from then on", null=True),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="How often it was begun"),
    moment("begun_at", "When it was last begun", null=True),
    moment("ended_at", "When it was done, failed or cancelled", null=True),
    Column(
        "total",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="Signals to be played, with the weeks before",
    ),
    Column("played", Integer, nullable=False, server_default=text("0"), comment="Of these, played so far"),
    moment("heard_from", "From when on it listened, to know what is usual", null=True),
    Column("heard", Integer, nullable=False, server_default=text("0"), comment="Items within the period"),
    comment="A question to the past: what would this have told us?",
)
Index("ix_replay_organisation", replay.c.organisation_id, replay.c.asked_at)
Index("ix_replay_waiting", replay.c.id, postgresql_where=replay.c.state.in_(("queued", "running")))

replay_result = Table(
    "replay_result",
    metadata,
    key("Number of the row"),
    belongs_to("replay.id", "replay_id", "Of which replay"),
    said("side", "live or draft: by which settings"),
    said("outcome", "raised, or held: it woke nobody"),
    moment("at", "When it was raised, or held back at its strongest"),
    said("kind", "report, novel_story, surge ..."),
    Column("severity", SmallInteger, nullable=False, comment="0 to 100 when it was raised; its highest when held"),
    said("level", "low, moderate, serious or critical"),
    Column("peak", SmallInteger, nullable=False, comment="The highest severity that it came to"),
    said("state", "Of the alert at the end: raised or faded; empty: held"),
    words("topics", "Strongest first"),
    said("title", "Of the story, or what surges"),
    said("because", "Why, in one sentence"),
    belongs_to("signal.id", "story_id", "The signal that opened the story; null: no story", null=True, index=True),
    Column("signal_ids", ARRAY(BigInteger), nullable=False, server_default=text("'{}'"), comment="What moved it"),
    moment("first_seen_at", "When the first of these was seen", null=True),
    Column("changes", Integer, nullable=False, server_default=text("0"), comment="How often it grew; or was held"),
    said("hold", "Why it woke nobody: budget, below_threshold ..."),
    said("decided", "The same in words"),
    comment="One thing that a replay told, or held back",
)
Index("ix_replay_result_replay", replay_result.c.replay_id, replay_result.c.at)
