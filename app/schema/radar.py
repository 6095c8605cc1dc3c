"""The radar: when it looked, what it suggested, what people answered, and what that taught."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words


def _count(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"), comment=comment)


radar_look = Table(
    "radar_look",
    metadata,
    belongs_to("organisation.id", "organisation_id", "For whom"),
    Column("week", Date, nullable=False, comment="Its Monday, where the organisation is"),
    said("taken_by", "Which worker looks"),
    moment("lease_until", "That worker is taken for dead from then on; null: nobody looks", null=True),
    _count("attempts", "How often it was begun"),
    moment("looked_at", "When it was done; null: not yet", null=True),
    _count("heard", "Signals of the seven days before, copies apart"),
    _count("rising", "How many terms rose"),
    Column(
        "passed_over",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="{reason: how many}, of what rose and was not suggested",
    ),
    said("error", "Why it failed, in words"),
    PrimaryKeyConstraint("organisation_id", "week"),
    comment="One look of the radar: there is one a week",
)

suggestion = Table(
    "suggestion",
    metadata,
    key("Number of the suggestion"),
    belongs_to("organisation.id", "organisation_id", "To whom"),
    Column("week", Date, nullable=False, comment="Of which look"),
    Column("rank", SmallInteger, nullable=False, comment="1 weighs most"),
    said("term", "What rises"),
    words("keys", "Stems by which it is known again"),
    said("query", "For the watch"),
    words("languages", "For the watch; empty: all"),
    words("companions", "What else stands in the same titles"),
    words("topics", "What it touches, strongest first"),
    words("groups", "Who speaks of it, most signals first"),
    words("spoken_in", "Languages in which it is told"),
    Column("signal_ids", ARRAY(BigInteger), nullable=False, comment="What it was made from"),
    Column("example_ids", ARRAY(BigInteger), nullable=False, comment="Three of these"),
    _count("titles", "Titles of the week that hold the term"),
    Column("expected", Float, nullable=False, comment="How many were usual"),
    _count("voices", "Independent publishers"),
    _count("at_risk", "Of the signals: how many touch a topic"),
    _count("days", "On how many days it was spoken of"),
    _count("week_hits", "What the query would have brought in the week"),
    Column("score", Float, nullable=False, comment="How much it weighed"),
    said("because", "Why, in one sentence"),
    moment("made_at", "When it was suggested"),
    said("state", "open, accepted or dismissed", "open"),
    moment("answered_at", "When people answered", null=True),
    said("answered_by", "Who did"),
    said("reason", "Why it was dismissed"),
    said("note", "In their words"),
    Column(
        "watch_id",
        BigInteger,
        ForeignKey("watch.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
        comment="The watch that was made of it",
    ),
    UniqueConstraint("organisation_id", "week", "rank"),
    CheckConstraint("rank between 1 and 5", name="five_a_week"),
    comment="A watch that somebody might want",
)
Index("ix_suggestion_made_at", suggestion.c.organisation_id, suggestion.c.made_at)

radar_weight = Table(
    "radar_weight",
    metadata,
    belongs_to("organisation.id", "organisation_id", "Whose answers"),
    said("kind", "topic or group"),
    said("name", "A topic id, a stakeholder group"),
    _count("accepted", "Suggestions with it that became watches"),
    _count("dismissed", "Suggestions with it that were none of theirs"),
    Column("weight", Float, nullable=False, server_default=text("1"), comment="What follows for the next, 0.5 to 2"),
    PrimaryKeyConstraint("organisation_id", "kind", "name"),
    comment="What answers have taught the radar",
)
