"""The steps of `quick_steps` for authors and tags."""

import re
from typing import TYPE_CHECKING

from signals.quick_names import Declined
from signals.quick_steps import Fields, Rule

if TYPE_CHECKING:
    from signals.quick_feed import Reader

MOST_TAGS = 200  # of one entry: feedparser compares each with each
# As feedparser has it, letter for letter.
_EMAIL = re.compile(
    r"""(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"""
)


def start_author(reader: "Reader", attributes: Fields) -> None:
    reader.in_author = True
    reader.push("author", True)
    reader.context().setdefault("authors", []).append({})


def end_author(reader: "Reader") -> None:
    reader.pop("author")
    reader.in_author = False
    _sync_author(reader)


def contributor(name: str) -> Rule:
    def start(reader: "Reader", attributes: Fields) -> None:
        reader.in_contributor = True
        reader.push(name, False)

    def end(reader: "Reader") -> None:
        reader.pop(name)
        reader.in_contributor = False

    return Rule(start=start, end=end)


def start_owner(reader: "Reader", attributes: Fields) -> None:
    reader.in_publisher = True
    reader.push("publisher", False)


def end_owner(reader: "Reader") -> None:
    reader.pop("publisher")
    reader.in_publisher = False


def end_name(reader: "Reader") -> None:
    value = reader.pop("name")
    if reader.in_author and not reader.in_publisher:
        _save_author(reader, "name", value)
    elif reader.in_text_input and not reader.in_publisher and not reader.in_contributor:
        reader.context()["name"] = value


def end_email(reader: "Reader") -> None:
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


def start_category(reader: "Reader", attributes: Fields) -> None:
    scheme = attributes.get("scheme", attributes.get("domain"))
    _add_tag(reader, attributes.get("term"), scheme, attributes.get("label"))
    reader.push("category", True)


def start_media_category(reader: "Reader", attributes: Fields) -> None:
    start_category(reader, {"scheme": "http://search.yahoo.com/mrss/category_schema", **attributes})


def start_itunes_category(reader: "Reader", attributes: Fields) -> None:
    _add_tag(reader, attributes.get("text"), "http://www.itunes.com/", None)
    reader.push("category", True)


def end_category(reader: "Reader") -> None:
    value = reader.pop("category")
    if not value:
        return
    tags = reader.context()["tags"]
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    else:
        _add_tag(reader, value, None, None)


def keywords(name: str, scheme: str | None) -> Rule:
    def end(reader: "Reader") -> None:
        told = reader.pop(name)
        if told is None:
            raise Declined("keywords with attributes")
        for term in filter(None, map(str.strip, told.split(","))):
            _add_tag(reader, term, scheme, None)

    return Rule(end=end)


def end_url(reader: "Reader") -> None:
    value = reader.pop("href")
    if reader.in_author:
        _save_author(reader, "href", value)
