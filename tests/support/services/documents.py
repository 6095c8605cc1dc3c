"""Sites that serve one document: a feed, a sitemap, a page, a channel."""

from aiohttp import web

from tests.support.feeds import rss
from tests.support.services.base import Service

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
OWN = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(*titles: str, host: str = "https://avis.example") -> bytes:
    """A news sitemap with one article per title, the newest first."""
    count = len(titles)
    urls = "".join(
        f"<url><loc>{host}/{count - place}</loc><news:news><news:publication><news:name>Avisa</news:name>"
        f"<news:language>nb</news:language></news:publication><news:title>{title}</news:title>"
        f"<news:publication_date>2026-11-22T{count - place:02}:00:00+01:00</news:publication_date></news:news></url>"
        for place, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?><urlset xmlns="{OWN}" xmlns:news="{NEWS}">{urls}</urlset>'.encode()


def index(**sitemaps: str) -> str:
    """An index; `{base}` stands for the server. Name to date; an empty date is left out."""
    parts = "".join(
        f"<sitemap><loc>{{base}}/{name}.xml</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for name, date in sitemaps.items()
    )
    return f'<sitemapindex xmlns="{OWN}">{parts}</sitemapindex>'


def page(*titles: str, head: str = "") -> bytes:
    count = len(titles)
    cards = "".join(
        f'<article><a href="/{count - place}"><img alt=""></a>'
        f'<h2><a href="/{count - place}#top">{title}</a></h2></article>'
        for place, title in enumerate(titles)
    )
    top = f'<!doctype html><html lang="nb"><head><title>Aktuelt</title>{head}</head>'
    return f'{top}<body><nav><a href="/om">Om oss</a></nav><main>{cards}</main></body></html>'.encode()


def channel(*titles: str) -> bytes:
    entries = "".join(
        f"<entry><id>yt:video:{place}</id><title>{title}</title><link rel='alternate' href='https://www.youtube.com/watch?v={place}'/>"
        f"<published>2026-11-22T0{place}:00:00+00:00</published></entry>"
        for place, title in enumerate(titles)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Kanalen</title>{entries}</feed>".encode()


class Documents(Service):
    """A site whose documents are set by the test. Bytes are served, numbers are statuses, other text leads there."""

    document = rss("three", "two", "one")

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, bytes | int] = {self.path.partition("#")[0].partition("?")[0]: self.document}
        self.moved: dict[str, tuple[str, int]] = {}
        self.headers: dict[str, str] = {}

    async def answer(self, request: web.Request) -> web.Response:
        if request.path in self.moved:
            place, status = self.moved[request.path]
            return web.Response(status=status, headers={"Location": place})
        found = self.pages.get(request.path, 404)
        if isinstance(found, int):
            return web.Response(status=found, headers=self.headers)
        return web.Response(body=found, content_type="application/xml", headers=self.headers)

    def visits(self) -> list[web.Request]:
        """What was asked but for robots.txt."""
        return [one for one in self.asked if one.path != "/robots.txt"]


class Sitemap(Documents):
    document = sitemap("Tre", "To", "En")


class Page(Documents):
    document = page("Tre saker", "To saker", "En sak")


class YouTube(Documents):
    path = "/feeds/videos.xml?channel_id=UC0123456789"
    document = channel("Tre", "To", "En")
