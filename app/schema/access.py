"""People, their sessions, and API keys."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, UniqueConstraint, text

from app.schema.base import belongs_to, key, metadata, moment, said, words

person = Table(
    "person",
    metadata,
    key("Number of the person"),
    belongs_to("organisation.id", "organisation_id", "Whose colleague"),
    said("name", "Signs in with it"),
    said("password_hash", "Argon2id"),
    said("role", "reader, triage or admin", "triage"),
    Column("is_active", Boolean, nullable=False, server_default=text("true"), comment="False: cannot sign in"),
    moment("created_at", "When added"),
    UniqueConstraint("organisation_id", "name"),
    comment="Somebody who signs in",
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="SHA-256 of the cookie's token"),
    belongs_to("person.id", "person_id", "Who", index=True),
    said("form_token", "Must come back with every form"),
    moment("created_at", "Signed in"),
    moment("seen_at", "Last used"),
    moment("expires_at", "Not valid after"),
    comment="A signed-in browser",
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True, comment="Public part of the key"),
    belongs_to("organisation.id", "organisation_id", "Whose key"),
    said("name", "What it is for"),
    said("secret_hash", "SHA-256 of the secret part"),
    words("scopes", "read:alerts, write:triage, admin"),
    moment("created_at", "When made"),
    moment("expires_at", "Not valid after", null=True),
    moment("last_used_at", "To the minute", null=True),
    moment("revoked_at", "Not valid since", null=True),
    comment="A program's way in; the key itself is shown once and not stored",
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("subject", Text, primary_key=True, comment="Account or address that tries"),
    Column("failures", Integer, nullable=False, server_default=text("0"), comment="Since first_at"),
    moment("first_at", "Start of the window"),
    comment="Failed sign-ins, to slow guessing down on all nodes",
)
