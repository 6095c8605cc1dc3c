"""What feedparser does at the starts and ends of elements, odd steps included; `quick_table` says at which."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedparser.datetimes import _parse_date
from feedparser.urls import _urljoin

from signals.quick_names import Declined

if TYPE_CHECKING:
    from signals.quick_feed import Reader

Fields = dict[str, Any]

XHTML_TYPE = "application/xhtml+xml"
_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html", "xhtml": XHTML_TYPE, XHTML_TYPE: XHTML_TYPE,
}  # fmt: skip
_OF_PAGES = frozenset({"html", "text/html", "xhtml", XHTML_TYPE})
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_HARMLESS_DATE = re.compile(r"[A-Za-z0-9:,.+ -]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """`text`: only its text counts, kept under this name. Else what to do at its start and at its end."""

    text: str = ""
    start: "Callable[[Reader, Fields], None] | None" = None
    end: "Callable[[Reader], object] | None" = None
    expects_text: bool = True


# --- feeds and entries


def start_rss(reader: "Reader", attributes: Fields) -> None:
    if not reader.version.startswith("rss"):
        told = attributes.get("version", "")
        reader.version = _VERSIONS.get(told) or ("rss20" if told.startswith("2.") else "rss")


def start_feed(reader: "Reader", attributes: Fields) -> None:
    if reader.version != "atom10" or reader.depth != 1:
        raise Declined("a feed of an old kind")
    reader.in_feed = True


def start_channel(reader: "Reader", attributes: Fields) -> None:
    _refuse_cdf(attributes)
    reader.in_feed = True


def end_channel(reader: "Reader") -> None:
    reader.in_feed = False


def start_item(reader: "Reader", attributes: Fields) -> None:
    _refuse_cdf(attributes)
    if reader.in_entry or reader.in_source:
        raise Declined("an entry inside another")
    reader.entry, reader.depths = {}, {}
    reader.entries.append(reader.entry)
    reader.push("item", False)
    reader.in_entry, reader.guid_is_link, reader.title_depth = True, False, -1
    if about := attributes.get("rdf:about"):
        reader.entry["id"] = about


def end_item(reader: "Reader") -> None:
    if reader.stack[-1][0] != "item":
        raise Declined("an entry that is left open")
    reader.pop("item")
    reader.in_entry = reader.has_content = False


def _refuse_cdf(attributes: Fields) -> None:
    if "lastmod" in attributes or "href" in attributes:
        raise Declined("a channel of CDF")


def start_image(reader: "Reader", attributes: Fields) -> None:
    if reader.in_source:
        raise Declined("an image of a source")
    if not reader.in_entry:
        reader.context().setdefault("image", {})
    reader.in_image, reader.title_depth = True, -1
    reader.push("image", False)


def end_image(reader: "Reader") -> None:
    reader.pop("image")
    reader.in_image = False


def start_textinput(reader: "Reader", attributes: Fields) -> None:
    if reader.in_entry or reader.in_source:
        raise Declined("a form in an entry")
    reader.context().setdefault("textinput", {})
    reader.in_text_input, reader.title_depth = True, -1
    reader.push("textinput", False)


def end_textinput(reader: "Reader") -> None:
    reader.pop("textinput")
    reader.in_text_input = False


def start_source(reader: "Reader", attributes: Fields) -> None:
    if reader.in_source:
        raise Declined("a source of a source")
    reader.push("source", True)
    reader.in_source, reader.title_depth = True, -1


def end_source(reader: "Reader") -> None:
    reader.in_source = False
    reader.pop("source")
    reader.source = {}


def start_of_feed(name: str) -> "Callable[[Reader, Fields], None]":
    def start(reader: "Reader", attributes: Fields) -> None:
        if reader.in_entry or reader.in_source:
            raise Declined(f"{name} in an entry")
        reader.push(name, True)

    return start


# --- words


def _push_content(reader: "Reader", name: str, attributes: Fields, usual_type: str, expects_text: bool = True) -> None:
    kind = _TYPES.get(attributes.get("type", usual_type))
    if kind is None or "mode" in attributes or "src" in attributes:
        raise Declined("content of a strange type")
    reader.push_content(name, kind, expects_text)


def _is_expected(reader: "Reader") -> bool:
    return reader.in_feed or reader.in_entry or reader.in_source


def start_title(reader: "Reader", attributes: Fields) -> None:
    _push_content(reader, "title", attributes, "text/plain", _is_expected(reader))


def end_title(reader: "Reader") -> None:
    is_kept = not -1 < reader.title_depth <= reader.depth
    value = reader.pop_content("title")
    if is_kept and reader.in_entry and not reader.in_source:
        reader.entry["title_detail"] = {"language": reader.content_lang}
    if value:
        reader.title_depth = reader.depth


def end_media_title(reader: "Reader") -> None:
    before = reader.title_depth
    end_title(reader)
    reader.title_depth = before


def start_description(reader: "Reader", attributes: Fields) -> None:
    if not _starts_content_instead(reader, attributes):
        _push_content(reader, "description", attributes, "text/html", _is_expected(reader))


def start_abstract(reader: "Reader", attributes: Fields) -> None:
    _push_content(reader, "description", attributes, "text/plain", _is_expected(reader))


def start_summary(reader: "Reader", attributes: Fields) -> None:
    if not _starts_content_instead(reader, attributes):
        _push_content(reader, "summary", attributes, "text/plain")


def _starts_content_instead(reader: "Reader", attributes: Fields) -> bool:
    """A second summary is taken for the content."""
    if "summary" not in reader.context() or reader.has_content:
        return False
    reader.is_content_summary = True
    start_content(reader, attributes)
    return True


def end_words(name: str) -> "Callable[[Reader], None]":
    def end(reader: "Reader") -> None:
        if reader.is_content_summary:
            end_content(reader)
        else:
            reader.pop_content(name)
        reader.is_content_summary = False

    return end


def start_content(reader: "Reader", attributes: Fields) -> None:
    if reader.stack and reader.stack[-1][0] != "item":
        raise Declined("content inside something else")  # where feedparser leaves one element open too many
    reader.has_content = True
    _push_content(reader, "content", attributes, "text/plain")


def start_content_encoded(reader: "Reader", attributes: Fields) -> None:
    reader.has_content = True
    _push_content(reader, "content", attributes, "text/html")


def end_content(reader: "Reader") -> None:
    reader.context().setdefault("summary", reader.pop_content("content"))


def content(name: str) -> Rule:
    """A text that may hold markup, of which nothing more is made."""
    return Rule(
        start=lambda reader, attributes: _push_content(reader, name, attributes, "text/plain"),
        end=lambda reader: reader.pop_content(name),
    )


# --- links, ids and dates


def start_link(reader: "Reader", attributes: Fields) -> None:
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    attributes = _with_href(attributes)
    if "href" in attributes:
        attributes["href"] = _urljoin("", attributes["href"])
    context = reader.context()
    links = context.setdefault("links", [])
    if not (reader.in_entry and reader.in_image):
        links.append(attributes)
    if "href" not in attributes:
        reader.push("link", _is_expected(reader))
    elif attributes["rel"] == "alternate" and attributes["type"] in _OF_PAGES:
        context["link"] = attributes["href"]


def start_enclosure(reader: "Reader", attributes: Fields) -> None:
    attributes = _with_href(attributes)
    attributes["rel"] = "enclosure"
    reader.context().setdefault("links", []).append(attributes)


def _with_href(attributes: Fields) -> Fields:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href:
        attributes = {name: value for name, value in attributes.items() if name not in ("url", "uri")}
        attributes["href"] = href
    return attributes


def start_guid(reader: "Reader", attributes: Fields) -> None:
    reader.guid_is_link = attributes.get("ispermalink", "true") == "true"
    reader.push("id", True)


def end_guid(reader: "Reader") -> None:
    value = reader.pop("id")
    if reader.guid_is_link:
        reader.context().setdefault("link", value)


def date(name: str) -> Rule:
    def end(reader: "Reader") -> None:
        value = reader.pop(name)
        if value and not _HARMLESS_DATE.fullmatch(value):
            _parse_date(value)  # it stumbles over some: then feedparser must stumble

    return Rule(name, end=end)


# --- the rest


def start_itunes_image(reader: "Reader", attributes: Fields) -> None:
    reader.push("itunes_image", False)
    if href := attributes.get("href") or attributes.get("url"):
        reader.context()["image"] = {"href": href}


def pass_by(reader: "Reader", attributes: Fields) -> None:
    """Opens nothing: its text belongs to what is open."""
