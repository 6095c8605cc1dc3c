"""Reading lists as OPML: in, however careless their makers were, and out, so that they come back in unchanged.

Only expat reads them, and it reads no document type: a list that declares entities is refused before one is used.
Nothing here is fetched.
"""

import html
import re
import xml.parsers.expat as expat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from itertools import groupby
from xml.sax.saxutils import quoteattr

from signals.item_text import cut
from signals.types import Source, Stakeholder

LARGEST = 5_000_000  # bytes
MOST_FEEDS = 2_000
MOST_OUTLINES = 20_000
DEEPEST = 10
LONGEST_TEXT = 200
OWN = "forkant:"  # before the names of attributes that only we know
NAMESPACE = "urn:forkant:opml:1"

_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class OpmlError(ValueError):
    """A list that cannot be read: what is wrong, in which line, and what to do."""


@dataclass(frozen=True, slots=True)
class OpmlEntry:
    """One feed of a list, as written there. `own` holds what an export of ours said of it besides."""

    line: int
    address: str
    name: str
    folders: tuple[str, ...]  # outermost first
    language: str = ""
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpmlList:
    entries: tuple[OpmlEntry, ...]
    remarks: tuple[str, ...] = ()


def read_opml(body: bytes) -> OpmlList:
    """The feeds of a list, in its order. OpmlError where it is no list, too large, or made to do harm (SE-13)."""
    if len(body) > LARGEST:
        raise OpmlError(f"The list is larger than {LARGEST:,} bytes. Split it into several.")
    body = body.lstrip(b" \t\r\n")
    if not body:
        raise OpmlError("The list is empty. Choose the OPML file that your reader has exported.")
    mended = _BARE_AMPERSAND.sub(b"&amp;", body) if b"\0" not in body[:200] else body  # not in UTF-16
    reader = _Reader()
    reader.read(mended)
    remarks = ["Some & signs were not written as &amp;; they were read as meant."] if mended != body else []
    if reader.without_feed:
        remarks.append(f"Lines that name no feed, passed over: {reader.without_feed}.")
    return OpmlList(tuple(reader.entries), tuple(remarks))


class _Reader:
    """Collects feeds while expat walks through the list."""

    def __init__(self) -> None:
        self.entries: list[OpmlEntry] = []
        self.without_feed = 0
        self._open: list[_Outline] = []
        self._outlines = 0
        self._is_opml = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        self._parser.EntityDeclHandler = self._on_entity
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end

    def read(self, body: bytes) -> None:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            if not self._is_opml:
                raise OpmlError("This is not OPML. Choose the file that your reader has exported.") from None
            what = expat.ErrorString(error.code)
            raise OpmlError(
                f"The list has a fault in line {error.lineno}, column {error.offset + 1} ({what}). Mend it there, or"
                " export it again."
            ) from None
        except (ValueError, LookupError) as error:
            if isinstance(error, OpmlError):
                raise
            raise OpmlError("The list is in an encoding that cannot be read. Save it as UTF-8.") from None

    def _on_doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            self._on_entity()

    def _on_entity(self, *_: object) -> None:
        raise self._refusal("The list declares a document type of its own, which can be made to do harm. Remove it")

    def _refusal(self, what: str) -> OpmlError:
        return OpmlError(f"{what} (line {self._parser.CurrentLineNumber}).")

    def _on_start(self, element: str, attributes: dict[str, str]) -> None:
        element = element.lower()
        if not self._is_opml:
            if element != "opml":
                raise OpmlError(
                    f"This is not OPML: it begins with <{element[:40]}>. Choose the file that your reader has exported."
                )
            self._is_opml = True
        elif element == "outline":
            self._on_outline({name.lower(): value for name, value in attributes.items()})

    def _on_outline(self, given: Mapping[str, str]) -> None:
        self._outlines += 1
        if self._outlines > MOST_OUTLINES:
            raise self._refusal(f"The list has more than {MOST_OUTLINES:,} lines. Split it into several")
        if len(self._open) >= DEEPEST:
            raise self._refusal(f"Folders lie more than {DEEPEST} deep in each other. Flatten them")
        own = {key.removeprefix(OWN): value[:LONGEST_TEXT] for key, value in given.items() if key.startswith(OWN)}
        text = given.get("text") or given.get("title") or ""
        name = cut(text, LONGEST_TEXT) if own else _line(text)  # what we wrote ourselves needs no tidying
        address = given.get("xmlurl", "").strip() or _address_of_rss(given)
        folders = tuple(one.name for one in self._open if one.name and not one.is_feed)
        if self._open:
            self._open[-1].has_children = True
        self._open.append(_Outline(name, bool(address)))
        if address:
            if len(self.entries) >= MOST_FEEDS:
                raise self._refusal(f"The list has more than {MOST_FEEDS:,} feeds. Split it into several")
            language = _line(given.get("language", ""))
            line = self._parser.CurrentLineNumber
            self.entries.append(OpmlEntry(line, cut(address, 4096), name, folders, language, own))

    def _on_end(self, element: str) -> None:
        if element.lower() == "outline":
            ended = self._open.pop()
            self.without_feed += not ended.is_feed and not ended.has_children


@dataclass(slots=True)
class _Outline:
    name: str
    is_feed: bool
    has_children: bool = False


def _address_of_rss(given: Mapping[str, str]) -> str:
    """Some readers write `url` where the rest of the world writes `xmlUrl`."""
    return given.get("url", "").strip() if given.get("type", "").lower() in ("rss", "atom") else ""


def _line(text: str) -> str:
    """One line of plain text. Some makers escape twice."""
    plain = html.unescape(cut(text, 4 * LONGEST_TEXT))
    return cut(" ".join(_NO_XML.sub("", plain).split()), LONGEST_TEXT)


def write_opml(sources: Iterable[Source], title: str, now: datetime) -> str:
    """A list with a folder for each stakeholder group that has sources; what OPML has no word for is in our own."""
    ordered = sorted(sources, key=lambda one: (list(Stakeholder).index(one.stakeholder), one.name.casefold(), one.id))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:forkant="{NAMESPACE}">',
        "  <head>",
        f"    <title>{_escaped(title)}</title>",
        f"    <dateCreated>{format_datetime(now)}</dateCreated>",
        "  </head>",
        "  <body>",
    ]
    for group, members in groupby(ordered, key=lambda one: one.stakeholder):
        name = {"text": group.value.capitalize(), f"{OWN}stakeholder": group.value}
        lines += [f"    <outline {_attributes(name)}>", *map(_outline, members), "    </outline>"]
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(source: Source) -> str:
    given = {
        "type": "rss" if source.kind == "feed" else source.kind,
        "text": source.name,
        "xmlUrl": source.address,
        "language": source.language,
        f"{OWN}kind": "" if source.kind == "feed" else source.kind,
        f"{OWN}stakeholder": source.stakeholder.value,
        f"{OWN}tier": str(source.tier),
        f"{OWN}family": source.family,
        f"{OWN}country": source.country,
        f"{OWN}priority": "yes" if source.is_priority else "",
        f"{OWN}own": "yes" if source.is_own else "",
    }
    return f"      <outline {_attributes(given)}/>"


def _attributes(given: Mapping[str, str]) -> str:
    return " ".join(_written(given))


def _written(given: Mapping[str, str]) -> Iterator[str]:
    for name, value in given.items():
        if value or name == "text":
            yield f"{name}={quoteattr(_NO_XML.sub('', value))}"


def _escaped(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text), {'"': "&quot;"})[1:-1]
