"""News sitemaps, packed or not, and indexes of sitemaps: the newest few of them, and only what has changed."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from signals.conditional import Visit, visit
from signals.errors import CollectError
from signals.fetch import Outbound
from signals.parsed import INDEX, MOST_ENTRIES, ParsedFeed, Reader
from signals.parser_pool import Parsers
from signals.types import Catch, Cursor, Item, Source

ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"
MOST_CHILDREN = 5  # sitemaps of one index that are read in one visit
MOST_MARKS = 200  # sitemaps of one index that are remembered


@dataclass(frozen=True, slots=True)
class _Read:
    """What the sitemaps of an index brought."""

    items: tuple[Item, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)  # sitemap -> its date as given, or `#` and its hash
    size: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()
    title: str = ""
    language: str = ""


class SitemapCollector:
    """One conditional GET; for an index one more for each sitemap in it that has changed, five at most."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        seen = await visit(source.address, cursor, outbound, ACCEPT)
        marks = _from_position(cursor.position)
        if seen.unchanged:
            undated = {address: "" for address, mark in marks.items() if mark.startswith("#")}
            return await _read_index(seen, undated, marks, outbound, parsers, now) if undated else seen.nothing_new
        parsed = await parsers.parse(seen.answer.body, seen.parser_headers, now, Reader.SITEMAP)
        if parsed.version != INDEX:
            return _to_catch(seen, parsed)
        host = urlsplit(seen.answer.final_address).netloc
        listed = {one.url: one.said_at.isoformat() if one.said_at else "" for one in parsed.items}
        children = {address: date for address, date in listed.items() if urlsplit(address).netloc == host}
        changed = pick(children, marks)
        catch = await _read_index(seen, changed, _before(children, changed, marks), outbound, parsers, now)
        elsewhere = len(listed) - len(children)
        remark = (f"{elsewhere} of its sitemaps are on other hosts: add them by themselves.",) if elsewhere else ()
        return replace(catch, remarks=catch.remarks + remark)


def pick(children: Mapping[str, str], marks: Mapping[str, str]) -> dict[str, str]:
    """The sitemaps of an index to read, in order: those of another date than last time, newest first, news first."""
    changed = [address for address, date in children.items() if not date or date != marks.get(address)]
    newest_first = sorted(changed, key=lambda address: children[address], reverse=True)
    return {address: children[address] for address in sorted(newest_first, key=lambda one: "news" not in one.lower())}


def _before(children: Mapping[str, str], changed: Mapping[str, str], marks: Mapping[str, str]) -> dict[str, str]:
    """The marks to begin with. At the first visit all but the first few count as read: an archive is no news."""
    if marks:
        return {address: mark for address, mark in marks.items() if address in children}
    first = list(changed)[:MOST_CHILDREN]
    return {address: date or "#" for address, date in children.items() if address not in first}


async def _read_index(
    seen: Visit,
    changed: Mapping[str, str],
    marks: Mapping[str, str],
    outbound: Outbound,
    parsers: Parsers,
    now: datetime,
) -> Catch:
    read, failures = _Read(marks=marks), list[CollectError]()
    first = list(changed.items())[:MOST_CHILDREN]
    for address, date in first:
        try:
            read = await _read_child(address, date, read, outbound, parsers, now)
        except CollectError as error:
            failures.append(error)
            read = replace(read, remarks=(*read.remarks, error.message))
    if failures and len(failures) == len(first):
        raise failures[0]
    is_done = not failures and all(read.marks.get(address) == date for address, date in changed.items() if date)
    cursor = replace(seen.cursor, position=_to_position(read.marks))
    items = tuple({item.guid: item for item in reversed(read.items)}.values())[::-1]
    over = max(0, len(items) - MOST_ENTRIES)
    return Catch(
        items=items[:MOST_ENTRIES],
        cursor=cursor if is_done else replace(cursor, etag="", last_modified="", body_hash=""),
        unchanged=not items and not read.dropped,
        title=read.title,
        language=read.language,
        earliest_next=seen.rest,
        size=len(seen.answer.body) + read.size,
        dropped=dict(read.dropped + Counter(over_limit=over)),
        remarks=read.remarks,
    )


async def _read_child(
    address: str, date: str, read: _Read, outbound: Outbound, parsers: Parsers, now: datetime
) -> _Read:
    seen = await visit(address, Cursor(), outbound, ACCEPT)
    body = seen.answer.body
    body_hash = f"#{seen.cursor.body_hash}"
    if read.marks.get(address) == body_hash:
        return replace(read, size=read.size + len(body))
    parsed = await parsers.parse(body, seen.parser_headers, now, Reader.SITEMAP)
    return _Read(
        items=read.items + (parsed.items if parsed.version != INDEX else ()),
        marks={**read.marks, address: date or body_hash},
        size=read.size + len(body),
        dropped=read.dropped + Counter(parsed.dropped),
        remarks=read.remarks + parsed.remarks,
        title=read.title or parsed.title,
        language=read.language or parsed.language,
    )


def _to_catch(seen: Visit, parsed: ParsedFeed) -> Catch:
    return Catch(
        items=parsed.items,
        cursor=replace(seen.cursor, position=""),
        title=parsed.title,
        language=parsed.language,
        earliest_next=seen.rest,
        size=len(seen.answer.body),
        dropped=parsed.dropped,
        remarks=parsed.remarks,
    )


def _to_position(marks: Mapping[str, str]) -> str:
    return json.dumps(dict(list(marks.items())[:MOST_MARKS]))


def _from_position(position: str) -> dict[str, str]:
    try:
        found = json.loads(position)
    except ValueError:
        return {}
    return {str(address): str(mark) for address, mark in found.items()} if isinstance(found, dict) else {}
