"""create the first tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Ids of transitions must follow commit order, or a poller that has read number 7 could miss number 6. So writers take
# turns: the lock is taken before a row gets its number, and Postgres frees it only after the commit can be seen.
TAKE_TURN = """
create function forkant_take_turn() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('forkant.transition'));
    return null;
end $$
"""
TURN_TRIGGER = """
create trigger transition_turn before insert on transition
for each statement execute function forkant_take_turn()
"""


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.Text(), nullable=False, comment="Host, process and a random part"),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False, comment="serve or work"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="When it started"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="Last sign of life"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
        comment="A running process; readiness and 'is anybody listening' are read from here",
    )
    op.create_table(
        "organisation",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="Owner of sources, watches, receivers and people",
        ),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="As people call it"),
        sa.Column(
            "time_zone",
            sa.Text(),
            server_default=sa.text("'Europe/Oslo'"),
            nullable=False,
            comment="IANA name; hours of the day mean hours there",
        ),
        sa.Column(
            "language",
            sa.Text(),
            server_default=sa.text("'en'"),
            nullable=False,
            comment="BCP 47; what Forkant speaks where nobody chose",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When it was set up"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        comment="Whose Forkant this is; one row on most installations",
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject", sa.Text(), nullable=False, comment="Account or address that tries"),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Since first_at"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False, comment="Start of the window"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_attempt")),
        comment="Failed sign-ins, to slow guessing down on all nodes",
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False, comment="Public part of the key"),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose key"),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="What it is for"),
        sa.Column(
            "secret_hash",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="SHA-256 of the secret part",
        ),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="read:alerts, write:triage, admin",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When made"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True, comment="Not valid after"),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True, comment="To the minute"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Not valid since"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_api_key_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        comment="A program's way in; the key itself is shown once and not stored",
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the person"),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose colleague"),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Signs in with it"),
        sa.Column("password_hash", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Argon2id"),
        sa.Column(
            "role",
            sa.Text(),
            server_default=sa.text("'triage'"),
            nullable=False,
            comment="reader, triage or admin",
        ),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: cannot sign in",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When added"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_person_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_person_organisation_id_name")),
        comment="Somebody who signs in",
    )
    op.create_table(
        "receiver",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the receiver"),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose receiver"),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="What people call it"),
        sa.Column(
            "kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="slack or webhook: which notifier",
        ),
        sa.Column(
            "address",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Where to; a secret, never shown whole",
        ),
        sa.Column(
            "secret",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="For signing, whsec_...; never shown",
        ),
        sa.Column(
            "min_level",
            sa.Text(),
            server_default=sa.text("'low'"),
            nullable=False,
            comment="Not told of less",
        ),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: told nothing",
        ),
        sa.Column(
            "disabled_reason",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Set when Forkant itself switched it off, such as 410 from the other side",
        ),
        sa.Column(
            "held_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="It asked us to wait (Retry-After)",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When it was added"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_receiver_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiver")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_receiver_organisation_id_name")),
        comment="Where to tell",
    )
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the source"),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Who listens to it"),
        sa.Column(
            "kind",
            sa.Text(),
            server_default=sa.text("'feed'"),
            nullable=False,
            comment="Which collector fetches it",
        ),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Where it is"),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="What people call it"),
        sa.Column(
            "stakeholder",
            sa.Text(),
            server_default=sa.text("'media'"),
            nullable=False,
            comment="Whose voice it mostly carries",
        ),
        sa.Column(
            "tier",
            sa.SmallInteger(),
            server_default=sa.text("2"),
            nullable=False,
            comment="1 carries furthest, 3 least",
        ),
        sa.Column(
            "family",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Publisher family; empty: stands alone",
        ),
        sa.Column(
            "country",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="ISO 3166-1 alpha-2, lower case",
        ),
        sa.Column(
            "language",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="BCP 47 hint; empty: unknown",
        ),
        sa.Column(
            "is_priority",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Its silence is news of its own",
        ),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: not polled any more",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When it was added"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_source_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("organisation_id", "kind", "address", name=op.f("uq_source_organisation_id_kind_address")),
        comment="A place we listen to",
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the watch"),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose watch"),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="What people call it"),
        sa.Column(
            "query",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="What must be said; empty: everything",
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Only these; empty: all",
        ),
        sa.Column(
            "topics",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Only these are of interest; empty: all",
        ),
        sa.Column(
            "owner",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Role or person who answers",
        ),
        sa.Column(
            "sensitivity",
            sa.Text(),
            server_default=sa.text("'internal'"),
            nullable=False,
            comment="open, internal or restricted",
        ),
        sa.Column(
            "priority",
            sa.SmallInteger(),
            server_default=sa.text("2"),
            nullable=False,
            comment="1 matters most",
        ),
        sa.Column("alerts_per_day", sa.Integer(), server_default=sa.text("3"), nullable=False, comment="Budget"),
        sa.Column(
            "time_zone",
            sa.Text(),
            server_default=sa.text("'Europe/Oslo'"),
            nullable=False,
            comment="Of its audience",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="False: rests"),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Counts changes, for If-Match",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When it was made"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="When it was last changed"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_watch_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_watch_organisation_id_name")),
        comment="What a team wants to be early about",
    )
    op.create_table(
        "detector_state",
        sa.Column("watch_id", sa.BigInteger(), nullable=False, comment="Which watch"),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Which detector"),
        sa.Column(
            "version",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="That wrote it: another version starts anew",
        ),
        sa.Column(
            "state",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What it wants to remember",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it wrote"),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_detector_state_watch_id_watch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", "kind", name=op.f("pk_detector_state")),
        comment="What a detector remembers of a watch between two looks",
    )
    op.create_table(
        "item",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="Number of the item; its signal has the same",
        ),
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="Who said it"),
        sa.Column("poll_id", sa.BigInteger(), nullable=True, comment="The poll that brought it"),
        sa.Column(
            "guid",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The source's own name for it; its address or words where it has none",
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False, comment="2 and up: an edit"),
        sa.Column(
            "title",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="As given, may hold HTML",
        ),
        sa.Column(
            "summary",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="As given, may hold HTML",
        ),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False, comment="As given"),
        sa.Column("author", sa.Text(), server_default=sa.text("''"), nullable=False, comment="As given"),
        sa.Column(
            "categories",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="The source's own sections and tags",
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True, comment="As the source claims"),
        sa.Column(
            "language",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="As the source claims",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="When we first saw this version"),
        sa.Column(
            "content_hash",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of the words: another hash for the same guid is an edit",
        ),
        sa.Column(
            "is_backlog",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Came with a source's first poll: no news by itself where it has no date",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_item_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("source_id", "guid", "version", name=op.f("uq_item_source_id_guid_version")),
        comment="One thing said, as given; never changed",
    )
    op.create_index("ix_item_seen_at", "item", ["seen_at"], unique=False)
    op.create_table(
        "poll",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the poll"),
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="What was polled"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it began"),
        sa.Column(
            "outcome",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="new, unchanged or failed",
        ),
        sa.Column("took_ms", sa.Integer(), nullable=False, comment="How long it took"),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Decoded bytes"),
        sa.Column(
            "entries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Entries in the document",
        ),
        sa.Column("stored", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Of these, new items"),
        sa.Column(
            "edited",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="New versions of known items",
        ),
        sa.Column("known", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Known and unchanged"),
        sa.Column(
            "dropped",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Reason to number; entries = stored + edited + known + dropped",
        ),
        sa.Column(
            "error",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="In plain words; empty: went well",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_poll_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        comment="One visit to a source, and its account",
    )
    op.create_index("ix_poll_at", "poll", ["at"], unique=False)
    op.create_index("ix_poll_source_at", "poll", ["source_id", "at"], unique=False)
    op.create_table(
        "session",
        sa.Column("token_hash", sa.Text(), nullable=False, comment="SHA-256 of the cookie's token"),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who"),
        sa.Column(
            "form_token",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Must come back with every form",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="Signed in"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="Last used"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="Not valid after"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
        comment="A signed-in browser",
    )
    op.create_index(op.f("ix_session_person_id"), "session", ["person_id"], unique=False)
    op.create_table(
        "source_status",
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="The source it is the status of"),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False, comment="Due from this moment on"),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True, comment="A worker is on it until then"),
        sa.Column("leased_by", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Which worker"),
        sa.Column(
            "etag",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Validator of the last answer, byte for byte as latin-1",
        ),
        sa.Column("last_modified", sa.Text(), server_default=sa.text("''"), nullable=False, comment="The same"),
        sa.Column(
            "body_hash",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="blake2b of the last decoded body",
        ),
        sa.Column(
            "position",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Opaque place in a source that has one",
        ),
        sa.Column(
            "moved_to",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="A permanent redirect seen, not yet confirmed",
        ),
        sa.Column(
            "every",
            postgresql.INTERVAL(),
            server_default=sa.text("'15 minutes'"),
            nullable=False,
            comment="Present poll interval",
        ),
        sa.Column(
            "health",
            sa.Text(),
            server_default=sa.text("'new'"),
            nullable=False,
            comment="new, heard, silent, late, failing, blocked, retired",
        ),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="In a row"),
        sa.Column(
            "last_error",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="In plain words; empty: the last poll went well",
        ),
        sa.Column(
            "last_error_kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Such as unreachable, timeout, too_big, not_a_feed",
        ),
        sa.Column("last_polled_at", sa.DateTime(timezone=True), nullable=True, comment="Last try"),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True, comment="Last try that went well"),
        sa.Column("last_new_at", sa.DateTime(timezone=True), nullable=True, comment="Last poll with a new item"),
        sa.Column(
            "language_scores",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Summed log-scores of its items per language: the prior for the next",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_status_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_status")),
        comment="How it goes with a source; changes all the time, unlike the source",
    )
    op.create_index("ix_source_status_due", "source_status", ["next_poll_at"], unique=False)
    op.create_table(
        "watch_status",
        sa.Column("watch_id", sa.BigInteger(), nullable=False, comment="The watch it is the status of"),
        sa.Column(
            "counted_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Its buckets are counted up to here",
        ),
        sa.Column(
            "terms",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The languages and query that its hits were found with; another: the past is matched anew",
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_watch_status_watch_id_watch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", name=op.f("pk_watch_status")),
        comment="How far the detectors have looked on a watch; locked while they look",
    )
    op.create_table(
        "progress",
        sa.Column("item_id", sa.BigInteger(), nullable=False, comment="The item on its way"),
        sa.Column(
            "stage",
            sa.Text(),
            server_default=sa.text("'normalise'"),
            nullable=False,
            comment="The stage that must take it next",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Failed tries at this stage",
        ),
        sa.Column(
            "error",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Why the last try failed",
        ),
        sa.Column(
            "quarantined_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Set after three failed tries: set aside, the rest flows",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_progress_item_id_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_progress")),
        comment="Where an item is on its way through the stages; the row goes when the item has arrived",
    )
    op.create_index(
        "ix_progress_waiting",
        "progress",
        ["stage", "item_id"],
        unique=False,
        postgresql_where=sa.text("quarantined_at IS NULL"),
    )
    op.create_table(
        "signal",
        sa.Column(
            "id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The number of the item that it is made from",
        ),
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="Who said it"),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Plain text"),
        sa.Column(
            "text",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Plain text of the summary",
        ),
        sa.Column(
            "language",
            sa.Text(),
            server_default=sa.text("'und'"),
            nullable=False,
            comment="nb, nn, sv, da, nl, en, another code, or und",
        ),
        sa.Column(
            "language_score",
            sa.Float(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How sure, 0 to 1",
        ),
        sa.Column("url", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Canonical address"),
        sa.Column(
            "said_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="As claimed, where it can be believed",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="When we first saw it"),
        sa.Column(
            "family",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Publisher family when it was said",
        ),
        sa.Column(
            "stakeholder",
            sa.Text(),
            server_default=sa.text("'media'"),
            nullable=False,
            comment="Whose voice, when it was said",
        ),
        sa.Column(
            "tier",
            sa.SmallInteger(),
            server_default=sa.text("2"),
            nullable=False,
            comment="Of its source, when said",
        ),
        sa.Column(
            "fingerprint",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of the normalised words: equal means exact copy",
        ),
        sa.Column("copy_of", sa.BigInteger(), nullable=True, comment="The signal that it repeats or replaces"),
        sa.Column(
            "copy_kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="same, edit, near, wire; empty: says something of its own",
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector(\n    case language\n        when 'nb' then 'norwegian'::regconfig\n        when 'nn' then 'norwegian'::regconfig\n        when 'sv' then 'swedish'::regconfig\n        when 'da' then 'danish'::regconfig\n        when 'nl' then 'dutch'::regconfig\n        when 'en' then 'english'::regconfig\n        else 'simple'::regconfig\n    end,\n    title || ' ' || text\n)",
                persisted=True,
            ),
            nullable=True,
            comment="Stems in its own language",
        ),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_signal_id_item"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_signal_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        comment="An item cleaned and comparable",
    )
    op.create_index(
        "ix_signal_copy_of",
        "signal",
        ["copy_of"],
        unique=False,
        postgresql_where=sa.text("copy_of IS NOT NULL"),
    )
    op.create_index("ix_signal_fingerprint", "signal", ["fingerprint", "seen_at"], unique=False)
    op.create_index("ix_signal_search", "signal", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_signal_seen_at", "signal", ["seen_at"], unique=False)
    op.create_index(op.f("ix_signal_source_id"), "signal", ["source_id"], unique=False)
    op.create_index("ix_signal_url", "signal", ["url"], unique=False, postgresql_where=sa.text("url <> ''"))
    op.create_table(
        "label",
        sa.Column("signal_id", sa.BigInteger(), nullable=False, comment="What was judged"),
        sa.Column(
            "kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="topic, tone or stakeholder",
        ),
        sa.Column(
            "name",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="A topic id, a tone, a stakeholder group",
        ),
        sa.Column(
            "by",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Classifier and version, such as topics@2026-11-21.3f9a",
        ),
        sa.Column("score", sa.Float(), nullable=False, comment="Calibrated probability, 0 to 1"),
        sa.Column(
            "because",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="[{word, weight, start, end}], spans of title newline text",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="When it was judged"),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_label_signal_id_signal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signal_id", "kind", "name", "by", name=op.f("pk_label")),
        comment="A classifier's judgement of one signal",
    )
    op.create_index("ix_label_name", "label", ["kind", "name", "signal_id"], unique=False)
    op.create_table(
        "story",
        sa.Column(
            "id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The number of the signal that opened it",
        ),
        sa.Column(
            "title",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of the signal that opened it",
        ),
        sa.Column(
            "language",
            sa.Text(),
            server_default=sa.text("'und'"),
            nullable=False,
            comment="Of the signal that opened it",
        ),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False, comment="When it opened"),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, comment="When it last grew"),
        sa.Column(
            "signals",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="How many, copies too",
        ),
        sa.Column(
            "independent",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Independent publishers",
        ),
        sa.Column(
            "publishers",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Their names",
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="In which it is told",
        ),
        sa.Column(
            "best_tier",
            sa.SmallInteger(),
            server_default=sa.text("2"),
            nullable=False,
            comment="Of those who tell it",
        ),
        sa.Column(
            "novelty",
            sa.Float(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Of its first signal, 0 to 1",
        ),
        sa.Column(
            "merged_into",
            sa.BigInteger(),
            nullable=True,
            comment="The older story that it turned out to be part of",
        ),
        sa.ForeignKeyConstraint(["id"], ["signal.id"], name=op.f("fk_story_id_signal"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        comment="Signals about one event",
    )
    op.create_index("ix_story_last_seen_at", "story", ["last_seen_at"], unique=False)
    op.create_table(
        "watch_hit",
        sa.Column("watch_id", sa.BigInteger(), nullable=False, comment="Which watch"),
        sa.Column("signal_id", sa.BigInteger(), nullable=False, comment="Which signal"),
        sa.Column(
            "counted_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The moment in the series that it counts for",
        ),
        sa.Column(
            "is_counted",
            sa.Boolean(),
            nullable=False,
            comment="False: shown, but not in the series: a copy, or of unknown age when its source was new",
        ),
        sa.Column(
            "detected_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the detectors saw it; null: not yet",
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_watch_hit_signal_id_signal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_watch_hit_watch_id_watch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", "signal_id", name=op.f("pk_watch_hit")),
        comment="A signal that matched a watch",
    )
    op.create_index(
        "ix_watch_hit_new",
        "watch_hit",
        ["watch_id"],
        unique=False,
        postgresql_where=sa.text("detected_at IS NULL"),
    )
    op.create_index("ix_watch_hit_series", "watch_hit", ["watch_id", "counted_at"], unique=False)
    op.create_index(op.f("ix_watch_hit_signal_id"), "watch_hit", ["signal_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the alert"),
        sa.Column("watch_id", sa.BigInteger(), nullable=False, comment="Whose alert"),
        sa.Column(
            "story_id",
            sa.BigInteger(),
            nullable=True,
            comment="About which story; null: the watch as a whole",
        ),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'raised'"),
            nullable=False,
            comment="raised, acknowledged, handled, dismissed or faded",
        ),
        sa.Column(
            "title",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of the story, or what surges",
        ),
        sa.Column("severity", sa.SmallInteger(), nullable=False, comment="0 to 100"),
        sa.Column(
            "level",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="low, moderate, serious or critical",
        ),
        sa.Column(
            "factors",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="[{name, value, points}] of the severity",
        ),
        sa.Column(
            "topics",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Strongest first",
        ),
        sa.Column(
            "because",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="One sentence: why it was raised, or last grew",
        ),
        sa.Column("owner", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Who answers"),
        sa.Column(
            "signal_count",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Signals behind it",
        ),
        sa.Column(
            "publisher_count",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Independent voices",
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False, comment="When people could first know"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="Last transition"),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True, comment="When somebody took it"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When handled, dismissed or faded"),
        sa.Column(
            "dismiss_reason",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="duplicate, wrong_subject, not_relevant, old_news, boilerplate, already_handled ...",
        ),
        sa.Column(
            "position",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Its latest transition; also its version, for ETag and If-Match",
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_alert_story_id_story"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_alert_watch_id_watch"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        comment="An emergence that a watch must know",
    )
    op.create_index("ix_alert_raised_at", "alert", ["raised_at"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state", "changed_at"], unique=False)
    op.create_index(op.f("ix_alert_story_id"), "alert", ["story_id"], unique=False)
    op.create_index(op.f("ix_alert_watch_id"), "alert", ["watch_id"], unique=False)
    op.create_index(
        "uq_alert_living",
        "alert",
        ["watch_id", sa.literal_column("coalesce(story_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state in ('raised', 'acknowledged')"),
    )
    op.create_table(
        "story_member",
        sa.Column(
            "signal_id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="A signal stands in one story",
        ),
        sa.Column("story_id", sa.BigInteger(), nullable=False, comment="Which story"),
        sa.Column("score", sa.Float(), nullable=False, comment="How well it fitted"),
        sa.Column("novelty", sa.Float(), nullable=False, comment="1 - the best fit found"),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False, comment="When it was grouped"),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_story_member_signal_id_signal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_member_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_story_member")),
        comment="Which story a signal stands in",
    )
    op.create_index("ix_story_member_joined_at", "story_member", ["joined_at"], unique=False)
    op.create_index("ix_story_member_story", "story_member", ["story_id"], unique=False)
    op.create_table(
        "emergence",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="Number of the emergence",
        ),
        sa.Column("watch_id", sa.BigInteger(), nullable=False, comment="Whose it is"),
        sa.Column(
            "kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="report, novel_story, surge ...",
        ),
        sa.Column("story_id", sa.BigInteger(), nullable=True, comment="Which story; null: the watch as a whole"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it was found"),
        sa.Column("observed", sa.Float(), nullable=False, comment="What was seen"),
        sa.Column("expected", sa.Float(), nullable=False, comment="What is usual"),
        sa.Column("window", postgresql.INTERVAL(), nullable=False, comment="Over how long"),
        sa.Column("tail", sa.Float(), nullable=False, comment="Probability of at least this much in ordinary times"),
        sa.Column("strength", sa.Float(), nullable=False, comment="1 is just at the detector's threshold"),
        sa.Column(
            "signal_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What moved it",
        ),
        sa.Column(
            "topics",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Strongest first",
        ),
        sa.Column(
            "terms",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Words that carried it",
        ),
        sa.Column("because", sa.Text(), server_default=sa.text("''"), nullable=False, comment="One sentence"),
        sa.Column("by", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Detector and version"),
        sa.Column(
            "coverage",
            sa.Float(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Share of sources heard",
        ),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="The detector's own figures",
        ),
        sa.Column("severity", sa.SmallInteger(), nullable=True, comment="0 to 100; null: not yet decided"),
        sa.Column(
            "verdict",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="raise, escalate, update or hold; empty: not yet decided",
        ),
        sa.Column("hold", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Why it woke nobody"),
        sa.Column(
            "decided",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The decision in words",
        ),
        sa.Column("alert_id", sa.BigInteger(), nullable=True, comment="The alert that it raised or fed"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_emergence_alert_id_alert"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_emergence_story_id_story"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_emergence_watch_id_watch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergence")),
        comment="A detector's finding: this is on its way",
    )
    op.create_index(op.f("ix_emergence_alert_id"), "emergence", ["alert_id"], unique=False)
    op.create_index(op.f("ix_emergence_story_id"), "emergence", ["story_id"], unique=False)
    op.create_index(
        "ix_emergence_undecided", "emergence", ["id"], unique=False, postgresql_where=sa.text("verdict = ''")
    )
    op.create_index("ix_emergence_watch_at", "emergence", ["watch_id", "at"], unique=False)
    op.create_table(
        "transition",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="Position: increases in commit order",
        ),
        sa.Column("alert_id", sa.BigInteger(), nullable=False, comment="What changed"),
        sa.Column(
            "kind",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="raised, escalated, updated, acknowledged, handled, dismissed, reopened, faded",
        ),
        sa.Column("state", sa.Text(), server_default=sa.text("''"), nullable=False, comment="After the change"),
        sa.Column("severity", sa.SmallInteger(), nullable=False, comment="After the change"),
        sa.Column("level", sa.Text(), server_default=sa.text("''"), nullable=False, comment="After the change"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When"),
        sa.Column(
            "actor",
            sa.Text(),
            server_default=sa.text("'forkant'"),
            nullable=False,
            comment="forkant, a person or a key",
        ),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False, comment="In words"),
        sa.Column("emergence_id", sa.BigInteger(), nullable=True, comment="What caused it"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_transition_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["emergence_id"],
            ["emergence.id"],
            name=op.f("fk_transition_emergence_id_emergence"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        comment="One change of an alert, with its reason; never changed itself",
    )
    op.create_index(op.f("ix_transition_alert_id"), "transition", ["alert_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the delivery"),
        sa.Column("transition_id", sa.BigInteger(), nullable=False, comment="What is told"),
        sa.Column("receiver_id", sa.BigInteger(), nullable=False, comment="Whom"),
        sa.Column(
            "message_id",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Constant over retries: webhook-id",
        ),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'queued'"),
            nullable=False,
            comment="queued, sent, dead or dropped",
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="So far"),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False, comment="Due from then on"),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True, comment="A worker is on it until then"),
        sa.Column("leased_by", sa.Text(), server_default=sa.text("''"), nullable=False, comment="Which worker"),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False, comment="In plain words"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="In the transaction of its transition",
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True, comment="When the other side said yes"),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["receiver.id"],
            name=op.f("fk_delivery_receiver_id_receiver"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["transition_id"],
            ["transition.id"],
            name=op.f("fk_delivery_transition_id_transition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("transition_id", "receiver_id", name=op.f("uq_delivery_transition_id_receiver_id")),
        comment="Outbox and log: one transition to one receiver",
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["receiver_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_delivery_transition_id"), "delivery", ["transition_id"], unique=False)
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="Number of the attempt"),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False, comment="Of which delivery"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it began"),
        sa.Column("status", sa.Integer(), nullable=True, comment="HTTP status; null: no answer"),
        sa.Column("took_ms", sa.Integer(), nullable=False, comment="How long"),
        sa.Column(
            "error",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="In plain words; empty: it was taken",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_delivery_attempt_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        comment="One try at telling, and its outcome",
    )
    op.create_index(op.f("ix_delivery_attempt_delivery_id"), "delivery_attempt", ["delivery_id"], unique=False)
    op.execute(TAKE_TURN)
    op.execute(TURN_TRIGGER)


def downgrade() -> None:
    op.execute("drop trigger transition_turn on transition")
    op.execute("drop function forkant_take_turn()")
    op.drop_index(op.f("ix_delivery_attempt_delivery_id"), table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index(op.f("ix_delivery_transition_id"), table_name="delivery")
    op.drop_index("ix_delivery_due", table_name="delivery", postgresql_where=sa.text("state = 'queued'"))
    op.drop_table("delivery")
    op.drop_index(op.f("ix_transition_alert_id"), table_name="transition")
    op.drop_table("transition")
    op.drop_index("ix_emergence_watch_at", table_name="emergence")
    op.drop_index("ix_emergence_undecided", table_name="emergence", postgresql_where=sa.text("verdict = ''"))
    op.drop_index(op.f("ix_emergence_story_id"), table_name="emergence")
    op.drop_index(op.f("ix_emergence_alert_id"), table_name="emergence")
    op.drop_table("emergence")
    op.drop_index("ix_story_member_story", table_name="story_member")
    op.drop_index("ix_story_member_joined_at", table_name="story_member")
    op.drop_table("story_member")
    op.drop_index(
        "uq_alert_living", table_name="alert", postgresql_where=sa.text("state in ('raised', 'acknowledged')")
    )
    op.drop_index(op.f("ix_alert_watch_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_story_id"), table_name="alert")
    op.drop_index("ix_alert_state", table_name="alert")
    op.drop_index("ix_alert_raised_at", table_name="alert")
    op.drop_table("alert")
    op.drop_index(op.f("ix_watch_hit_signal_id"), table_name="watch_hit")
    op.drop_index("ix_watch_hit_series", table_name="watch_hit")
    op.drop_index("ix_watch_hit_new", table_name="watch_hit", postgresql_where=sa.text("detected_at IS NULL"))
    op.drop_table("watch_hit")
    op.drop_index("ix_story_last_seen_at", table_name="story")
    op.drop_table("story")
    op.drop_index("ix_label_name", table_name="label")
    op.drop_table("label")
    op.drop_index("ix_signal_url", table_name="signal", postgresql_where=sa.text("url <> ''"))
    op.drop_index(op.f("ix_signal_source_id"), table_name="signal")
    op.drop_index("ix_signal_seen_at", table_name="signal")
    op.drop_index("ix_signal_search", table_name="signal", postgresql_using="gin")
    op.drop_index("ix_signal_fingerprint", table_name="signal")
    op.drop_index("ix_signal_copy_of", table_name="signal", postgresql_where=sa.text("copy_of IS NOT NULL"))
    op.drop_table("signal")
    op.drop_index("ix_progress_waiting", table_name="progress", postgresql_where=sa.text("quarantined_at IS NULL"))
    op.drop_table("progress")
    op.drop_table("watch_status")
    op.drop_index("ix_source_status_due", table_name="source_status")
    op.drop_table("source_status")
    op.drop_index(op.f("ix_session_person_id"), table_name="session")
    op.drop_table("session")
    op.drop_index("ix_poll_source_at", table_name="poll")
    op.drop_index("ix_poll_at", table_name="poll")
    op.drop_table("poll")
    op.drop_index("ix_item_seen_at", table_name="item")
    op.drop_table("item")
    op.drop_table("detector_state")
    op.drop_table("watch")
    op.drop_table("source")
    op.drop_table("receiver")
    op.drop_table("person")
    op.drop_table("api_key")
    op.drop_table("sign_in_attempt")
    op.drop_table("organisation")
    op.drop_table("node")
