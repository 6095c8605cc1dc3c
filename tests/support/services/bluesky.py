"""A Bluesky AppView, as the lexicons app.bsky.feed searchPosts, getAuthorFeed and getPosts describe it."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from tests.support.services.base import NOON, Fields, Service, iso

MOST_BY_NAME = 25


class Bluesky(Service):
    """Three posts that hold the word kommune."""

    path = "/search?q=kommune"

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, Fields] = {}
        self.lets_strangers_search = True
        self.lets_strangers_page = True  # the real one refuses strangers a second page of a search
        for words in ("En kommune", "To kommune", "Tre kommune"):
            self.say(words)

    def say(self, words: str, *, labels: tuple[str, ...] = (), after: float = 0, **author: object) -> str:
        number = len(self.posts) + 1
        uri = f"at://did:plc:kari/app.bsky.feed.post/3k{number:04}"
        at = iso(NOON.timestamp() - 3600 + number + after)
        self.posts[uri] = {
            "uri": uri,
            "cid": f"bafy{number}",
            "author": {
                "did": "did:plc:kari",
                "handle": "kari.example",
                "labels": [{"src": "did:plc:kari", "val": label} for label in labels],
            }
            | author,
            "record": {"$type": "app.bsky.feed.post", "text": words, "createdAt": at, "langs": ["nb"]},
            "indexedAt": at,
            "labels": [],
        }
        return uri

    def delete(self, uri: str) -> None:
        self.posts[uri]["gone"] = True

    def label_author(self, uri: str, value: str) -> None:
        self.posts[uri]["author"]["labels"].append({"src": "did:plc:kari", "val": value})

    async def answer(self, request: web.Request) -> web.Response:
        query, method = request.query, request.path.removeprefix("/xrpc/app.bsky.feed.")
        there = [post for post in reversed(self.posts.values()) if "gone" not in post]
        if method == "getPosts":
            names = query.getall("uris")
            if len(names) > MOST_BY_NAME:
                return _refuse(400, "InvalidRequest")
            return web.json_response({"posts": [post for post in there if post["uri"] in names]})
        if method == "searchPosts":
            if not self.lets_strangers_search or ("cursor" in query and not self.lets_strangers_page):
                return web.Response(status=403, text="<html>403 Forbidden</html>", content_type="text/html")
            since = query.get("since", "")
            there = [post for post in there if not since or _at(post["indexedAt"]) >= _at(since)]
            return web.json_response(self._page(there, query, "posts"))
        if method == "getAuthorFeed" and query.get("actor") == "kari.example":
            return web.json_response(
                self._page([{"post": post} for post in there] + [_repost(there[0])], query, "feed")
            )
        return _refuse(400, "InvalidRequest")

    def _page(self, entries: list[Fields], query: Mapping[str, str], name: str) -> Fields:
        start, limit = int(query.get("cursor", "0")), min(int(query.get("limit", "25")), 100)
        end = start + limit
        return {name: entries[start:end]} | ({"cursor": str(end)} if end < len(entries) else {})


def _repost(post: Fields) -> Fields:
    other = post | {"uri": "at://did:plc:ola/app.bsky.feed.post/1"}
    return {"post": other, "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _refuse(status: int, name: str) -> web.Response:
    return web.json_response({"error": name, "message": name}, status=status)
