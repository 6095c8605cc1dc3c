"""GDELT's DOC 2.0 API, as its announcement describes the mode artlist."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from tests.support.services.base import NOON, Service

SLOW_DOWN = "Please limit requests to one every 5 seconds or contact us for larger queries."


class Gdelt(Service):
    """Three articles of this morning."""

    path = "/api/v2/doc/doc?query=kommune"

    def __init__(self) -> None:
        super().__init__()
        self.articles: list[dict[str, str]] = []
        for number, title in enumerate(("En", "To", "Tre")):
            self.see(title, NOON - timedelta(minutes=90 - 15 * number))

    def see(self, title: str, at: datetime) -> None:
        self.articles.append(
            {
                "url": f"https://avis.example/{len(self.articles) + 1}",
                "url_mobile": "",
                "title": title,
                "seendate": at.strftime("%Y%m%dT%H%M%SZ"),
                "domain": "avis.example",
                "language": "Norwegian",
                "sourcecountry": "Norway",
            }
        )

    async def answer(self, request: web.Request) -> web.Response:
        query = request.query
        if len(query.get("query", "")) < 3:
            return web.Response(text="Your query was too short or too long.\n")  # with status 200
        first, last = (_read(query[name]) for name in ("startdatetime", "enddatetime"))
        within = [one for one in self.articles if first <= _seen(one) <= last]
        ordered = sorted(within, key=_seen, reverse=query.get("sort") != "dateasc")[: int(query["maxrecords"])]
        return web.json_response({"articles": ordered} if ordered else {})


def _read(raw: str) -> datetime:
    return datetime.strptime(raw, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _seen(article: dict[str, str]) -> datetime:
    return datetime.strptime(article["seendate"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
