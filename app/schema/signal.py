"""Signals: items cleaned and comparable, and searchable."""

from sqlalchemy import BigInteger, Column, Computed, Float, ForeignKey, Index, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.schema.base import belongs_to, metadata, moment, said

SEARCH_WORDS = """to_tsvector(
    case language
        when 'nb' then 'norwegian'::regconfig
        when 'nn' then 'norwegian'::regconfig
        when 'sv' then 'swedish'::regconfig
        when 'da' then 'danish'::regconfig
        when 'nl' then 'dutch'::regconfig
        when 'en' then 'english'::regconfig
        else 'simple'::regconfig
    end,
    title || ' ' || text
)"""

signal = Table(
    "signal",
    metadata,
    Column(
        "id",
        BigInteger,
        ForeignKey("item.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The number of the item that it is made from",
    ),
    belongs_to("source.id", "source_id", "Who said it", index=True),
    said("title", "Plain text"),
    said("text", "Plain text of the summary"),
    said("language", "nb, nn, sv, da, nl, en, another code, or und", "und"),
    Column("language_score", Float, nullable=False, server_default=text("0"), comment="How sure, 0 to 1"),
    said("url", "Canonical address"),
    moment("said_at", "As claimed, where it can be believed", null=True),
    moment("seen_at", "When we first saw it"),
    said("family", "Publisher family when it was said"),
    said("stakeholder", "Whose voice, when it was said", "media"),
    Column("tier", SmallInteger, nullable=False, server_default=text("2"), comment="Of its source, when said"),
    said("fingerprint", "Of the normalised words: equal means exact copy"),
    Column("copy_of", BigInteger, nullable=True, comment="The signal that it repeats or replaces"),
    said("copy_kind", "same, edit, near, wire; empty: says something of its own"),
    said("wire", "Agency or release service that signs it; empty: nobody does"),
    said("release", "ours: from a source of our own; reprint: such words elsewhere; else empty"),
    said("section", "Part of the paper it stood in: sport, culture, opinion ...; empty: none that tells"),
    said("sensitivity", "Of its item: open, internal or restricted", "open"),
    Column("search", TSVECTOR, Computed(SEARCH_WORDS, persisted=True), comment="Stems in its own language"),
    comment="An item cleaned and comparable",
)
Index("ix_signal_fingerprint", signal.c.fingerprint, signal.c.seen_at)
Index("ix_signal_url", signal.c.url, postgresql_where=text("url <> ''"))
Index("ix_signal_seen_at", signal.c.seen_at)
Index("ix_signal_search", signal.c.search, postgresql_using="gin")
# What few may see: every question of people leaves these out, so they must be found fast.
Index("ix_signal_restricted", signal.c.id, postgresql_where=text("sensitivity = 'restricted'"))
Index("ix_signal_copy_of", signal.c.copy_of, postgresql_where=signal.c.copy_of.is_not(None))
