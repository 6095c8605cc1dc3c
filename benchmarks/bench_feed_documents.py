"""All documents of other feed projects through our parser (RL-20), and how far it agrees with what they expect.

    python benchmarks/bench_feed_documents.py [--all]

Reads ../shared/data/feeds. Each document must give items or an error with a name. Where a document carries an
expectation (feedparser: a comment `Expect: … entries[0]['title'] == 'x'`; feed-rs: a file `.serde.json` beside it), the
title, link, id and date of its entries, and the title of the feed, are compared with ours. Titles are compared as the
text that a reader sees. `--all` lists every disagreement; without it, a few for each reason.
"""

import ast
import calendar
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from signals.feed_parser import parse_feed
from signals.parsed import ParsedFeed, ParseError
from signals.text import clean_title
from signals.types import Item

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/feeds"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO_FEEDS = {".json.gz", ".md", ".txt", ".spc", ".properties", ".output"}
FIELDS = {
    "title": "title",
    "link": "link",
    "id": "id",
    "guid": "id",
    "updated_parsed": "date",
    "published_parsed": "date",
    "created_parsed": "date",
    "modified_parsed": "date",
}
_EXPECT = re.compile(r"Expect:\s*(.+?)\s*(?:-->|\n|$)", re.DOTALL)
_ENTRY = re.compile(rb"<(?:item|entry)(?:\s[^<>]*)?>")
_HEADER = re.compile(r"Header:\s*([\w-]+)\s*:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Expectation:
    """What a document should give: a field of the entry at a place, or of the feed where there is none."""

    place: int | None
    field: str  # title, link, id, date
    value: Any


def documents() -> list[Path]:
    """Everything that could be sent instead of a feed; not the licences and the expectations themselves."""
    found = (path for path in FOLDER.rglob("*") if path.is_file() and path.suffix not in NO_FEEDS)
    return sorted(path for path in found if path.name != "LICENSE" and not path.name.endswith(".serde.json"))


def headers_of(text: str) -> dict[str, str]:
    """The headers that a feedparser document wants to be served with."""
    return {name.lower(): value for name, value in _HEADER.findall(text[:2_000])}


def read(body: bytes) -> ParsedFeed | ParseError:
    """The document as our parser has it. Any other exception is a failure of ours."""
    try:
        return parse_feed(body, headers_of(body.decode("latin-1")), NOW)
    except ParseError as error:
        return error


def with_words(body: bytes) -> bytes:
    """Entries that have nothing but a link or a date give no item; for the comparison they get a title of their own."""
    number = count(1)
    return _ENTRY.sub(lambda start: start[0] + b"<title>word %d</title>" % next(number), body)


def expectations(path: Path) -> Iterator[Expectation]:
    """What the file, or the one beside it, says of its entries."""
    beside = path.with_suffix(".serde.json")
    if beside.exists():
        yield from _of_feed_rs(json.loads(beside.read_text()))
    elif found := _EXPECT.search(path.read_bytes().decode("utf-8", errors="replace")[:4_000]):
        yield from _of_feedparser(found[1])


def _of_feedparser(expression: str) -> Iterator[Expectation]:
    """The comparisons in a test expression, read as syntax: nothing of it is run."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and all(isinstance(one, ast.Eq) for one in node.ops):
            *places, last = [node.left, *node.comparators]
            try:
                value = ast.literal_eval(last)
            except ValueError:
                continue
            for place in places:
                if expected := _at(ast.unparse(place), value):
                    yield expected


def _at(place: str, value: Any) -> Expectation | None:
    if found := re.fullmatch(r"entries\[(\d+)\](?:\['(\w+)'\]|\.(\w+))", place):
        field, number = FIELDS.get(found[2] or found[3]), int(found[1])
        return Expectation(number, field, _to_date(value) if field == "date" else value) if field else None
    if re.fullmatch(r"feed(?:\['title'\]|\.title)", place):
        return Expectation(None, "title", value)
    return None


def _to_date(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
    except (TypeError, ValueError, OverflowError):
        return None


def _of_feed_rs(expected: dict[str, Any]) -> Iterator[Expectation]:
    if title := expected.get("title"):
        yield Expectation(None, "title", title["content"])
    for place, entry in enumerate(expected["entries"]):
        if entry["title"]:
            yield Expectation(place, "title", entry["title"]["content"])
        if not re.fullmatch(r"[0-9a-f]{32}|[0-9a-f-]{36}", entry["id"]):  # else it made the name itself
            yield Expectation(place, "id", entry["id"])
        if entry["links"]:
            yield Expectation(place, "link", entry["links"][0]["href"])
        if said := entry["published"] or entry["updated"]:
            yield Expectation(place, "date", datetime.fromisoformat(said).replace(microsecond=0))


def disagreement(expected: Expectation, found: ParsedFeed | ParseError) -> str:
    """Why what we have is not what was expected; empty: it is."""
    if isinstance(found, ParseError):
        return f"error {found.kind}"
    if expected.place is None:
        return "" if _text(found.title) == _text(expected.value) else "feed title differs"
    if expected.place >= len(found.items):
        return f"entry dropped: {', '.join(found.dropped)}" if found.dropped else "entry missing"
    if found.dropped:
        return "" if any(_agrees(expected, item) for item in found.items) else "entry dropped before it"
    return "" if _agrees(expected, found.items[expected.place]) else f"{expected.field} differs"


def _agrees(expected: Expectation, item: Item) -> bool:
    match expected.field:
        case "title":
            return _text(item.title) == _text(expected.value)
        case "link":
            return bool(item.url == expected.value) or (item.url == "" and not str(expected.value).startswith("http"))
        case "id":
            return bool(item.guid == expected.value)
    said_at = item.said_at.replace(microsecond=0) if item.said_at else None
    return bool(said_at == expected.value)


def _text(title: Any) -> str:
    return clean_title(title) if isinstance(title, str) else ""


def main() -> None:
    if not FOLDER.is_dir():
        sys.exit(f"no feed documents at {FOLDER}: nothing measured")
    outcomes: Counter[str] = Counter()
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    started = time.perf_counter()
    paths = documents()
    for path in paths:
        project = path.relative_to(FOLDER).parts[0]
        try:
            body = path.read_bytes()
            found = read(body)
        except Exception as error:  # noqa: BLE001 - what the measurement looks for
            outcomes[f"EXCEPTION {type(error).__name__}"] += 1
            sys.stdout.write(f"EXCEPTION {path.relative_to(FOLDER)}: {error!r}\n")
            continue
        outcomes[_outcome(found)] += 1
        if not isinstance(found, ParseError) and not found.items and found.dropped.get("no_words"):
            found = read(with_words(body))
        for expected in expectations(path):
            why = disagreement(expected, found)
            counts[project, "feed title" if expected.place is None else expected.field][
                "agree" if not why else "not"
            ] += 1
            if why:
                reasons[why].append(
                    f"{path.relative_to(FOLDER)}: expected {expected.value!r:.80}, {_seen(expected, found)}"
                )
    took = time.perf_counter() - started
    sys.stdout.write(f"{len(paths)} documents in {took:.1f} s: {dict(outcomes.most_common())}\n\n")
    sys.stdout.write(f"{'project':12} {'field':11} {'expected':>9} {'agree':>7} {'share':>7}\n")
    for (project, field), seen in sorted(counts.items()):
        sys.stdout.write(
            f"{project:12} {field:11} {seen.total():9} {seen['agree']:7} {seen['agree'] / seen.total():7.1%}\n"
        )
    total = sum(counts.values(), Counter[str]())
    sys.stdout.write(f"{'all':24} {total.total():9} {total['agree']:7} {total['agree'] / max(1, total.total()):7.1%}\n")
    for why, examples in sorted(reasons.items(), key=lambda one: -len(one[1])):
        sys.stdout.write(f"\n{why}: {len(examples)}\n")
        for example in examples if "--all" in sys.argv else examples[:4]:
            sys.stdout.write(f"  {example}\n")


def _outcome(found: ParsedFeed | ParseError) -> str:
    if isinstance(found, ParseError):
        return f"error {found.kind}"
    return "items" if found.items else "entries without words" if found.dropped else "a feed without entries"


def _seen(expected: Expectation, found: ParsedFeed | ParseError) -> str:
    if isinstance(found, ParseError):
        return "an error"
    if expected.place is None:
        return f"got {found.title!r:.60}"
    if expected.place >= len(found.items):
        return f"got {len(found.items)} items"
    item = found.items[expected.place]
    seen = {"title": item.title, "link": item.url, "id": item.guid, "date": item.said_at}[expected.field]
    return f"got {seen!r:.80}"


if __name__ == "__main__":
    main()
