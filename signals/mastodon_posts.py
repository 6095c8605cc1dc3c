"""What Mastodon's API says: which timeline an address means, and a status as a post."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from signals.posts import Post
from signals.service_api import Answer, bad_address, fields_of, list_of, moment_of, text_of
from signals.types import Item

FORMS = (
    "https://server/tags/word, https://server/@name, https://server/public/local or https://server/public, with the"
    " server's own name"
)
ON_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_TAG = re.compile(r"/tags/([^/]{1,100})/?")
_ACCOUNT = re.compile(r"/@([A-Za-z0-9_.-]+(?:@[A-Za-z0-9_.:-]+)?)/?")


@dataclass(frozen=True, slots=True)
class Timeline:
    """What an address means to the API. `account` must first be looked up."""

    path: str = ""
    account: str = ""
    local: str = ""
    stream: str = ""  # where the same is told at once; accounts are not


def to_timeline(address: str) -> Timeline:
    path = unquote(urlsplit(address).path)
    if tag := _TAG.fullmatch(path):
        name = quote(tag[1], safe="")
        return Timeline(f"/api/v1/timelines/tag/{name}", stream=f"/api/v1/streaming/hashtag?tag={name}")
    if account := _ACCOUNT.fullmatch(path):
        return Timeline(account=account[1])
    if path.rstrip("/") == "/public/local":
        return Timeline("/api/v1/timelines/public", local="true", stream="/api/v1/streaming/public/local")
    if path.rstrip("/") == "/public":
        return Timeline("/api/v1/timelines/public", stream="/api/v1/streaming/public")
    raise bad_address("Mastodon", address, FORMS)


def find_token(tokens: Mapping[str, str], origin: str) -> str:
    """The operator's token for a server; none over a wire that others can read."""
    parts = urlsplit(origin)
    is_safe = parts.scheme == "https" or parts.hostname in ON_THIS_MACHINE
    return tokens.get(parts.netloc.lower(), "") if is_safe else ""


def to_post(status: Answer) -> Post:
    account = fields_of(status.get("account"))
    acct = text_of(account.get("acct"))
    item = Item(
        guid=text_of(status.get("id")),
        title=text_of(status.get("spoiler_text")),
        summary=text_of(status.get("content")),
        url=text_of(status.get("url")) or text_of(status.get("uri")),
        author=f"@{acct}" if acct else "",
        categories=tuple(filter(None, (text_of(tag.get("name")) for tag in list_of(status.get("tags"))))),
        said_at=moment_of(status.get("created_at")),
        language=text_of(status.get("language")),
    )
    return Post(item, text_of(status.get("edited_at")), _refusal(status, account, item))


def _refusal(status: Answer, account: Answer, item: Item) -> str:
    if status.get("visibility") != "public":
        return "not_public"
    if account.get("noindex") is True or account.get("indexable") is False:
        return "not_indexable"
    if status.get("reblog"):
        return "repeated"
    return "" if item.title or item.summary else "no_words"
