"""One polite visit to a document: ask whether it has changed, and for how long it wants to be left alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from signals.fetch import Answer, FetchError, FetchErrorKind, Outbound
from signals.types import Catch, Cursor

LONGEST_REST = timedelta(hours=24)  # however long a document asks to be left alone
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visit:
    """An answer, what to remember of it, and the rest it asks for."""

    answer: Answer
    cursor: Cursor
    unchanged: bool
    rest: timedelta

    @property
    def nothing_new(self) -> Catch:
        size = len(self.answer.body)
        return Catch((), self.cursor, unchanged=True, earliest_next=self.rest, size=size)

    @property
    def parser_headers(self) -> dict[str, str]:
        return {
            "content-type": self.answer.headers.get("Content-Type", ""),
            "content-location": self.answer.final_address,
        }


async def visit(address: str, cursor: Cursor, outbound: Outbound, accept: str) -> Visit:
    """A conditional GET. FetchError when it fails, or when it says 304 to a question without conditions."""
    answer = await outbound.get(address, _request_headers(cursor, accept))
    rest = _rest_asked(answer.headers)
    if answer.status == 304:
        return Visit(answer, _unchanged(answer, cursor), True, rest)
    body_hash = blake2b(answer.body, digest_size=16).hexdigest()
    return Visit(answer, _cursor_after(answer, body_hash, cursor), body_hash == cursor.body_hash, rest)


def _unchanged(answer: Answer, cursor: Cursor) -> Cursor:
    if not (cursor.etag or cursor.last_modified):
        raise FetchError(
            FetchErrorKind.BAD_ANSWER,
            "The site says that nothing has changed (304) although we asked for everything. We try again.",
        )
    return replace(
        cursor,
        etag=answer.headers.get("ETag", cursor.etag),
        last_modified=answer.headers.get("Last-Modified", cursor.last_modified),
        moved_to=answer.permanent_redirect_to,
    )


def _request_headers(cursor: Cursor, accept: str) -> dict[str, str]:
    asked = {"If-None-Match": cursor.etag, "If-Modified-Since": cursor.last_modified}
    return {"Accept": accept, **{name: _as_sent(value) for name, value in asked.items() if _as_sent(value)}}


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


def _rest_asked(headers: Mapping[str, str]) -> timedelta:
    """How long Cache-Control says that this answer stays good."""
    control = headers.get("Cache-Control", "")
    found = _MAX_AGE.search(control)
    if not found or "no-cache" in control.lower():
        return timedelta(0)
    age = headers.get("Age", "")
    spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
    return timedelta(seconds=min(max(0, int(found[1]) - spent), LONGEST_REST.total_seconds()))
