"""RSS 0.9x-2.0, RDF, Atom and JSON Feed: asks politely, and parses only what has changed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from signals.documents import looks_like_html
from signals.fetch import Answer, FetchError, FetchErrorKind, Outbound
from signals.parsed import ParseError, ParseErrorKind
from signals.parser_pool import Parsers
from signals.types import Catch, Cursor, Source

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
LONGEST_REST = timedelta(hours=24)  # however long a feed asks to be left alone
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


class FeedCollector:
    """One conditional GET, one parse."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        answer = await outbound.get(source.address, _request_headers(cursor))
        rest = _rest_asked(answer.headers)
        if answer.status == 304:
            return _unchanged(answer, cursor, rest)
        body_hash = blake2b(answer.body, digest_size=16).hexdigest()
        after = _cursor_after(answer, body_hash, cursor)
        if body_hash == cursor.body_hash:
            return Catch((), after, unchanged=True, earliest_next=rest, size=len(answer.body))
        if looks_like_html(answer.body):
            raise _not_a_feed(source, answer)
        parsed = await parsers.parse(answer.body, _response_headers(answer), now)
        return Catch(
            items=parsed.items,
            cursor=after,
            title=parsed.title,
            language=parsed.language,
            earliest_next=min(max(rest, parsed.ttl or timedelta(0)), LONGEST_REST),
            size=len(answer.body),
            dropped=parsed.dropped,
            remarks=parsed.remarks,
        )


def _unchanged(answer: Answer, cursor: Cursor, rest: timedelta) -> Catch:
    if not (cursor.etag or cursor.last_modified):
        raise FetchError(
            FetchErrorKind.BAD_ANSWER,
            "The site says that nothing has changed (304) although we asked for everything. We try again.",
        )
    after = replace(
        cursor,
        etag=answer.headers.get("ETag", cursor.etag),
        last_modified=answer.headers.get("Last-Modified", cursor.last_modified),
        moved_to=answer.permanent_redirect_to,
    )
    return Catch((), after, unchanged=True, earliest_next=rest)


def _request_headers(cursor: Cursor) -> dict[str, str]:
    asked = {"If-None-Match": cursor.etag, "If-Modified-Since": cursor.last_modified}
    return {"Accept": ACCEPT, **{name: _as_sent(value) for name, value in asked.items() if _as_sent(value)}}


def _as_sent(validator: str) -> str:
    """The validator such that its bytes on the wire are those we got. Empty when that cannot be done.

    We keep bytes as Latin-1; the HTTP library writes text as UTF-8.
    """
    try:
        return validator.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""


def _cursor_after(answer: Answer, body_hash: str, cursor: Cursor) -> Cursor:
    return replace(
        cursor,
        etag=answer.headers.get("ETag", ""),
        last_modified=answer.headers.get("Last-Modified", ""),
        body_hash=body_hash,
        moved_to=answer.permanent_redirect_to,
    )


def _response_headers(answer: Answer) -> dict[str, str]:
    return {
        "content-type": answer.headers.get("Content-Type", ""),
        "content-location": answer.final_address,
    }


def _rest_asked(headers: Mapping[str, str]) -> timedelta:
    """How long Cache-Control says that this answer stays good."""
    control = headers.get("Cache-Control", "")
    found = _MAX_AGE.search(control)
    if not found or "no-cache" in control.lower():
        return timedelta(0)
    age = headers.get("Age", "")
    spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
    return timedelta(seconds=min(max(0, int(found[1]) - spent), LONGEST_REST.total_seconds()))


def _not_a_feed(source: Source, answer: Answer) -> ParseError:
    went = "" if answer.final_address == source.address else f" (we were sent on to {answer.final_address})"
    return ParseError(
        ParseErrorKind.NOT_A_FEED,
        f"{source.address} shows a web page, not a feed{went}: perhaps a log-in, a consent page or an error page."
        " Look for the address of the feed itself, often behind an RSS symbol.",
    )
