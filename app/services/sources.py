"""Sources: where we listen, and how that goes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.errors import Conflict, Invalid, NotFound
from app.records import Caller, PollRow, SourceDraft, SourceFilter, SourceRow
from app.services.checks import check_between, check_reachable, check_words
from app.storage import source_health as store
from app.storage.database import Database
from signals.tips import KIND as KIND_OF_TIPS

# The keys of signals.collectors.BUILT_IN, which the web process does not load, those off until switched on, and the
# doors that tips come to, which nothing collects.
KINDS: Final = (
    "feed", "sitemap", "page", "mastodon", "mastodon_stream", "bluesky", "jetstream", "youtube", "reddit",
    "hackernews", "gdelt",
    "inbound",
)  # fmt: skip
OFF: Final = ("reddit", "hackernews", "gdelt")


class Sources:
    """Everything that is asked of sources."""

    def __init__(self, database: Database, private_hosts: Sequence[str] = (), kinds_on: Sequence[str] = ()) -> None:
        self.database = database
        self.private_hosts = tuple(private_hosts)
        self.kinds_on = tuple(kinds_on)

    async def list(self, caller: Caller, now: datetime, which: SourceFilter | None = None) -> tuple[SourceRow, ...]:
        """All sources with their health, the worst first, then by name."""
        async with self.database.transaction() as connection:
            return await store.list_sources(connection, caller.organisation_id, which or SourceFilter(), now)

    async def get(self, caller: Caller, source_id: int, now: datetime) -> SourceRow:
        async with self.database.transaction() as connection:
            found = await store.find_source(connection, caller.organisation_id, source_id, now)
        if found is None:
            raise NotFound(f"There is no source {source_id}")
        return found

    async def polls(self, caller: Caller, source_id: int, now: datetime, limit: int = 50) -> tuple[PollRow, ...]:
        """Its last visits, newest first."""
        await self.get(caller, source_id, now)
        async with self.database.transaction() as connection:
            return await store.list_polls(connection, source_id, limit)

    async def add(self, caller: Caller, draft: SourceDraft, now: datetime) -> SourceRow:
        """Listen to one more. Conflict when we do already; Invalid when its address may not be fetched."""
        draft = self.check(draft)
        async with self.database.transaction() as connection:
            source_id = await store.add_source(connection, caller.organisation_id, draft, now)
            if source_id is None:
                raise Conflict("This address is among the sources already")
        return await self.get(caller, source_id, now)

    async def change(self, caller: Caller, source_id: int, draft: SourceDraft, now: datetime) -> SourceRow:
        """Set everything that can be said of it; a new address is polled at once."""
        before = await self.get(caller, source_id, now)
        draft = self.check(replace(draft, kind=before.source.kind))
        if draft.kind == KIND_OF_TIPS:
            draft = replace(draft, address=before.source.address)
        async with self.database.transaction() as connection:
            moved = draft.address != before.source.address
            if not await store.change_source(connection, source_id, draft, now if moved else None):
                raise Conflict("This address is among the sources already")
        return await self.get(caller, source_id, now)

    async def deactivate(self, caller: Caller, source_id: int, now: datetime) -> SourceRow:
        """Stop listening; what it said stays."""
        return await self._set_active(caller, source_id, False, now)

    async def activate(self, caller: Caller, source_id: int, now: datetime) -> SourceRow:
        """Listen again, from now on."""
        return await self._set_active(caller, source_id, True, now)

    async def _set_active(self, caller: Caller, source_id: int, is_active: bool, now: datetime) -> SourceRow:
        await self.get(caller, source_id, now)
        async with self.database.transaction() as connection:
            await store.set_active(connection, source_id, is_active, now)
        return await self.get(caller, source_id, now)

    def check(self, draft: SourceDraft) -> SourceDraft:
        """The draft, its texts trimmed and its address through the gate (SE-02)."""
        if draft.kind == KIND_OF_TIPS:
            name = check_words(draft.name, "name", 200, least=1)
            return replace(check_traits(draft), address=f"{KIND_OF_TIPS}:{name.casefold()}", name=name)
        address = check_words(draft.address, "address", 2048, least=1)
        host = check_reachable(address, self.private_hosts, "address")
        if draft.kind not in KINDS:
            raise Invalid("The kinds are " + ", ".join(KINDS), "kind")
        if draft.kind in OFF and draft.kind not in self.kinds_on:
            raise Invalid(f"This kind is switched off; the operator can add {draft.kind} to FORKANT_KINDS_ON", "kind")
        name = check_words(draft.name, "name", 200) or host
        return replace(check_traits(draft), address=address, name=name)


def check_traits(draft: SourceDraft) -> SourceDraft:
    """What can be said of a source besides where it is."""
    if draft.country and not (draft.country.isascii() and draft.country.isalpha() and len(draft.country) == 2):
        raise Invalid("A country has two letters, such as no", "country")
    return replace(
        draft,
        tier=check_between(draft.tier, 1, 3, "tier"),
        family=check_words(draft.family, "family", 200),
        country=draft.country.lower(),
        language=check_words(draft.language, "language", 20),
    )
