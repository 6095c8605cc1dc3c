"""new_term: a name or word that suddenly stands in title after title of a watch.

The titles of the last 24 hours (the latest 80 on a busy watch) are compared with all that the watch has had before. See
classifiers/terms.py. A watch must have had 20 titles on a week's worth of days before it can say what is new.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from classifiers.detectors.days import is_evidence, said_on
from classifiers.detectors.evidence import about, agreed_scores, quoted, wanted
from classifiers.detectors.remembering import Living, kept, recalled
from classifiers.surprise import tail_of
from classifiers.terms import Document, RisingTerm, TermPast, read_title, rising_terms
from classifiers.types import Emergence, EmergenceKind, Finding, Hit, WatchNews
from signals.publishers import voice_of
from signals.types import Signal

WINDOW = timedelta(hours=24)
LEAST_Z = 3.0
LEAST_PAST = 20.0  # titles
LEAST_DAYS = 7
MEMORY = timedelta(days=14)
MOST_A_DAY = 2
MOST_TITLES = 80
MOST_TERMS = 500
SETTLED = timedelta(days=14)  # a new source brings its own words


class Title(NamedTuple):
    """A title of today as it is remembered."""

    at: float
    document: Document
    topics: dict[str, float]
    story_id: int

    @classmethod
    def of(cls, hit: Hit) -> "Title":
        one = hit.signal
        document = read_title(one.id, one.title, one.language, one.source_name, voice_of(one))
        topics = {label.name: round(label.score, 3) for label in wanted(hit, frozenset())}
        return cls(said_on(hit).timestamp(), document, topics, hit.story.id)

    def to_state(self) -> list[Any]:
        number, voice, language, terms, names = self.document
        return [self.at, number, voice, language, dict(terms), sorted(names), self.topics, self.story_id]

    @classmethod
    def from_state(cls, state: Sequence[Any]) -> "Title":
        at, number, voice, language, terms, names, topics, story_id = state
        return cls(at, Document(number, voice, language, terms, frozenset(names)), topics, story_id)


@dataclass(slots=True)
class _Memory:
    began: float  # unix time
    past: TermPast
    today: list[Title]
    told: dict[str, float]  # terms, and when

    def to_state(self) -> dict[str, Any]:
        today = [one.to_state() for one in self.today]
        return {"began": self.began, "past": self.past.to_state(), "today": today, "told": self.told}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], now: datetime) -> "_Memory":
        past = TermPast.from_state(state.get("past", {}), MOST_TERMS)
        today = [Title.from_state(one) for one in state.get("today", ())]
        return cls(float(state.get("began", now.timestamp())), past, today, dict(state.get("told", {})))


def _is_any_older(state: Mapping[str, Any], oldest: float) -> bool:
    """Whether a title of today is no longer of today."""
    if isinstance(state, Living):
        return isinstance(state.memory, _Memory) and any(title.at < oldest for title in state.memory.today)
    return any(title[0] < oldest for title in state.get("today", ()))


class NewTermDetector:
    kind = EmergenceKind.NEW_TERM
    version = "2"

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        fresh = [Title.of(hit) for hit in news.hits if is_evidence(hit) and not hit.signal.is_tip]
        oldest = (news.now - WINDOW).timestamp()
        if not fresh and not _is_any_older(state, oldest):
            return Finding((), state)
        memory = recalled(state, lambda stored: _Memory.from_state(stored, news.now))
        before, past, began = memory.today, memory.past, memory.began
        past.fade_to(news.now.date())
        settled = {hit.signal.id for hit in news.hits if _is_settled(hit, began, news)}
        titles = [*before, *(title for title in fresh if title.document.number in settled)]
        left = [title for title in titles if title.at >= oldest][-MOST_TITLES:]
        for gone in titles[: len(titles) - len(left)] if len(titles) > len(left) else []:
            past.learn(gone.document.terms)
        told = {key: at for key, at in memory.told.items() if at >= (news.now - MEMORY).timestamp()}
        is_ready = past.titles >= LEAST_PAST and news.now.timestamp() - began >= LEAST_DAYS * 86_400
        found = self._look(left, past, told, news) if fresh and is_ready else ()
        past.settle()
        return Finding(found, kept(state, _Memory(began, past, left, told), _Memory.to_state))

    def _look(
        self, titles: Sequence[Title], past: TermPast, told: dict[str, float], news: WatchNews
    ) -> tuple[Emergence, ...]:
        """What is found is added to `told`."""
        found: list[Emergence] = []
        today = (news.now - WINDOW).timestamp()
        for rising in rising_terms([title.document for title in titles], past, least_z=LEAST_Z):
            keys = {rising.key, *rising.same_keys}
            left = MOST_A_DAY - len({at for at in told.values() if at > today}) - len(found)
            if not keys & told.keys() and left > 0:
                found.append(self._emergence(rising, titles, past, news))
                told |= dict.fromkeys(keys, news.now.timestamp() + len(found) / 1000)
        return tuple(found)

    def _emergence(self, rising: RisingTerm, titles: Sequence[Title], past: TermPast, news: WatchNews) -> Emergence:
        held = set(rising.documents)
        holding = [title for title in titles if title.document.number in held]
        topics = agreed_scores([title.topics for title in holding], news.topics)
        stories = {title.story_id for title in holding}
        return Emergence(
            kind=self.kind,
            watch_id=news.watch_id,
            story_id=stories.pop() if len(stories) == 1 else None,
            at=news.now,
            observed=rising.observed,
            expected=round(rising.expected, 3),
            window=WINDOW,
            tail=tail_of(rising.z),
            strength=round(rising.z / LEAST_Z, 3),
            signal_ids=tuple(sorted(held)),
            topics=topics,
            terms=(rising.term, *rising.same[:4]),
            because=(
                f"{quoted(rising.term)} stands in {rising.observed} of the watch's {len(titles)} titles of the last "
                f"24 h, from {rising.voices} publishers, where {rising.expected:.1f} were usual{about(topics)}."
            ),
            by=f"{self.kind.value}@{self.version}",
            coverage=news.coverage,
            facts={
                "term": rising.term,
                "key": rising.key,
                "is_name": rising.is_name,
                "z": round(rising.z, 2),
                "titles": len(titles),
                "voices": rising.voices,
                "past_titles": round(past.titles, 1),
                "past_count": round(past.counts.get(rising.key, 0.0), 2),
                "title_ids": [title.document.number for title in titles],
                "language": holding[0].document.language,
            },
        )


def _is_settled(hit: Hit, began: float, news: WatchNews) -> bool:
    """Not of a source that was added after we began to learn the watch's words, and lately."""
    added: datetime | None = news.newcomers.get(hit.signal.source_id)
    return added is None or added.timestamp() <= began or news.now - added >= SETTLED


def unlearn(state: Mapping[str, Any], numbers: Collection[int], gone: Sequence[Signal]) -> dict[str, Any]:
    """The detector's memory without the signals of these numbers, whose authors took them back (GD-04): as if `gone`,
    the titles that we still have of them, had never been said."""
    today = [title for title in state.get("today", ()) if title[1] not in numbers]
    waiting = {title[1] for title in state.get("today", ())}
    past = dict(state.get("past", {}))
    counts = dict(past.get("counts", {}))
    told = dict(state.get("told", {}))
    for one in gone:
        for key in read_title(one.id, one.title, one.language, one.source_name).terms:
            left = counts.get(key, 0.0) - (one.id not in waiting)
            counts.pop(key, None)
            if left > 0.5:
                counts[key] = left
            elif not any(key in title[4] for title in today):
                told.pop(key, None)
    return {**state, "today": today, "past": {**past, "counts": counts}, "told": told}
