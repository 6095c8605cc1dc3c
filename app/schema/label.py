"""Labels: what a classifier judged of a signal, dated by the classifier's version."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import metadata, moment, said

label = Table(
    "label",
    metadata,
    Column(
        "signal_id",
        BigInteger,
        ForeignKey("signal.id", ondelete="CASCADE"),
        nullable=False,
        comment="What was judged",
    ),
    said("kind", "topic, tone or stakeholder"),
    said("name", "A topic id, a tone, a stakeholder group"),
    said("by", "Classifier and version, such as topics@2026-11-21.3f9a"),
    Column("score", Float, nullable=False, comment="Calibrated probability, 0 to 1"),
    Column(
        "because",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{word, weight, start, end}], spans of title newline text",
    ),
    moment("made_at", "When it was judged"),
    moment(
        "superseded_at", "When a closer reading took its place, which may have found nothing; null: it holds", null=True
    ),
    PrimaryKeyConstraint("signal_id", "kind", "name", "by"),
    comment="A classifier's judgement of one signal",
)
Index("ix_label_name", label.c.kind, label.c.name, label.c.signal_id)
