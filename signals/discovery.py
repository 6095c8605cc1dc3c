"""From any address that somebody pasted to the feeds behind it, each read once and shown with its last items.

Theory of operation. Cheap and certain first: what a platform is known to do, then the address itself as a feed, then
what its page names, then what the page's content system does, then links that look like feeds, then a few usual
places. The search stops at the first of these steps that finds something, visits at most fourteen addresses, one at a
time, and ends after twenty seconds with what it has. Each address goes through the gate of `fetch`, because a page
may name feeds inside our own network; the notes then say so.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from signals.collectors.feed import ACCEPT
from signals.discovered import Candidate, Discovery, Lead, Peek
from signals.documents import looks_like_html
from signals.errors import CollectError
from signals.fetch import Answer, FetchError, FetchErrorKind, Outbound
from signals.fetch_errors import BY_ITSELF
from signals.item_text import storable
from signals.language_guess import guess_language
from signals.page_links import Page, read_page
from signals.parsed import ParsedFeed, ParseError
from signals.parser_pool import Parsers
from signals.places import country_of
from signals.platforms import closed_network, platform_leads, system_leads, to_address, usual_leads
from signals.text import clean_text, clean_title, safe_link

ACCEPT_PAGE = f"text/html, application/xhtml+xml, {ACCEPT}"
MOST_VISITS = 14
MOST_CANDIDATES = 8
SHOWN = 5
LANGUAGE_OF = {"dk": "da", "gb": "en", "ie": "en", "nl": "nl", "no": "nb", "se": "sv"}


class Scout:
    """Looks for feeds, for a few people at once."""

    def __init__(self, outbound: Outbound, parsers: Parsers, *, seconds: float = 20.0, pause: float = 0.5) -> None:
        self._outbound = outbound
        self._parsers = parsers
        self._seconds = seconds
        self._pause = pause
        self._turns = asyncio.Semaphore(4)

    async def __call__(self, pasted: str, now: datetime) -> Discovery:
        search = Search(self._outbound, self._parsers, self._pause, to_address(pasted), now)
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                await search.run(may_be_plain="://" not in pasted)
        except TimeoutError:
            search.notes.append(f"We stopped looking after {self._seconds:g} seconds: the site answers slowly.")
        except ValueError as error:  # an address that no parser can split
            search.notes.append(f"The address cannot be read: {error}.")
        return Discovery(search.asked, tuple(search.candidates), tuple(dict.fromkeys(search.notes)))


@dataclass(slots=True)
class Search:
    """One search under way, and what it has found so far."""

    outbound: Outbound
    parsers: Parsers
    pause: float
    asked: str
    now: datetime
    candidates: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    contents: set[frozenset[str]] = field(default_factory=set)
    linked: list[Lead] = field(default_factory=list)  # of a page that lists feeds, found on the way

    async def run(self, may_be_plain: bool) -> None:
        if network := closed_network(self.asked):
            self.notes.append(
                f"{network} shows nothing to those without an account, and offers no feed. Look whether they say the"
                " same on a site of their own, on Mastodon or on Bluesky."
            )
            return
        if await self._follow(platform_leads(self.asked)):
            return
        answer = await self._first_answer(may_be_plain)
        if answer is None or await self._is_feed_itself(answer):
            return
        await self._search_page(answer)

    async def _first_answer(self, may_be_plain: bool) -> Answer | None:
        """The answer of the address itself. Who typed no https:// may have meant http://."""
        try:
            return await self._visit(self.asked, ACCEPT_PAGE)
        except FetchError as error:
            if not (may_be_plain and error.kind in (FetchErrorKind.UNREACHABLE, FetchErrorKind.TLS)):
                self.notes.append(_told(error))
                return None
        plain = "http:" + self.asked.partition(":")[2]
        try:
            return await self._visit(plain, ACCEPT_PAGE)
        except FetchError as error:
            self.notes.append(_told(error))
            return None

    async def _is_feed_itself(self, answer: Answer) -> bool:
        if _is_page(answer):
            return False
        address = answer.permanent_redirect_to or self.asked
        try:
            self._keep(Lead(address, "The address is a feed itself"), answer, await self._parse(answer))
        except ParseError as error:
            self.notes.append(f"{self.asked}: {_told(error)}")
        return True

    async def _search_page(self, answer: Answer) -> None:
        location = answer.final_address
        page = await asyncio.to_thread(read_page, answer.body, location)
        if await self._follow(page.feeds, page):
            return
        if await self._follow(system_leads(page.generator, location), page, enough=1):
            return
        if await self._follow(page.links, page) or await self._follow(self.linked, page):
            return
        if await self._follow(platform_leads(location), page):
            return
        if not await self._follow(usual_leads(location), page, enough=1):
            self.notes.append(_nothing_found(page, location))

    async def _follow(self, leads: Iterable[Lead], page: Page | None = None, enough: int = MOST_CANDIDATES) -> bool:
        """Visit these until enough are feeds; whether any was."""
        before = len(self.candidates)
        for lead in leads:
            if len(self.candidates) - before >= enough or len(self.candidates) >= MOST_CANDIDATES:
                break
            if lead.address not in self.visited and len(self.visited) < MOST_VISITS:
                await self._try(lead, page)
        return len(self.candidates) > before

    async def _try(self, lead: Lead, page: Page | None) -> None:
        try:
            answer = await self._visit(lead.address, ACCEPT)
            if _is_page(answer):
                await self._remember_links(lead, answer)
                return
            self._keep(lead, answer, await self._parse(answer), page)
        except CollectError as error:
            # Of a guess that was wrong nobody wants to hear, but that we were led inside is always told.
            if lead.is_named or error.kind is FetchErrorKind.REFUSED_ADDRESS:
                self.notes.append(f"{lead.because} ({lead.address}), but: {_told(error)}")

    async def _visit(self, address: str, accept: str) -> Answer:
        if self.visited:
            await asyncio.sleep(self.pause)
        self.visited.add(address)
        return await self.outbound.get(address, {"Accept": accept})

    async def _parse(self, answer: Answer) -> ParsedFeed:
        headers = {"content-type": answer.headers.get("Content-Type", ""), "content-location": answer.final_address}
        return await self.parsers.parse(answer.body, headers, self.now)

    async def _remember_links(self, lead: Lead, answer: Answer) -> None:
        """A link called RSS often leads to a page that lists the feeds."""
        if lead.is_named:
            self.notes.append(f"{lead.because} ({lead.address}), but there is a web page, not a feed.")
        elif not self.linked:
            found = await asyncio.to_thread(read_page, answer.body, answer.final_address)
            self.linked = [*found.feeds, *found.links]

    def _keep(self, lead: Lead, answer: Answer, parsed: ParsedFeed, page: Page | None = None) -> None:
        content = frozenset(item.url or item.guid for item in parsed.items)
        if content and content in self.contents:
            return  # the same in another dialect
        self.contents.add(content)
        items, address = parsed.items[:SHOWN], answer.permanent_redirect_to or lead.address
        title = clean_title(parsed.title[:300]) or clean_title(page.title[:300] if page else "")
        words = " ".join(clean_title(item.title[:500]) + " " + clean_text(item.summary[:1000]) for item in items)
        self.candidates.append(
            Candidate(
                kind="feed",
                address=address,
                title=title,
                language=guess_language(words, parsed.language or (page.language if page else "") or _usual(address)),
                because=storable(lead.because),
                entries=len(parsed.items),
                items=tuple(
                    Peek(clean_title(item.title[:500] or item.summary[:500]), safe_link(item.url), item.said_at)
                    for item in items
                ),
            )
        )


def _usual(address: str) -> str:
    """The language of the country that an address names."""
    return LANGUAGE_OF.get(country_of(address), "")


def _told(error: CollectError) -> str:
    """What went wrong, without the promise that holds for sources only."""
    return error.message.replace(f" {BY_ITSELF}", "").replace("; we try again.", ".").replace(" We try again.", "")


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("Content-Type", "").lower()
    return looks_like_html(answer.body) or ("html" in kind and b"<html" in answer.body[:4096].lower())


def _nothing_found(page: Page, location: str) -> str:
    host = urlsplit(location).hostname or location
    made_by = f" (made with {page.generator[:40]})" if page.generator else ""
    return storable(
        f"The page at {host}{made_by} names no feed, links to none, and there is none in the usual places (/feed,"
        " /rss, /atom.xml and the like). Look for an RSS symbol on the site, or ask its owner for the address."
    )
