"""Queries: what their words stand for in what has been said, and those of other services in our language."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final

from app.errors import Invalid
from app.records import Caller, WatchDraft
from app.records.previews import ExpandedWord, Explained, ImportedQuery, Remark, WrittenForm
from app.services.checks import check_words
from app.services.previews import DAYS, midnight
from app.services.watches import Watches
from app.storage import previewing
from app.storage.database import Database
from app.storage.previewing import Passage, Reading
from app.storage.watches import time_zone_of
from classifiers.watches import QueryError, WatchBook, WatchTerms, parse_query
from classifiers.watches.dialects import DIALECTS
from classifiers.watches.expanding import Expansion
from classifiers.watches.importing import import_query
from classifiers.watches.narrowing import written
from classifiers.watches.query import Word
from classifiers.watches.sieve import Pass, sieves_of

MOST_READ: Final = 20_000  # signals that are taken apart
FORMS_SHOWN: Final = 20


class Queries:
    """Everything that is asked of queries as such."""

    def __init__(self, database: Database, watches: Watches) -> None:
        self.database = database
        self.watches = watches

    async def explain(
        self, caller: Caller, query: str, now: datetime, *, days: int = DAYS, watch_id: int | None = None
    ) -> Explained:
        """How a query is understood, and what its words stood for in what has been said."""
        if watch_id is not None:
            query = (await self.watches.get(caller, watch_id, now)).query
        draft = await self.watches.check_draft(caller, WatchDraft("New watch", query), watch_id, now)
        understood = parse_query(draft.query)
        book = WatchBook([WatchTerms(0, "", " OR ".join(map(written, understood.words())))])
        expansion = Expansion(book)
        async with self.database.transaction() as connection:
            zone = await time_zone_of(connection, caller.organisation_id)
            since = midnight(now, zone, days - 1)
            passes = (Pass(sieves_of([understood.words()])),) if understood.words() else ()
            reading = Reading(caller.sight, since, now, zone, None, passes)
            searched, _ = await previewing.count_searched(connection, reading)
            if understood.words():
                async with aclosing(previewing.read_passages(connection, reading)) as batches:
                    async for passages in batches:
                        await asyncio.to_thread(_expand, expansion, passages)
                        if expansion.read >= MOST_READ:
                            break
        return Explained(
            query=draft.query,
            understood=tuple(understood.explain().splitlines()),
            since=since,
            until=now,
            searched=searched,
            words=tuple(_expanded(word, expansion) for word in understood.words()),
            is_sampled=expansion.read >= MOST_READ,
        )

    def import_query(self, given: str, service: str) -> ImportedQuery:
        """A query of another service in our language, with what was changed or could not be carried over."""
        service = service.strip().lower()
        if service not in DIALECTS:
            raise Invalid(f"`service` is one of: {', '.join(DIALECTS)}", "service")
        check_words(given, "query", 4000, least=1)
        try:
            found = import_query(given, service)
        except QueryError as error:
            raise Invalid(str(error), "query", error.position) from None
        understood = tuple(parse_query(found.query).explain().splitlines())
        remarks = tuple(Remark(note.position, note.message) for note in found.notes)
        return ImportedQuery(service, given, found.query, understood, remarks)


def _expand(expansion: Expansion, passages: Sequence[Passage]) -> None:
    for one in passages:
        expansion.add(one)


def _expanded(word: Word, expansion: Expansion) -> ExpandedWord:
    forms = expansion.forms_of(word)
    return ExpandedWord(
        written(word),
        expansion.hits[word],
        tuple(WrittenForm(*one) for one in forms[:FORMS_SHOWN]),
        max(0, len(forms) - FORMS_SHOWN),
    )
