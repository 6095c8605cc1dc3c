"""What feedparser does at each element, as far as `quick_feed` follows it: one row per element, the odd steps included.

An element without a row is either free, that is feedparser has no rule for it and keeps it where nobody looks, or its
document is left to feedparser.
"""

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

MOST_TAGS = 200  # of one entry: feedparser compares each with each
XHTML_TYPE = "application/xhtml+xml"
_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html", "xhtml": XHTML_TYPE, XHTML_TYPE: XHTML_TYPE,
}  # fmt: skip
_OF_PAGES = frozenset({"html", "text/html", "xhtml", XHTML_TYPE})
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_HARMLESS_DATE = re.compile(r"[A-Za-z0-9:,.+ -]{1,40}", re.ASCII)
# As feedparser has it, letter for letter.
_EMAIL = re.compile(
    r"""(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"""
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`text`: only its text counts, kept under this name. Else what to do at its start and at its end."""

    text: str = ""
    start: "Callable[[Reader, Fields], None] | None" = None
    end: "Callable[[Reader], object] | None" = None
    expects_text: bool = True


NO_RULE = Rule()


# --- feeds and entries


def _start_rss(reader: "Reader", attributes: Fields) -> None:
    if not reader.version.startswith("rss"):
        told = attributes.get("version", "")
        reader.version = _VERSIONS.get(told) or ("rss20" if told.startswith("2.") else "rss")


def _start_feed(reader: "Reader", attributes: Fields) -> None:
    if reader.version != "atom10" or reader.depth != 1:
        raise Declined("a feed of an old kind")
    reader.in_feed = True


def _start_channel(reader: "Reader", attributes: Fields) -> None:
    _refuse_cdf(attributes)
    reader.in_feed = True


def _end_channel(reader: "Reader") -> None:
    reader.in_feed = False


def _start_item(reader: "Reader", attributes: Fields) -> None:
    _refuse_cdf(attributes)
    if reader.in_entry or reader.in_source:
        raise Declined("an entry inside another")
    reader.entry, reader.depths = {}, {}
    reader.entries.append(reader.entry)
    reader.push("item", False)
    reader.in_entry, reader.guid_is_link, reader.title_depth = True, False, -1
    if about := attributes.get("rdf:about"):
        reader.entry["id"] = about


def _end_item(reader: "Reader") -> None:
    if reader.stack[-1][0] != "item":
        raise Declined("an entry that is left open")
    reader.pop("item")
    reader.in_entry = reader.has_content = False


def _refuse_cdf(attributes: Fields) -> None:
    if "lastmod" in attributes or "href" in attributes:
        raise Declined("a channel of CDF")


def _start_image(reader: "Reader", attributes: Fields) -> None:
    if reader.in_source:
        raise Declined("an image of a source")
    if not reader.in_entry:
        reader.context().setdefault("image", {})
    reader.in_image, reader.title_depth = True, -1
    reader.push("image", False)


def _end_image(reader: "Reader") -> None:
    reader.pop("image")
    reader.in_image = False


def _start_textinput(reader: "Reader", attributes: Fields) -> None:
    if reader.in_entry or reader.in_source:
        raise Declined("a form in an entry")
    reader.context().setdefault("textinput", {})
    reader.in_text_input, reader.title_depth = True, -1
    reader.push("textinput", False)


def _end_textinput(reader: "Reader") -> None:
    reader.pop("textinput")
    reader.in_text_input = False


def _start_source(reader: "Reader", attributes: Fields) -> None:
    if reader.in_source:
        raise Declined("a source of a source")
    reader.push("source", True)
    reader.in_source, reader.title_depth = True, -1


def _end_source(reader: "Reader") -> None:
    reader.in_source = False
    reader.pop("source")
    reader.source = {}


def _start_of_feed(name: str) -> "Callable[[Reader, Fields], None]":
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


def _start_title(reader: "Reader", attributes: Fields) -> None:
    _push_content(reader, "title", attributes, "text/plain", _is_expected(reader))


def _end_title(reader: "Reader") -> None:
    is_kept = not -1 < reader.title_depth <= reader.depth
    value = reader.pop_content("title")
    if is_kept and reader.in_entry and not reader.in_source:
        reader.entry["title_detail"] = {"language": reader.content_lang}
    if value:
        reader.title_depth = reader.depth


def _end_media_title(reader: "Reader") -> None:
    before = reader.title_depth
    _end_title(reader)
    reader.title_depth = before


def _start_description(reader: "Reader", attributes: Fields) -> None:
    if not _starts_content_instead(reader, attributes):
        _push_content(reader, "description", attributes, "text/html", _is_expected(reader))


def _start_abstract(reader: "Reader", attributes: Fields) -> None:
    _push_content(reader, "description", attributes, "text/plain", _is_expected(reader))


def _start_summary(reader: "Reader", attributes: Fields) -> None:
    if not _starts_content_instead(reader, attributes):
        _push_content(reader, "summary", attributes, "text/plain")


def _starts_content_instead(reader: "Reader", attributes: Fields) -> bool:
    """A second summary is taken for the content."""
    if "summary" not in reader.context() or reader.has_content:
        return False
    reader.is_content_summary = True
    _start_content(reader, attributes)
    return True


def _end_words(name: str) -> "Callable[[Reader], None]":
    def end(reader: "Reader") -> None:
        if reader.is_content_summary:
            _end_content(reader)
        else:
            reader.pop_content(name)
        reader.is_content_summary = False

    return end


def _start_content(reader: "Reader", attributes: Fields) -> None:
    if reader.stack and reader.stack[-1][0] != "item":
        raise Declined("content inside something else")  # where feedparser leaves one element open too many
    reader.has_content = True
    _push_content(reader, "content", attributes, "text/plain")


def _start_content_encoded(reader: "Reader", attributes: Fields) -> None:
    reader.has_content = True
    _push_content(reader, "content", attributes, "text/html")


def _end_content(reader: "Reader") -> None:
    reader.context().setdefault("summary", reader.pop_content("content"))


def _content(name: str) -> Rule:
    """A text that may hold markup, of which nothing more is made."""
    return Rule(
        start=lambda reader, attributes: _push_content(reader, name, attributes, "text/plain"),
        end=lambda reader: reader.pop_content(name),
    )


# --- links, ids and dates


def _start_link(reader: "Reader", attributes: Fields) -> None:
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


def _start_enclosure(reader: "Reader", attributes: Fields) -> None:
    attributes = _with_href(attributes)
    attributes["rel"] = "enclosure"
    reader.context().setdefault("links", []).append(attributes)


def _with_href(attributes: Fields) -> Fields:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href:
        attributes = {name: value for name, value in attributes.items() if name not in ("url", "uri")}
        attributes["href"] = href
    return attributes


def _start_guid(reader: "Reader", attributes: Fields) -> None:
    reader.guid_is_link = attributes.get("ispermalink", "true") == "true"
    reader.push("id", True)


def _end_guid(reader: "Reader") -> None:
    value = reader.pop("id")
    if reader.guid_is_link:
        reader.context().setdefault("link", value)


def _end_url(reader: "Reader") -> None:
    value = reader.pop("href")
    if reader.in_author:
        _save_author(reader, "href", value)


def _date(name: str) -> Rule:
    def end(reader: "Reader") -> None:
        value = reader.pop(name)
        if value and not _HARMLESS_DATE.fullmatch(value):
            _parse_date(value)  # it stumbles over some: then feedparser must stumble

    return Rule(name, end=end)


# --- people


def _start_author(reader: "Reader", attributes: Fields) -> None:
    reader.in_author = True
    reader.push("author", True)
    reader.context().setdefault("authors", []).append({})


def _end_author(reader: "Reader") -> None:
    reader.pop("author")
    reader.in_author = False
    _sync_author(reader)


def _contributor(name: str) -> Rule:
    def start(reader: "Reader", attributes: Fields) -> None:
        reader.in_contributor = True
        reader.push(name, False)

    def end(reader: "Reader") -> None:
        reader.pop(name)
        reader.in_contributor = False

    return Rule(start=start, end=end)


def _start_owner(reader: "Reader", attributes: Fields) -> None:
    reader.in_publisher = True
    reader.push("publisher", False)


def _end_owner(reader: "Reader") -> None:
    reader.pop("publisher")
    reader.in_publisher = False


def _end_name(reader: "Reader") -> None:
    value = reader.pop("name")
    if reader.in_author and not reader.in_publisher:
        _save_author(reader, "name", value)
    elif reader.in_text_input and not reader.in_publisher and not reader.in_contributor:
        reader.context()["name"] = value


def _end_email(reader: "Reader") -> None:
    value = reader.pop("email")
    if reader.in_author and not reader.in_publisher:
        _save_author(reader, "email", value)


def _save_author(reader: "Reader", key: str, value: str | None) -> None:
    context = reader.context()
    context.setdefault("author_detail", {})[key] = value
    _sync_author(reader)
    context.setdefault("authors", [{}])[-1][key] = value


def _sync_author(reader: "Reader") -> None:
    context = reader.context()
    detail = context.get("authors", [{}])[-1]
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context["author"] = f"{name} ({email})" if name and email else name or email
        return
    author = context.get("author")
    if not author:
        return
    if "@" in author and (found := _EMAIL.search(author)):
        author = author.replace(found[0], "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
        author = author.removeprefix("(").removesuffix(")").strip()
        detail["email"] = found[0]
    if author:
        detail["name"] = author
    if detail:
        context.setdefault("author_detail", detail)


# --- tags


def _add_tag(reader: "Reader", term: str | None, scheme: str | None, label: str | None) -> None:
    tags = reader.context().setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and tag not in tags:
        tags.append(tag)
        if len(tags) > MOST_TAGS:
            raise Declined("very many tags")


def _start_category(reader: "Reader", attributes: Fields) -> None:
    scheme = attributes.get("scheme", attributes.get("domain"))
    _add_tag(reader, attributes.get("term"), scheme, attributes.get("label"))
    reader.push("category", True)


def _start_media_category(reader: "Reader", attributes: Fields) -> None:
    _start_category(reader, {"scheme": "http://search.yahoo.com/mrss/category_schema", **attributes})


def _start_itunes_category(reader: "Reader", attributes: Fields) -> None:
    _add_tag(reader, attributes.get("text"), "http://www.itunes.com/", None)
    reader.push("category", True)


def _end_category(reader: "Reader") -> None:
    value = reader.pop("category")
    if not value:
        return
    tags = reader.context()["tags"]
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    else:
        _add_tag(reader, value, None, None)


def _keywords(name: str, scheme: str | None) -> Rule:
    def end(reader: "Reader") -> None:
        told = reader.pop(name)
        if told is None:
            raise Declined("keywords with attributes")
        for term in filter(None, map(str.strip, told.split(","))):
            _add_tag(reader, term, scheme, None)

    return Rule(end=end)


# --- the table


def _start_itunes_image(reader: "Reader", attributes: Fields) -> None:
    reader.push("itunes_image", False)
    if href := attributes.get("href") or attributes.get("url"):
        reader.context()["image"] = {"href": href}


def _pass_by(reader: "Reader", attributes: Fields) -> None:
    """Opens nothing: its text belongs to what is open."""


_ITEM = Rule(start=_start_item, end=_end_item)
_AUTHOR = Rule(start=_start_author, end=_end_author)
_CATEGORY = Rule(start=_start_category, end=_end_category)
_DESCRIPTION = Rule(start=_start_description, end=_end_words("description"))
_SUMMARY = Rule(start=_start_summary, end=_end_words("summary"))
_GUID = Rule(start=_start_guid, end=_end_guid)
_NAME = Rule("name", end=_end_name, expects_text=False)
_EMAIL_OF = Rule("email", end=_end_email, expects_text=False)
_URL = Rule("href", end=_end_url)
_NOTHING = Rule(start=_pass_by)

RULES: dict[str, Rule] = {
    "rss": Rule(start=_start_rss),
    "rdf_rdf": Rule(),
    "feed": Rule(start=_start_feed, end=_end_channel),
    "channel": Rule(start=_start_channel, end=_end_channel),
    "item": _ITEM,
    "entry": _ITEM,
    "items": Rule(start=_start_of_feed("items"), end=lambda reader: reader.pop("items")),
    "image": Rule(start=_start_image, end=_end_image),
    "textinput": Rule(start=_start_textinput, end=_end_textinput),
    "source": Rule(start=_start_source, end=_end_source),
    "title": Rule(start=_start_title, end=_end_title),
    "dc_title": Rule(start=_start_title, end=_end_title),
    "media_title": Rule(start=_start_title, end=_end_media_title),
    "description": _DESCRIPTION,
    "dc_description": _DESCRIPTION,
    "media_description": _DESCRIPTION,
    "abstract": Rule(start=_start_abstract, end=_end_words("description")),
    "summary": _SUMMARY,
    "itunes_summary": _SUMMARY,
    "content": Rule(start=_start_content, end=_end_content),
    "content_encoded": Rule(start=_start_content_encoded, end=_end_content),
    "subtitle": _content("subtitle"),
    "tagline": _content("subtitle"),
    "itunes_subtitle": _content("subtitle"),
    "rights": _content("rights"),
    "copyright": _content("rights"),
    "dc_rights": _content("rights"),
    "info": _content("info"),
    "feedburner_browserfriendly": _content("info"),
    "link": Rule(start=_start_link, end=lambda reader: reader.pop("link")),
    "enclosure": Rule(start=_start_enclosure),
    "guid": _GUID,
    "id": _GUID,
    "author": _AUTHOR,
    "dc_creator": _AUTHOR,
    "dc_author": _AUTHOR,
    "itunes_author": _AUTHOR,
    "managingeditor": _AUTHOR,
    "name": _NAME,
    "itunes_name": _NAME,
    "email": _EMAIL_OF,
    "itunes_email": _EMAIL_OF,
    "url": _URL,
    "uri": _URL,
    "homepage": _URL,
    "contributor": _contributor("contributor"),
    "dc_contributor": _contributor("name"),
    "itunes_owner": Rule(start=_start_owner, end=_end_owner),
    "webmaster": Rule("publisher"),
    "dc_publisher": Rule("publisher"),
    "category": _CATEGORY,
    "keywords": _CATEGORY,
    "dc_subject": _CATEGORY,
    "media_category": Rule(start=_start_media_category, end=_end_category),
    "itunes_category": Rule(start=_start_itunes_category, end=_end_category),
    "itunes_keywords": _keywords("itunes_keywords", "http://www.itunes.com/"),
    "media_keywords": _keywords("media_keywords", None),
    "pubdate": _date("published"),
    "published": _date("published"),
    "issued": _date("published"),
    "dcterms_issued": _date("published"),
    "updated": _date("updated"),
    "modified": _date("updated"),
    "lastbuilddate": _date("updated"),
    "dc_date": _date("updated"),
    "dcterms_modified": _date("updated"),
    "created": _date("created"),
    "dcterms_created": _date("created"),
    "language": Rule("language"),
    "dc_language": Rule("language"),
    "generator": Rule("generator"),
    "width": Rule("width", expects_text=False),
    "height": Rule("height", expects_text=False),
    "creativecommons_license": Rule(start=_start_of_feed("license"), end=lambda reader: reader.pop("license")),
    "cloud": _NOTHING,
    "media_content": _NOTHING,
    "media_group": _NOTHING,
    "media_thumbnail": Rule("url"),
    "media_credit": Rule("credit"),
    "media_rating": Rule("rating"),
    "media_license": Rule("license"),
    "media_restriction": Rule("restriction"),
    "media_player": Rule("media_player", expects_text=False),
    "itunes_image": Rule(start=_start_itunes_image),
    "itunes_explicit": Rule(),
    "itunes_block": Rule(),
    "georss_point": Rule("geometry", expects_text=False),
}
