"""Reading lists of others in, ours out: OPML."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.errors import Invalid
from app.records import Caller, ListedSource, ListOutcome, ListReport, SourceDraft
from app.services.sources import Sources, check_traits
from app.storage.source_lists import add_many, list_places
from signals.opml import OpmlEntry, OpmlError, OpmlList, read_opml, write_opml
from signals.opml_folders import group_of
from signals.places import place_key
from signals.platforms import to_address
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import Source, Stakeholder

NO_FOLDER = "Its folder names no group that we know"


class SourceLists:
    """Import with a look before it, and export. Nothing is fetched here (SE-13)."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.database = sources.database

    async def take(
        self, caller: Caller, body: bytes, defaults: SourceDraft, now: datetime, *, apply: bool
    ) -> ListReport:
        """What becomes of each feed of a list; with `apply` the new ones are added, all or none.

        The defaults fill in what the list does not say. Invalid, with the line, where it cannot be read.
        """
        try:
            found = await asyncio.to_thread(read_opml, body)
        except OpmlError as error:
            raise Invalid(str(error), "opml") from None
        async with self.database.transaction() as connection:
            places = await list_places(connection, caller.organisation_id)
            listed = self._judge(found, places, check_traits(defaults))
            new = [one.draft for one in listed if one.outcome is ListOutcome.NEW] if apply else []
            added = await add_many(connection, caller.organisation_id, new, now)
        return ListReport(listed, found.remarks, apply, added)

    async def export(self, caller: Caller, title: str, now: datetime) -> str:
        """All sources that we listen to, as OPML 2.0."""
        async with self.database.transaction() as connection:
            places = await list_places(connection, caller.organisation_id, active_only=True)
        return write_opml([one for one in places if one.kind != KIND_OF_TIPS], title, now)

    def _judge(self, found: OpmlList, places: Iterable[Source], defaults: SourceDraft) -> tuple[ListedSource, ...]:
        known = {place_key(place.address): place for place in places}
        first: dict[str, int] = {}
        return tuple(self._judge_one(entry, known, first, defaults) for entry in found.entries)

    def _judge_one(
        self, entry: OpmlEntry, known: Mapping[str, Source], first: dict[str, int], defaults: SourceDraft
    ) -> ListedSource:
        draft, because = to_draft(entry, defaults)
        place, number = place_key(draft.address), None
        outcome = ListOutcome.NEW
        try:
            draft = self.sources.check(draft)
        except Invalid as problem:
            outcome, because = ListOutcome.REFUSED, str(problem)
            draft = replace(draft, address=draft.address[:200])
        else:
            if there := known.get(place):
                outcome, because, number = ListOutcome.KNOWN, there.name, there.id
            elif place in first:
                outcome, because = ListOutcome.REPEATED, f"Stands in line {first[place]} already"
            first.setdefault(place, entry.line)
        return ListedSource(entry.line, " / ".join(entry.folders), draft, outcome, because, number)


def to_draft(entry: OpmlEntry, defaults: SourceDraft) -> tuple[SourceDraft, str]:
    """The source that an entry describes, and a word on what had to be guessed."""
    own = entry.own
    group = _stakeholder(own.get("stakeholder", "")) or group_of(entry.folders)
    tier = own.get("tier", "")
    country = own.get("country", "").lower()
    is_code = entry.language.replace("-", "").isalnum() and entry.language.isascii() and len(entry.language) <= 20
    draft = SourceDraft(
        address=to_address(entry.address),
        name=entry.name,
        kind=own.get("kind") or "feed",
        stakeholder=group or defaults.stakeholder,
        tier=int(tier) if tier in ("1", "2", "3") else defaults.tier,
        family=own.get("family", "") or defaults.family,
        country=country if len(country) == 2 and country.isascii() and country.isalpha() else defaults.country,
        language=entry.language.lower() if is_code and entry.language.lower() != "unknown" else defaults.language,
        is_priority=own.get("priority") == "yes",
        is_own=own.get("own") == "yes",
    )
    return draft, "" if group else NO_FOLDER


def _stakeholder(name: str) -> Stakeholder | None:
    return Stakeholder(name) if name in tuple(Stakeholder) else None


def rest_of(report: ListReport, now: datetime) -> str:
    """The new feeds of a list that was looked through, as a list by itself: what a page hands back to be applied."""
    new = [one for one in report.sources if one.outcome is ListOutcome.NEW]
    places = [
        Source(
            id=number,
            kind=one.draft.kind,
            address=one.draft.address,
            name=one.draft.name,
            stakeholder=one.draft.stakeholder,
            tier=one.draft.tier,
            family=one.draft.family,
            country=one.draft.country,
            language=one.draft.language,
            is_priority=one.draft.is_priority,
            is_own=one.draft.is_own,
        )
        for number, one in enumerate(new)
    ]
    return write_opml(places, "New sources", now)
