"""Tips: the links that let colleagues in without signing in, and the answers that a repeated request gets again."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, metadata, moment, said

tip_link = Table(
    "tip_link",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="SHA-256 of the token in the address"),
    belongs_to("organisation.id", "organisation_id", "Whose colleagues may use it"),
    said("made_by", "Who made it"),
    moment("made_at", "When it was made"),
    moment("revoked_at", "Leads nowhere since", null=True),
    comment="An address at which colleagues give tips without signing in; the address itself is shown once",
)
Index(
    "uq_tip_link_living",
    tip_link.c.organisation_id,
    unique=True,
    postgresql_where=tip_link.c.revoked_at.is_(None),
)

answered_request = Table(
    "answered_request",
    metadata,
    belongs_to("organisation.id", "organisation_id", "Who asked"),
    Column("caller", Text, nullable=False, comment="The key or person that asked"),
    Column("name", Text, nullable=False, comment="Their Idempotency-Key"),
    said("body_hash", "Of what was asked: another body under the same name is refused"),
    Column("answer", JSONB, nullable=False, server_default=text("'{}'"), comment="What was answered"),
    moment("at", "When; forgotten after 24 hours", index=True),
    PrimaryKeyConstraint("organisation_id", "caller", "name"),
    comment="An answer kept for whoever asks the same again",
)
