"""create push subscriptions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column(
            "id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the subscription"
        ),
        sa.Column(
            "source_id",
            sa.BigInteger(),
            nullable=True,
            comment="Whose news it brings; null: the source is gone, and the hub must be told",
        ),
        sa.Column(
            "topic",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="What is subscribed to: the self link of the feed",
        ),
        sa.Column(
            "hub", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Where: the hub link of the feed"
        ),
        sa.Column(
            "token",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The part of our callback that nobody can guess",
        ),
        sa.Column(
            "secret",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Hubs sign with it what they push",
        ),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'none'"),
            nullable=False,
            comment="none, asked, active, denied or lapsed",
        ),
        sa.Column(
            "is_offered",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The feed still names this hub and topic",
        ),
        sa.Column(
            "is_wanted",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="We mean to be subscribed",
        ),
        sa.Column(
            "callback",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The address that the hub was last given",
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True, comment="When the hub was last asked"),
        sa.Column(
            "next_step_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When to turn to the hub again; null: never",
        ),
        sa.Column(
            "tries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Requests since the hub last confirmed one",
        ),
        sa.Column(
            "remark",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="What stands in the way, in plain words",
        ),
        sa.Column(
            "active_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="What is said from then on should be pushed",
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True, comment="The hub forgets us then"),
        sa.Column("last_push_at", sa.DateTime(timezone=True), nullable=True, comment="Last push that brought an item"),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True, comment="Last pull since it is active"),
        sa.Column(
            "proven_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="A pull found nothing that had not been pushed; null: not proven",
        ),
        sa.Column(
            "distrusted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="It missed items; null: it did not, or was asked anew since",
        ),
        sa.Column(
            "misses",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Times that it missed items since it was last proven",
        ),
        sa.Column(
            "awaited",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Items that a pull found first: guid to time",
        ),
        sa.Column("pushes", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Pushes taken in"),
        sa.Column(
            "ignored",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Pushes without a right signature: not read",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_push_subscription_source_id_source"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        comment="A subscription to one feed at one hub, and how well it serves us",
    )
    op.create_index(op.f("ix_push_subscription_next_step_at"), "push_subscription", ["next_step_at"], unique=False)
    op.create_index(
        "ix_push_subscription_offered", "push_subscription", ["source_id"], unique=True, postgresql_where="is_offered"
    )
    op.create_index(op.f("ix_push_subscription_source_id"), "push_subscription", ["source_id"], unique=False)
    op.create_index("ix_push_subscription_token", "push_subscription", ["token"], unique=True)
    op.create_table(
        "pushed_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the push"),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False, comment="Which subscription brought it"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="As pushed, its signature checked"),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes of the body"),
        sa.Column(
            "body_hash",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="blake2b of the body: the same push twice waits once",
        ),
        sa.Column(
            "content_type", sa.Text(), server_default=sa.text("''"), nullable=False, comment="As the hub gave it"
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="When it came"),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True, comment="A worker is on it until then"),
        sa.Column(
            "tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Times that a worker took it"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["push_subscription.id"],
            name=op.f("fk_pushed_document_subscription_id_push_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushed_document")),
        sa.UniqueConstraint("subscription_id", "body_hash", name=op.f("uq_pushed_document_subscription_id_body_hash")),
        comment="A document that a hub pushed and that nobody has read yet; the row goes when it is read",
    )
    op.alter_column(
        "poll",
        "outcome",
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_server_default=sa.text("''"),
        comment="new, unchanged, failed or pushed",
        existing_comment="new, unchanged or failed",
    )


def downgrade() -> None:
    op.alter_column(
        "poll",
        "outcome",
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_server_default=sa.text("''"),
        comment="new, unchanged or failed",
        existing_comment="new, unchanged, failed or pushed",
    )
    op.drop_table("pushed_document")
    op.drop_table("push_subscription")
