"""Reads well-made RSS, RDF and Atom as feedparser would, many times faster, or declines.

Theory of operation. feedparser stays the parser of record. This is its strict parser once more, for the part of it
that well-made feeds use: the same expat below, the same stack of open elements, the same rules of which value wins.
It keeps what `feed_parser` asks for and leaves out the rest (dates parsed twice, guesses at HTML, deep copies), where
feedparser's time goes. Names and odd steps are feedparser's own, so that the two can be read side by side.

It declines as soon as a document holds anything whose meaning is not certain: a fault of XML, a DOCTYPE, letters in
another charset than UTF-8, xml:base, markup inside a text that does not say xhtml, an element that feedparser treats
specially and `quick_table` does not name. Then feedparser reads the document, as if nobody had tried.
docs/decisions/0013 says how the two are kept equal.
"""

import re
from contextlib import suppress
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from feedparser.html import _cp1252
from feedparser.urls import _urljoin

from signals.quick_charset import settle_as_utf8
from signals.quick_names import XHTML, Declined, Names, attributes_of, is_free
from signals.quick_steps import XHTML_TYPE, Rule
from signals.quick_table import NO_RULE, RULES

__all__ = ["Declined", "read_quickly"]

Fields = dict[str, Any]

DEEPEST = 100  # markup inside a text
_ROOTS = frozenset({"rss", "feed", "rdf_rdf"})
_RELATIVE = frozenset(
    {"comments", "docs", "href", "icon", "id", "link", "logo", "url", "wfw_comment", "wfw_commentrss"}
)
_OF_TEXT_INPUT = frozenset({"title", "link", "description", "name"})
_OF_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})
_APART = frozenset({"content", "link"})
_OF_TAGS = frozenset({"category", "itunes_keywords"})
_SUSPECT = re.compile(r"[\x80-\xbf]")  # neither fault below is without one of these
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


def read_quickly(body: bytes, content_type: str) -> Fields:
    """`feed`, `entries`, `version` and `bozo` of a document, as feedparser has them. Declined where it is not sure."""
    body, bozo = settle_as_utf8(body, content_type)
    reader = Reader()
    try:
        reader.parse(body)
    except expat.ExpatError as error:
        raise Declined(str(error)) from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Declined(f"a stumble: {error!r}") from None
    for entry in reader.entries:  # what FeedParserDict says when it is asked for a description
        entry["description"] = entry.get("summary", entry.get("subtitle"))
    return {"feed": reader.feed, "entries": reader.entries, "version": reader.version, "bozo": bozo}


