"""A made-up history of 90 days: signals with labels and stories, for benchmarks that look back.

Words are drawn with the frequencies of a natural text from made-up syllables, with names that watches follow, and real
words of trouble.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import text

from app.storage.database import Database
from signals.languages.types import words

VOCABULARY = 120_000
DAYS = 90
SOURCES = 60
WORDS_OF_SIGNAL = (8, 32)  # of the title, of the text
SHARE_WITH_NAME = 0.02
NAMES = ("Fjordkraft", "Nordhavn", "Havgruppen", "Kystbanken")
TROUBLE = sorted(
    words(
        """streik konkurs permittering brann ulykke lekkasje tilsyn bot søksmål hacking datainnbrudd boikott varsling
    korrupsjon forurensning utslipp tilbakekalling oppsigelse nedbemanning granskning salmonella strømbrudd kritikk"""
    )
)
EVERYDAY = sorted(words("kommune skole sykehus politi regjering selskap leder ansatte penger pris bil vann hus barn"))
SYLLABLES = sorted(words("bje dru ek fli gry hje jø kve lyd mø nyk op plu ry skje tru ut vry åp ødd lan ser ent isk"))
TOPICS = ("service_disruption", "legal_regulatory", "working_conditions", "recognition")
LANGUAGES = ("nb", "nb", "nb", "nb", "nn", "sv", "da", "nl", "en")
BATCH = 5_000

ADD_SOURCES = text("""
    insert into source (organisation_id, kind, address, name, language, stakeholder, tier, family, country, created_at)
    select 1, 'feed', 'https://paper' || number || '.example/feed', 'Paper ' || number, 'nb',
        (array['media', 'media', 'media', 'customers', 'regulators'])[1 + number % 5], 1 + number % 3,
        'house ' || number / 2, 'no', :at
    from generate_series(1, :count) as number returning id
""")
ADD_ITEMS = text("""
    insert into item (source_id, guid, title, summary, said_at, seen_at, content_hash)
    select source_id, 'guid-' || hash, title, words, at, at, hash
    from unnest(cast(:sources as bigint[]), cast(:titles as text[]), cast(:texts as text[]),
        cast(:ats as timestamptz[]), cast(:hashes as text[])) as given(source_id, title, words, at, hash)
    order by hash returning id
""")
ADD_SIGNALS = text("""
    insert into signal (id, source_id, title, text, language, said_at, seen_at, family, stakeholder, tier, fingerprint)
    select item.id, item.source_id, item.title, item.summary, (cast(:languages as text[]))[1 + item.id % 9],
        item.said_at, item.seen_at, source.family, source.stakeholder, source.tier, item.content_hash
    from item join source on source.id = item.source_id where item.id = any(cast(:ids as bigint[]))
""")
ADD_LABELS = text("""
    insert into label (signal_id, kind, name, by, score, because, made_at)
    select id, 'topic', (cast(:topics as text[]))[1 + id % 4], 'topics@made', 0.8, '[]', :at
    from unnest(cast(:ids as bigint[])) as id where id % 5 = 0
""")
ADD_STORIES = text("""
    insert into story (id, title, language, first_seen_at, last_seen_at, publishers, languages)
    select id, title, language, seen_at, seen_at, array['Paper'], array[language] from signal
    where id = any(cast(:ids as bigint[])) and id % 3 = 0
""")
ADD_MEMBERS = text("""
    insert into story_member (signal_id, story_id, score, novelty, joined_at)
    select signal.id, story.id, 0.7, 0.5, signal.seen_at from signal
    join story on story.id = signal.id - signal.id % 3 where signal.id = any(cast(:ids as bigint[]))
""")


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws texts."""

    chance: random.Random
    said_words: Sequence[str]
    shares: Sequence[float]

    @classmethod
    def of(cls, seed: int) -> "Drawer":
        chance = random.Random(seed)
        said = ["".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY)]
        for word in EVERYDAY:
            said[chance.randrange(30, 400)] = word
        for word in TROUBLE:
            said[chance.randrange(400, 6_000)] = word
        return cls(chance, said, list(accumulate(1 / (rank + 20) for rank in range(VOCABULARY))))

    def title_and_text(self) -> tuple[str, str]:
        title, body = (self._said(length) for length in WORDS_OF_SIGNAL)
        if self.chance.random() < SHARE_WITH_NAME:
            title = f"{self.chance.choice(NAMES)} {self.chance.choice(TROUBLE)} {title}"
        return title, body

    def _said(self, length: int) -> str:
        return " ".join(self.chance.choices(self.said_words, cum_weights=self.shares, k=length)).capitalize()


async def make_history(database: Database, signals: int, until: datetime, days: int = DAYS) -> None:
    """So many signals of the first organisation, evenly over the days before `until`."""
    drawer = Drawer.of(1)
    begin = until - timedelta(days=days)
    async with database.transaction() as connection:
        sources = list((await connection.scalars(ADD_SOURCES, {"at": begin, "count": SOURCES})).all())
    for start in range(0, signals, BATCH):
        numbers = range(start, min(start + BATCH, signals))
        said = [drawer.title_and_text() for _ in numbers]
        given: dict[str, Any] = {
            "sources": [sources[number % len(sources)] for number in numbers],
            "titles": [title for title, _ in said],
            "texts": [body for _, body in said],
            "ats": [begin + timedelta(days=days) * (number / signals) for number in numbers],
            "hashes": [f"{number:09}" for number in numbers],
        }
        async with database.transaction() as connection:
            ids = list((await connection.scalars(ADD_ITEMS, given)).all())
            await connection.execute(ADD_SIGNALS, {"ids": ids, "languages": list(LANGUAGES)})
            await connection.execute(ADD_LABELS, {"ids": ids, "topics": list(TOPICS), "at": until})
            await connection.execute(ADD_STORIES, {"ids": ids})
            await connection.execute(ADD_MEMBERS, {"ids": ids})
    async with database.transaction() as connection:
        for name in ("item", "signal", "label", "story", "story_member", "source"):
            await connection.execute(text(f"analyze {name}"))
