"""Subscriptions at hubs (WebSub), and what hubs pushed and nobody has read yet."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, key, metadata, moment, said


def _flag(name: str, comment: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"), comment=comment)


def _number(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"), comment=comment)


push_subscription = Table(
    "push_subscription",
    metadata,
    key("Number of the subscription"),
    Column(
        "source_id",
        BigInteger,
        ForeignKey("source.id", ondelete="SET NULL"),
        nullable=True,
        index=True,
        comment="Whose news it brings; null: the source is gone, and the hub must be told",
    ),
    said("topic", "What is subscribed to: the self link of the feed"),
    said("hub", "Where: the hub link of the feed"),
    said("token", "The part of our callback that nobody can guess"),
    said("secret", "Hubs sign with it what they push"),
    said("state", "none, asked, active, denied or lapsed", "none"),
    _flag("is_offered", "The feed still names this hub and topic"),
    _flag("is_wanted", "We mean to be subscribed"),
    said("callback", "The address that the hub was last given"),
    moment("asked_at", "When the hub was last asked", null=True),
    moment("next_step_at", "When to turn to the hub again; null: never", null=True, index=True),
    _number("tries", "Requests since the hub last confirmed one"),
    said("remark", "What stands in the way, in plain words"),
    moment("active_since", "What is said from then on should be pushed", null=True),
    moment("lease_until", "The hub forgets us then", null=True),
    moment("last_push_at", "Last push that brought an item", null=True),
    moment("pulled_at", "Last pull since it is active", null=True),
    moment("proven_at", "A pull found nothing that had not been pushed; null: not proven", null=True),
    moment("distrusted_at", "It missed items; null: it did not, or was asked anew since", null=True),
    _number("misses", "Times that it missed items since it was last proven"),
    Column(
        "awaited",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Items that a pull found first: guid to time",
    ),
    _number("pushes", "Pushes taken in"),
    _number("ignored", "Pushes without a right signature: not read"),
    comment="A subscription to one feed at one hub, and how well it serves us",
)
Index(
    "ix_push_subscription_token",
    push_subscription.c.token,
    unique=True,
)
Index(
    "ix_push_subscription_offered",
    push_subscription.c.source_id,
    unique=True,
    postgresql_where=push_subscription.c.is_offered,
)

pushed_document = Table(
    "pushed_document",
    metadata,
    key("Number of the push"),
    belongs_to("push_subscription.id", "subscription_id", "Which subscription brought it"),
    Column("body", LargeBinary, nullable=False, comment="As pushed, its signature checked"),
    Column("size", Integer, nullable=False, comment="Bytes of the body"),
    said("body_hash", "blake2b of the body: the same push twice waits once"),
    said("content_type", "As the hub gave it"),
    moment("received_at", "When it came"),
    moment("lease_until", "A worker is on it until then", null=True),
    _number("tries", "Times that a worker took it"),
    UniqueConstraint("subscription_id", "body_hash"),
    comment="A document that a hub pushed and that nobody has read yet; the row goes when it is read",
)
