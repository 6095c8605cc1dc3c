"""Feeds as papers write them: RSS 2.0, Atom and RDF, each in the outlet's own charset."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from app.demo.values import Format, Outlet, Piece

CONTENT_TYPES = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.RDF: "application/rdf+xml",
}


def render(outlet: Outlet, pieces: Sequence[Piece], base: str, now: datetime) -> bytes:
    """The outlet's feed with these pieces, newest first; `base` is the outlet's own address."""
    body = {Format.RSS: _rss, Format.ATOM: _atom, Format.RDF: _rdf}[outlet.format](outlet, pieces, base, now)
    declaration = f'<?xml version="1.0" encoding="{outlet.charset.upper()}"?>\n'
    return (declaration + body).encode(outlet.charset, "xmlcharrefreplace")


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def link_to(piece: Piece, base: str) -> str:
    return f"{base}/{piece.number}"


def _rss(outlet: Outlet, pieces: Sequence[Piece], base: str, now: datetime) -> str:
    items = "".join(
        f"<item><title>{escape(piece.title_at(now))}</title><link>{link_to(piece, base)}</link>"
        f"<description>{escape(f'<p>{escape(piece.lede)}</p>')}</description>"
        f'<guid isPermaLink="false">{piece.guid}</guid><pubDate>{http_date(piece.at)}</pubDate></item>\n'
        for piece in pieces
    )
    language = f"<language>{outlet.language}</language>" if outlet.language else ""
    return (
        f'<rss version="2.0"><channel><title>{escape(outlet.name)}</title><link>{base}/</link>'
        f"<description>{escape(outlet.name)}</description>{language}\n{items}</channel></rss>\n"
    )


def _atom(outlet: Outlet, pieces: Sequence[Piece], base: str, now: datetime) -> str:
    entries = "".join(
        f"<entry><title>{escape(piece.title_at(now))}</title><id>{piece.guid}</id>"
        f"<link href={quoteattr(link_to(piece, base))}/><published>{_iso(piece.at)}</published>"
        f"<updated>{_iso((piece.is_edited(now) and piece.edited_at) or piece.at)}</updated>"
        f"<summary>{escape(piece.lede)}</summary></entry>\n"
        for piece in pieces
    )
    updated = _iso(pieces[0].at) if pieces else _iso(now)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language or "und"}">'
        f"<title>{escape(outlet.name)}</title><id>{base}/</id><updated>{updated}</updated>"
        f"<author><name>{escape(outlet.name)}</name></author>\n{entries}</feed>\n"
    )


def _rdf(outlet: Outlet, pieces: Sequence[Piece], base: str, now: datetime) -> str:
    links = [link_to(piece, base) for piece in pieces]
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(link)}/>" for link in links)
    items = "".join(
        f"<item rdf:about={quoteattr(link)}><title>{escape(piece.title_at(now))}</title><link>{link}</link>"
        f"<description>{escape(piece.lede)}</description><dc:date>{_iso(piece.at)}</dc:date>"
        f"<dc:identifier>{piece.guid}</dc:identifier></item>\n"
        for link, piece in zip(links, pieces, strict=True)
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{base}/">'
        f"<title>{escape(outlet.name)}</title><link>{base}/</link><description>{escape(outlet.name)}</description>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
