"""Finding the feeds behind an address that somebody pasted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from app.errors import Conflict
from app.records import Caller, FoundSource, FoundSources, SourceDraft
from app.services.checks import check_reachable, check_words
from app.storage.database import Database
from app.storage.source_lists import list_places
from signals.discovered import Discovery
from signals.families import proposed_family
from signals.places import country_of, place_key, site_of
from signals.platforms import to_address
from signals.types import Source

OFFLINE: Final = "This process cannot look for feeds: it has no way out"


class Discover(Protocol):
    """Looks for feeds now; wired in by app.main, since services open no sockets and load no parser."""

    async def __call__(self, pasted: str, now: datetime) -> Discovery: ...


class Discoveries:
    """From an address to sources that can be added, each with its last items."""

    def __init__(self, database: Database, discover: Discover | None = None, private_hosts: Sequence[str] = ()) -> None:
        self.database = database
        self.discover = discover
        self.private_hosts = tuple(private_hosts)

    async def find(self, caller: Caller, pasted: str, now: datetime) -> FoundSources:
        """Invalid when the address may not be visited (SE-02); what goes wrong later stands in the notes."""
        pasted = check_words(pasted, "address", 2048, least=1)
        check_reachable(to_address(pasted), self.private_hosts, "address")
        if self.discover is None:
            raise Conflict(OFFLINE)
        discovery = await self.discover(pasted, now)
        async with self.database.transaction() as connection:
            places = await list_places(connection, caller.organisation_id)
        known = {place_key(place.address): place.id for place in places}
        suggestion, because = suggest(discovery, places)
        return FoundSources(
            asked=discovery.asked,
            found=tuple(FoundSource(one, known.get(place_key(one.address))) for one in discovery.candidates),
            notes=discovery.notes,
            suggestion=suggestion,
            because=because,
        )


def suggest(discovery: Discovery, places: Iterable[Source]) -> tuple[SourceDraft, str]:
    """What to fill into the form: as the newest source of the same site, else what address and words tell."""
    best = next(iter(discovery.candidates), None)
    address = best.address if best else discovery.asked
    sites = {site for one in (address, discovery.asked) if (site := site_of(one))}
    alike = next((place for place in places if site_of(place.address) in sites), None)
    language = best.language if best else ""
    if alike is None:
        country = country_of(discovery.asked) or country_of(address)
        family = proposed_family(address) or proposed_family(discovery.asked)
        because = f"The family is as our table of owners has it: {family}" if family else ""
        return SourceDraft(address=address, family=family, country=country, language=language), because
    draft = SourceDraft(
        address=address,
        stakeholder=alike.stakeholder,
        tier=alike.tier,
        family=alike.family or proposed_family(address),
        country=alike.country,
        language=language or alike.language,
    )
    return draft, f"Filled in as you have it for {alike.name}, which is on the same site"
