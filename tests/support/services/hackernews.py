"""The search of Hacker News, as hn.algolia.com/api describes it."""

from aiohttp import web

from tests.support.services.base import NOON, Fields, Service, error


class HackerNews(Service):
    """Two stories and a comment."""

    path = "/?q=kommune"

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, Fields] = {}
        self.say(title="One")
        self.say(title="Two", story_text="<p>It is &quot;two&quot;")
        self.say(comment_text="I agree <i>much</i>")

    def say(self, **given: object) -> str:
        number = str(40_000_001 + len(self.posts))
        at = int(NOON.timestamp()) - 3600 + len(self.posts)
        self.posts[number] = {"objectID": number, "author": "kari", "created_at_i": at, "title": None} | given
        return number

    def delete(self, number: str) -> None:
        self.posts[number]["gone"] = True

    async def answer(self, request: web.Request) -> web.Response:
        there = {number: post for number, post in self.posts.items() if "gone" not in post}
        if request.path.startswith("/api/v1/items/"):
            number = request.path.rpartition("/")[2]
            return web.json_response(_as_item(there[number])) if number in there else error(404, "Not Found")
        if request.path != "/api/v1/search_by_date":
            return error(404, "Not Found")
        query = request.query
        since = int(query.get("numericFilters", "created_at_i>=0").removeprefix("created_at_i>="))
        size, page = int(query["hitsPerPage"]), int(query.get("page", "0"))
        hits = [post for post in reversed(there.values()) if post["created_at_i"] >= since]
        shown = hits[page * size : (page + 1) * size]
        return web.json_response({"hits": shown, "page": page, "nbPages": -(-len(hits) // size), "hitsPerPage": size})


def _as_item(post: Fields) -> Fields:
    words = post.get("story_text") or post.get("comment_text")
    return {"id": int(post["objectID"]), "title": post["title"], "text": words, "created_at_i": post["created_at_i"]}
