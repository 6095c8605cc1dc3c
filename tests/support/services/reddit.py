"""Reddit's JSON listings, as its Data API wiki describes them for readers without a client."""

from aiohttp import web

from tests.support.services.base import NOON, Fields, Service


class Reddit(Service):
    """Three posts in the community norge."""

    path = "/r/norge"

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, Fields] = {}
        for words in ("En", "To", "Tre"):
            self.say(words)

    def say(self, title: str, **given: object) -> str:
        number = len(self.posts) + 1
        name = f"t3_{number:04}"
        self.posts[name] = {
            "name": name,
            "title": title,
            "selftext": "",
            "selftext_html": None,
            "permalink": f"/r/norge/comments/{number:04}/x/",
            "author": "kari",
            "created_utc": NOON.timestamp() - 3600 + number,
            "edited": False,
            "removed_by_category": None,
            "link_flair_text": None,
        } | given
        return name

    def edit(self, name: str, words: str) -> None:
        self.posts[name] |= {"selftext_html": f"<p>{words}</p>", "edited": NOON.timestamp()}

    def delete(self, name: str) -> None:
        """As Reddit does: the post stays, its words and its author go."""
        self.posts[name] |= {"author": "[deleted]", "selftext": "[deleted]", "removed_by_category": "deleted"}

    async def answer(self, request: web.Request) -> web.Response:
        query = request.query
        newest_first = list(self.posts.values())[::-1]
        if request.path == "/api/info.json":
            names = query.get("id", "").split(",")
            return _listing([post for post in newest_first if post["name"] in names], "")
        if request.path not in ("/r/norge/new.json", "/r/norge/search.json"):
            return web.json_response({"message": "Not Found", "error": 404}, status=404)
        there = [post for post in newest_first if not post["removed_by_category"]]
        names = [post["name"] for post in there]
        start = names.index(query["after"]) + 1 if "after" in query else 0
        end = start + min(int(query.get("limit", "25")), 100)
        return _listing(there[start:end], names[end - 1] if end < len(names) else "")


def _listing(posts: list[Fields], after: str) -> web.Response:
    children = [{"kind": "t3", "data": post} for post in posts]
    return web.json_response({"kind": "Listing", "data": {"after": after or None, "children": children}})
