"""Receivers, what they must be told, and every attempt at telling them."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint, text

from app.schema.base import belongs_to, key, metadata, moment, said

receiver = Table(
    "receiver",
    metadata,
    key("Number of the receiver"),
    belongs_to("organisation.id", "organisation_id", "Whose receiver"),
    said("name", "What people call it"),
    said("kind", "slack or webhook: which notifier"),
    said("address", "Where to; a secret, never shown whole"),
    said("secret", "For signing, whsec_...; never shown"),
    said("min_level", "Not told of less", "low"),
    Column("is_active", Boolean, nullable=False, server_default=text("true"), comment="False: told nothing"),
    said("disabled_reason", "Set when Forkant itself switched it off, such as 410 from the other side"),
    moment("held_until", "It asked us to wait (Retry-After)", null=True),
    moment("created_at", "When it was added"),
    UniqueConstraint("organisation_id", "name"),
    comment="Where to tell",
)

delivery = Table(
    "delivery",
    metadata,
    key("Number of the delivery"),
    belongs_to("transition.id", "transition_id", "What is told", index=True),
    belongs_to("receiver.id", "receiver_id", "Whom"),
    said("message_id", "Constant over retries: webhook-id"),
    said("state", "queued, sent, dead or dropped", "queued"),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="So far"),
    moment("next_try_at", "Due from then on"),
    moment("lease_until", "A worker is on it until then", null=True),
    said("leased_by", "Which worker"),
    said("last_error", "In plain words"),
    moment("created_at", "In the transaction of its transition"),
    moment("sent_at", "When the other side said yes", null=True),
    UniqueConstraint("transition_id", "receiver_id"),
    comment="Outbox and log: one transition to one receiver",
)
Index("ix_delivery_due", delivery.c.receiver_id, delivery.c.id, postgresql_where=text("state = 'queued'"))

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    key("Number of the attempt"),
    belongs_to("delivery.id", "delivery_id", "Of which delivery", index=True),
    moment("at", "When it began"),
    Column("status", Integer, nullable=True, comment="HTTP status; null: no answer"),
    Column("took_ms", Integer, nullable=False, comment="How long"),
    said("error", "In plain words; empty: it was taken"),
    comment="One try at telling, and its outcome",
)
