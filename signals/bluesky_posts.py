"""What Bluesky's API says: a view as a post, who may be read by strangers, and which posts are gone."""

import html
from collections.abc import Mapping
from datetime import datetime

from signals.errors import CollectError
from signals.posts import Memory, Post, Sifted, check, due_for_check
from signals.service_api import Answer, Api, broken, fields_of, list_of, moment_of, text_of
from signals.types import Item

STRANGERS_OUT = "!no-unauthenticated"


async def ask_again(api: Api, memory: Memory, batch: int, now: datetime) -> tuple[Sifted, tuple[str, ...]]:
    """Ask for known posts again: the service leaves out those that are gone."""
    asked = due_for_check(memory, batch, now)
    found: list[Post] = []
    try:
        for start in range(0, len(asked), batch):
            uris = asked[start : start + batch]
            answer = fields_of(await api.ask("/xrpc/app.bsky.feed.getPosts", {"uris": uris}))
            if not isinstance(answer.get("posts"), list):
                raise broken("Bluesky", "a list of posts")
            found += map(to_post, list_of(answer.get("posts")))
    except CollectError as error:
        return Sifted(memory), (f"Could not look for deleted posts. {error.message}",)
    gone = set(asked) - {post.item.guid for post in found}
    return (check(asked, found, gone, memory, now) if asked else Sifted(memory)), ()


def to_post(view: Mapping[str, Answer]) -> Post:
    author, record = fields_of(view.get("author")), fields_of(view.get("record"))
    uri, handle = text_of(view.get("uri")), text_of(author.get("handle"))
    languages = record.get("langs")
    said_at = moment_of(record.get("createdAt"))
    item = Item(
        guid=uri,
        title="",
        # Plain text, where an item may hold HTML.
        summary=html.escape(text_of(record.get("text")), quote=False).replace("\n", "<br>"),
        url=f"https://bsky.app/profile/{text_of(author.get('did'))}/post/{uri.rpartition('/')[2]}" if uri else "",
        author=f"@{handle}" if handle else "",
        categories=tuple(_tags(record)),
        said_at=said_at,
        language=text_of(languages[0]) if isinstance(languages, list) and languages else "",
    )
    taken_at = moment_of(view.get("indexedAt")) or said_at
    return Post(
        item, text_of(view.get("cid"))[-16:], _refusal(view, author, item), taken_at.timestamp() if taken_at else 0.0
    )


def _tags(record: Mapping[str, Answer]) -> list[str]:
    features = (one for facet in list_of(record.get("facets")) for one in list_of(facet.get("features")))
    return list(dict.fromkeys(filter(None, (text_of(one.get("tag")) for one in features))))


def _refusal(view: Mapping[str, Answer], author: Mapping[str, Answer], item: Item) -> str:
    labels = list_of(author.get("labels")) + list_of(view.get("labels"))
    if any(label.get("val") == STRANGERS_OUT and label.get("neg") is not True for label in labels):
        return "not_for_strangers"
    return "" if item.summary else "no_words"