class Reader:
    """The state of feedparser's strict parser, as far as it matters here. `quick_steps` changes it."""

    def __init__(self) -> None:
        self.version = ""
        self.feed: Fields = {}
        self.entries: list[Fields] = []
        self.entry: Fields = {}
        self.source: Fields = {}
        self.depths: dict[str, int] = {}  # of the values of this entry: where each stood
        self.depth = 0
        self.stack: list[tuple[str, bool, list[str]]] = []  # open elements: name, is text expected, pieces of it
        self.in_feed = self.in_entry = self.in_source = self.in_image = self.in_text_input = False
        self.in_author = self.in_contributor = self.in_publisher = self.in_content = False
        self.has_content = self.is_content_summary = self.guid_is_link = False
        self.title_depth = -1
        self.content_depth = 0
        self.content_type = ""
        self.content_lang: str | None = None
        self.lang: str | None = None
        self._outer_langs: list[tuple[int, str | None]] = []
        self._names = Names()
        self._rules: dict[str, tuple[str, bool, Rule]] = {}  # by expat's name: feedparser's, is it plain, what to do
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._names.declare
        parser.StartDoctypeDeclHandler = _decline_doctype

    def parse(self, body: bytes) -> None:
        self._parser.Parse(body, True)

    # --- elements

    def _start(self, expat_name: str, given: dict[str, str]) -> None:
        self.depth += 1
        name, is_plain, rule = self._rules.get(expat_name) or self._learn(expat_name)
        attributes = self._attributes(name, given) if given else {}
        if self.in_content:
            self._inline(expat_name, attributes)
            return
        if is_plain and (self.in_image or self.in_text_input):
            self.in_text_input = self.in_text_input and name in _OF_TEXT_INPUT
            self.in_image = self.in_image and name in _OF_IMAGE
        if rule.text:
            pieces: list[str] = []  # as `push`, which most elements come by
            self.stack.append((rule.text, rule.expects_text, pieces))
            self._parser.CharacterDataHandler = pieces.append
        elif rule.start is not None:
            rule.start(self, attributes)
        elif attributes:
            self.context()[name] = attributes
        else:
            self.push(name, True)

    def _end(self, expat_name: str) -> None:
        name, _, rule = self._rules[expat_name]
        if self.in_content and self.depth > self.content_depth:
            self.stack[-1][2].append(f"</{name.removeprefix('xhtml_')}>")
        elif rule.end is not None:
            rule.end(self)
        else:
            self.pop(rule.text or name)
        if self._outer_langs and self._outer_langs[-1][0] == self.depth:
            self.lang = self._outer_langs.pop()[1]
        self.depth -= 1

    def _learn(self, expat_name: str) -> tuple[str, bool, Rule]:
        name, is_plain = self._names.name(expat_name)
        if self.depth == 1:
            if name not in _ROOTS:
                raise Declined(f"a root that is called {name}")
            self.version = self._names.version
            if name == "rdf_rdf" and not self.version:
                raise Declined("an RDF of an unknown kind")
        if name not in RULES and not is_free(name):
            raise Declined(f"an element {name}")
        found = self._rules[expat_name] = (name, is_plain, RULES.get(name, NO_RULE))
        return found

    def _attributes(self, name: str, given: dict[str, str]) -> dict[str, str]:
        attributes = attributes_of(given)
        if "xml:lang" in attributes or "lang" in attributes:
            lang = attributes.get("xml:lang", attributes.get("lang"))
            self._outer_langs.append((self.depth, self.lang))
            self.lang = lang or None
            if lang and name in ("feed", "rss"):
                self.feed["language"] = lang.replace("_", "-")
        return attributes

    def _inline(self, expat_name: str, attributes: dict[str, str]) -> None:
        """Markup inside a text."""
        uri, _, local = expat_name.rpartition(" ")
        if self.content_type != XHTML_TYPE or uri != XHTML or local.lower() in ("body", "svg", "math"):
            raise Declined("markup where it is not expected")
        if any(" " in name for name in attributes) or self.depth > DEEPEST:
            raise Declined("strange markup")
        told = "".join(f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in attributes.items())
        self.stack[-1][2].append(f"<{local.lower()}{told}>")

    def context(self) -> Fields:
        """Where values belong that are not texts."""
        if self.in_source:
            return self.source
        if self.in_image and "image" in self.feed:
            return self.feed["image"]  # type: ignore[no-any-return]
        if self.in_text_input:
            return self.feed["textinput"]  # type: ignore[no-any-return]
        return self.entry if self.in_entry else self.feed

    # --- texts

    def push(self, name: str, expects_text: bool) -> None:
        pieces: list[str] = []
        self.stack.append((name, expects_text, pieces))
        self._parser.CharacterDataHandler = pieces.append

    def push_content(self, name: str, kind: str, expects_text: bool) -> None:
        self.in_content, self.content_depth, self.content_type = True, self.depth, kind
        self.content_lang = self.lang.replace("_", "-") if self.lang else self.lang
        self.push(name, expects_text)
        if kind == XHTML_TYPE:
            pieces = self.stack[-1][2]
            self._parser.CharacterDataHandler = lambda text: pieces.append(escape(text))

    def pop_content(self, name: str) -> str | None:
        value = self.pop(name)
        self.in_content, self.content_type = False, ""
        return value

    def pop(self, name: str) -> str | None:
        """Close an element and put its text where it belongs."""
        stack = self.stack
        if not stack or stack[-1][0] != name:
            return None
        _, expects_text, pieces = stack.pop()
        self._parser.CharacterDataHandler = stack[-1][2].append if stack else None
        if self.content_type == XHTML_TYPE and self.version == "atom10":
            pieces = _without_envelope(pieces)
        output = (pieces[0] if len(pieces) == 1 else "".join(pieces)).strip()
        if not expects_text:
            return output
        if ":///" in output and name in _RELATIVE and (name != "id" or self.guid_is_link):
            output = _urljoin("", output)
        if not output.isascii():
            output = _repaired(output)
        if name in _OF_TAGS or (name == "title" and -1 < self.title_depth <= self.depth):
            return output
        if self.in_entry and not self.in_source:
            if name in _APART:
                self._keep_apart(name, output)
            else:
                key, depth = "summary" if name == "description" else name, self.depth
                if depth <= self.depths.get(key, depth):
                    self.depths[key] = depth
                    self.entry[key] = output
        elif self.in_feed or self.in_source:
            self._keep_in_feed(name, output)
        return output

    def _keep_apart(self, name: str, output: str) -> None:
        """What an entry does not simply have."""
        entry = self.entry
        if name == "content":
            entry.setdefault("content", []).append({"value": output})
        elif not self.in_image:
            entry["link"] = output = _link(output.replace("&amp;", "&"))
            if output:
                entry["links"][-1]["href"] = output

    def _keep_in_feed(self, name: str, output: str) -> None:
        context = self.context()
        context["subtitle" if name == "description" else name] = output
        if name == "link":
            context["link"] = context["links"][-1]["href"] = _link(output)


def _decline_doctype(*_: object) -> None:
    raise Declined("a DOCTYPE")


def _link(output: str) -> str:
    return _REFERENCE.sub(r"&\g<1>", output) if ";" in output else output


def _repaired(output: str) -> str:
    """UTF-8 that was taken for Latin-1 and written as UTF-8 once more, and Windows' own characters."""
    if not _SUSPECT.search(output):
        return output
    with suppress(UnicodeError):
        output = output.encode("iso-8859-1").decode("utf-8")
    return output.translate(_cp1252)


def _without_envelope(pieces: list[str]) -> list[str]:
    """Without the one <div> around the whole, if there is one."""
    pieces = list(pieces)
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if not pieces or not (pieces[0] == "<div>" or pieces[0].startswith("<div ")) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<") and not piece.endswith("/>"):
            depth += 1
    return pieces[1:-1]
