"""Outlooks: what was predicted of a story, and what came."""

from sqlalchemy import Column, Float, Index, Integer, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import INTERVAL

from app.schema.base import belongs_to, key, metadata, moment, said, words

outlook = Table(
    "outlook",
    metadata,
    key("Number of the prediction"),
    belongs_to("story.id", "story_id", "Of which story"),
    Column("horizon", INTERVAL, nullable=False, comment="Over how long"),
    moment("made_at", "When it was made"),
    moment("due_at", "When it can be judged"),
    Column("signals", Integer, nullable=False, comment="How many the story had, copies too"),
    Column("fading", Float, nullable=False, comment="Probability that it fades"),
    Column("holding", Float, nullable=False, comment="Probability that it holds"),
    Column("growing", Float, nullable=False, comment="Probability that it grows"),
    words("because", "What spoke for the likeliest, weightiest first"),
    said("by", "Which coefficients"),
    said("came", "fading, holding or growing; unheard: nobody listened meanwhile; empty: not yet judged"),
    Column("came_signals", Integer, nullable=True, comment="How many came within the horizon"),
    UniqueConstraint("story_id", "made_at", "horizon"),
    comment="What was predicted of a story, and what came",
)
Index("ix_outlook_due", outlook.c.due_at, postgresql_where=outlook.c.came == "")
Index("ix_outlook_made_at", outlook.c.made_at)
