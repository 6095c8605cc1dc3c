"""A Mastodon server, as docs.joinmastodon.org describes the methods timelines, accounts and statuses."""

from aiohttp import web

from tests.support.services.base import NOON, Fields, Service, error, iso

FIRST_ID = 115_000_000_000_000_000
MOST_ON_A_PAGE = 40
MOST_BY_NAME = 20


class Mastodon(Service):
    """Three public posts with the tag kommune, by somebody who may be indexed."""

    path = "/tags/kommune"

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, Fields] = {}
        self.account: Fields = {"id": "7", "acct": "kari", "noindex": False, "indexable": True}
        self.is_members_only = False
        self.knows_lists = True  # GET /api/v1/statuses came with 4.3
        for words in ("En", "To", "Tre"):
            self.say(words)

    def say(self, words: str, **given: object) -> str:
        number = str(FIRST_ID + len(self.posts) + 1)
        self.posts[number] = {
            "id": number,
            "created_at": iso(NOON.timestamp() - 3600 + len(self.posts)),
            "edited_at": None,
            "visibility": "public",
            "spoiler_text": "",
            "content": f"<p>{words} <a href='#'>#<span>kommune</span></a></p>",
            "language": "nb",
            "uri": f"https://m.example/users/kari/statuses/{number}",
            "url": f"https://m.example/@kari/{number}",
            "reblog": None,
            "tags": [{"name": "kommune", "url": "https://m.example/tags/kommune"}],
            "account": self.account,
        } | given
        return number

    def edit(self, number: str, words: str) -> None:
        self.posts[number] |= {"content": f"<p>{words}</p>", "edited_at": iso(NOON.timestamp() + len(words))}

    def delete(self, number: str) -> None:
        self.posts[number]["visibility"] = "deleted"

    async def answer(self, request: web.Request) -> web.Response:
        path, query = request.path, request.query
        if self.is_members_only:
            return error(401, "This method requires an authenticated user")
        if path in ("/api/v1/timelines/tag/kommune", "/api/v1/timelines/public", "/api/v1/accounts/7/statuses"):
            return web.json_response(self._page(query.get("min_id", ""), int(query.get("limit", "20"))))
        if path == "/api/v1/accounts/lookup":
            return web.json_response(self.account) if query.get("acct") == "kari" else error(404)
        if path == "/api/v1/statuses" and self.knows_lists:
            names = query.getall("id[]")
            if len(names) > MOST_BY_NAME:
                return error(422, "Validation failed")
            return web.json_response([self.posts[name] for name in names if self._is_there(name)])
        name = path.removeprefix("/api/v1/statuses/")
        return web.json_response(self.posts[name]) if self._is_there(name) else error(404)

    def _is_there(self, name: str) -> bool:
        return self.posts.get(name, {}).get("visibility", "deleted") != "deleted"

    def _page(self, min_id: str, limit: int) -> list[Fields]:
        """Newest first; with `min_id` those that follow it at once, so that a reader can go forward."""
        limit = min(limit, MOST_ON_A_PAGE)
        there = [post for name, post in self.posts.items() if self._is_there(name)]
        if not min_id:
            return there[::-1][:limit]
        return [post for post in there if int(post["id"]) > int(min_id)][:limit][::-1]
