"""A page without a feed: its links under a selector, as far as the site lets machines read it.

The selector stands behind the address, with percent signs for blanks: `https://a.example/aktuelt#css=main%20h2%20a`.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote, urldefrag

from signals.conditional import visit
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.parsed import UNWANTED, Reader
from signals.parser_pool import Parsers
from signals.robots import Rules, is_unwanted, judge
from signals.service_api import origin_of
from signals.types import Catch, Cursor, Source

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
ROBOTS_STAY_TRUE = timedelta(hours=24)  # RFC 9309: not longer
SELECTOR = "css="
# A robots.txt that cannot be had forbids nothing; one whose server is ill forbids all for now.
NO_RULES = frozenset({FetchErrorKind.NOT_FOUND, FetchErrorKind.GONE, FetchErrorKind.BLOCKED, FetchErrorKind.BAD_STATUS})


class PageCollector:
    """robots.txt once a day, then one conditional GET."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        address, fragment = urldefrag(source.address)
        position, rules = await _rules(address, cursor.position, outbound, now)
        seen = await visit(address, cursor, outbound, ACCEPT)
        seen = replace(
            seen,
            cursor=replace(seen.cursor, position=position, moved_to=_with_fragment(seen.cursor.moved_to, fragment)),
            rest=max(seen.rest, rules.delay),
        )
        if seen.unchanged:
            return seen.nothing_new
        selector = unquote(fragment.removeprefix(SELECTOR)) if fragment.startswith(SELECTOR) else ""
        headers = {**seen.parser_headers, "selector": selector}
        parsed = await parsers.parse(seen.answer.body, headers, now, Reader.PAGE)
        if parsed.version == UNWANTED or is_unwanted(seen.answer.headers.get("X-Robots-Tag", "")):
            raise _forbidden(address, "asks machines not to read it (noindex)")
        return Catch(
            items=parsed.items,
            cursor=seen.cursor,
            title=parsed.title,
            language=parsed.language,
            earliest_next=seen.rest,
            size=len(seen.answer.body),
            dropped=parsed.dropped,
        )


async def _rules(address: str, position: str, outbound: Outbound, now: datetime) -> tuple[str, Rules]:
    """What robots.txt allows, and the position that remembers it for a day. FetchError when it forbids the page."""
    if known := _remembered(position, now):
        return position, known
    try:
        rules = judge((await outbound.get(f"{origin_of(address)}/robots.txt")).body, address)
    except FetchError as error:
        if error.kind not in NO_RULES:
            raise
        rules = Rules(is_allowed=True)
    if not rules.is_allowed:
        raise _forbidden(address, "is closed to machines by the site's robots.txt")
    return json.dumps([int(now.timestamp()), rules.delay.total_seconds()]), rules


def _remembered(position: str, now: datetime) -> Rules | None:
    """Only sites that let us in are remembered; the others are asked again each time."""
    with suppress(ValueError, TypeError):
        asked_at, delay = json.loads(position)
        if 0 <= now.timestamp() - asked_at < ROBOTS_STAY_TRUE.total_seconds():
            return Rules(True, timedelta(seconds=delay))
    return None


def _forbidden(address: str, why: str) -> FetchError:
    return FetchError(
        FetchErrorKind.BLOCKED, f"{address} {why}. Ask the site for permission, or listen to a feed of it instead."
    )


def _with_fragment(address: str, fragment: str) -> str:
    return f"{address}#{fragment}" if address and fragment else address
