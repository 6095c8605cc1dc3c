"""The radar: what rises outside every watch, weighed, as at most five watches that somebody might want.

Theory of operation. The titles of a week are compared with those of the weeks before, language by language, by the
search for rising terms (classifiers/terms.py). Terms of the same titles are one matter, and a name that rises in two
languages is one too. A matter is passed over, with a reason that is counted, where a watch has a good part of it, where
people have answered it before, where its words name no more than a person or a country, and where too little of it
touches a topic that we know by name. What is left is weighed:

| factor | how |
|---|---|
| at risk | sum over its signals, by their number + 2, of the weightiest topic: label × weight of the topic × what answers taught; half for chances |
| surprise | log2(1 + z) of the term against the weeks before |
| voices | log2(1 + independent publishers) |
| reach | tier 1: 1.2; tier 2: 1; tier 3: 0.85 |
| days | + 10 % for each day beyond the first on which it was spoken of, up to + 40 % |
| spread | + 15 % for each further language, + 10 % for each further group of sources |
| source groups | mean of what answers taught about the groups that speak |
| abroad | half, where all of it stands in pages of foreign news |
| a word | 0.7, where it is no name |

The heaviest come first; each that is chosen makes the next of its leading topic (× 0.8) and of its languages (× 0.9)
lighter, so that five suggestions are not five of a kind. Each has a query that has been tried on the week.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from classifiers.naming import Names, surnames_in, what_is_named
from classifiers.radar_queries import Draft, Tried, drafts_for, try_out
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.terms import LONG_WORD, Document, RisingTerm, TermPast, read_title, rising_terms
from classifiers.types import Label, LabelKind, Polarity
from classifiers.watches import WatchBook, WatchTerms
from signals.languages import fold
from signals.publishers import independent_publishers, voice_of
from signals.sections import Section
from signals.types import Signal

MOST = 5  # a week
LEAST_PAST = 200  # titles of a language before we can say what is usual there
LEAST_SIGNALS = 3
LEAST_AT_RISK = 2
SHARE_AT_RISK = 1 / 3
MOST_COVERED = 1 / 4
SAME_STORIES = 1 / 2
DOUBT = 2  # signals without risk that count beside those that there are
LEAST_Z = 2.5
MOST_MATTERS = 400  # of a language
SUBJECT_SHARE = 1 / 2  # of the matter's titles: what is called its subject stands in them
TOPIC_SHARE = 1 / 4  # of the weight of its strongest topic
MOST_TOPICS = 3
EXAMPLES = 3
QUIET = frozenset({Section.SPORT, Section.CULTURE, Section.LEISURE, Section.WEATHER})
REACH: Mapping[int, float] = {1: 1.2, 2: 1.0, 3: 0.85}
OPPORTUNITY, WORD, ABROAD = 0.5, 0.7, 0.5
SAME_TOPIC, SAME_LANGUAGE = 0.8, 0.9


class PassedOver(StrEnum):
    """Why something that rises is not suggested."""

    COVERED = "covered"  # a watch has a good part of it
    ANSWERED = "answered"  # people were asked about it, or it still waits for their answer
    PERSON = "person"  # its words name a person, and no organisation with them
    WIDE_PLACE = "wide_place"  # a country or a large city
    NO_SUBJECT = "no_subject"  # no name, no long word: nothing to ask for
    NOT_AT_RISK = "not_at_risk"
    FEW_SIGNALS = "few_signals"
    TOO_WIDE = "too_wide"  # its words would bring too much
    LIGHTER = "lighter"  # others weigh more


class PastTitle(NamedTuple):
    title: str
    language: str
    source_name: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal of the week, with its labels and the story that it stands in."""

    signal: Signal
    labels: tuple[Label, ...]
    story_id: int

    def topics(self) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.kind is LabelKind.TOPIC)


@dataclass(frozen=True, slots=True)
class Guard:
    """A watch that there is, waking or resting: what it has is covered."""

    terms: WatchTerms
    topics: frozenset[str] = frozenset()  # only these are of interest; empty: all


@dataclass(frozen=True, slots=True)
class Answered:
    """A suggestion that people have answered, or have still to answer."""

    keys: frozenset[str]
    story_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Taught:
    """What answers have taught: weights around 1, and what not to ask again."""

    topics: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, float] = field(default_factory=dict)
    answered: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A watch that somebody might want, with the figures that speak for it."""

    term: str
    keys: tuple[str, ...]  # stems by which it is known again, its own first
    query: str
    languages: tuple[str, ...]  # for the watch; empty: all
    companions: tuple[str, ...]  # what else stands in the same titles
    topics: tuple[str, ...]  # strongest first
    groups: tuple[str, ...]  # of the sources that speak, most signals first
    spoken_in: tuple[str, ...]  # languages
    signal_ids: tuple[int, ...]
    example_ids: tuple[int, ...]
    titles: int  # of the week that hold the term
    expected: float
    voices: int
    at_risk: int  # of `signal_ids`
    days: int
    week_hits: int  # what the query would have brought in the week
    score: float


@dataclass(frozen=True, slots=True)
class Radar:
    """What one look found."""

    suggestions: tuple[Suggestion, ...]
    heard: int
    rising: int
    passed_over: Mapping[PassedOver, int]


@dataclass(frozen=True, slots=True)
class _Matter:
    """What rises, in one language or several."""

    keys: tuple[str, ...]  # the shown one first
    numbers: frozenset[int]
    z: float


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a matter is called."""

    key: str
    term: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    subject: _Subject
    keys: tuple[str, ...]
    evidence: tuple[Heard, ...]
    companions: tuple[str, ...]
    topics: tuple[str, ...]
    expected: float
    titles: int
    at_risk: int
    score: float


def tongue(language: str) -> str:
    """Languages whose titles are compared with each other: the two Norwegian ones are."""
    return "no" if language in ("nb", "nn") else language


def suggest(
    week: Sequence[Heard],
    past: Sequence[PastTitle],
    guards: Sequence[Guard],
    taught: Taught,
    *,
    most: int = MOST,
    taxonomy: Taxonomy | None = None,
    least_voices: int = 2,
) -> Radar:
    """`week` and `past` without copies, tips, what is restricted and our own releases. The same for the same values."""
    heard = {one.signal.id: one for one in sorted(week, key=lambda one: one.signal.id) if _is_news(one.signal)}
    look = _Look(heard, past, guards, taught, taxonomy or load_taxonomy())
    passed: Counter[PassedOver] = Counter()
    candidates: list[_Candidate] = []
    matters = look.matters(least_voices)
    for matter in matters:
        judged = look.judge(matter)
        if isinstance(judged, PassedOver):
            passed[judged] += 1
        else:
            candidates.append(judged)
    chosen = look.choose(candidates, passed, most)
    return Radar(chosen, len(week), len(matters), dict(sorted(passed.items())))


def _is_news(signal: Signal) -> bool:
    return signal.section not in QUIET and not signal.is_tip and signal.release is None and signal.copy_of is None


class _Look:
    """One look: the week, and what is known beside it."""

    def __init__(
        self,
        heard: Mapping[int, Heard],
        past: Sequence[PastTitle],
        guards: Sequence[Guard],
        taught: Taught,
        taxonomy: Taxonomy,
    ) -> None:
        self._heard = heard
        self._taught = taught
        self._taxonomy = taxonomy
        self._documents = {number: _read(one.signal) for number, one in heard.items()}
        self._spoken = {tongue(one.signal.language) for one in heard.values()}
        self._past = read_past([one for one in past if tongue(one.language) in self._spoken])
        self._covered = covered_by(guards, heard.values())
        self._surnames = surnames_in([*(one.title for one in past), *(one.signal.title for one in heard.values())])

    def matters(self, least_voices: int) -> tuple[_Matter, ...]:
        found: dict[str, _Matter] = {}
        for spoken in sorted(self._spoken):
            documents = [one for one in self._documents.values() if tongue(one.language) == spoken]
            before = self._past.get(spoken, TermPast())
            if before.titles < LEAST_PAST:
                continue
            for rising in rising_terms(
                documents, before, most=MOST_MATTERS, least_z=LEAST_Z, least_voices=least_voices
            ):
                name = fold(rising.term.lower())
                found[name] = _united(found.get(name), rising)
        return tuple(sorted(found.values(), key=lambda one: (-one.z, one.keys)))

    def judge(self, matter: _Matter) -> _Candidate | PassedOver:
        """What it would be called and how much it weighs, or why it is passed over."""
        covered = len(matter.numbers & self._covered)
        if covered > MOST_COVERED * len(matter.numbers):
            return PassedOver.COVERED
        evidence = tuple(self._heard[number] for number in sorted(matter.numbers - self._covered))
        if len(evidence) < LEAST_SIGNALS:
            return PassedOver.FEW_SIGNALS
        risks = [self._risk(one) for one in evidence]
        at_risk = sum(risk > 0 for risk in risks)
        if at_risk < LEAST_AT_RISK or at_risk < SHARE_AT_RISK * len(evidence):
            return PassedOver.NOT_AT_RISK
        subject = self._subject(matter)
        if isinstance(subject, PassedOver):
            return subject
        keys = tuple(dict.fromkeys((subject.key, *matter.keys)))
        if any(self._is_answered(keys, evidence, one) for one in self._taught.answered):
            return PassedOver.ANSWERED
        holding = {number for number, one in self._documents.items() if subject.key in one.terms}
        candidate = _Candidate(
            subject=subject,
            keys=keys,
            evidence=evidence,
            companions=self._companions(subject, matter.numbers),
            topics=self._topics(evidence),
            expected=self._expected(subject.key, holding),
            titles=len(holding),
            at_risk=at_risk,
            score=0.0,
        )
        return replace(candidate, score=self._weigh(candidate, risks, matter.z))

    def choose(
        self, candidates: Iterable[_Candidate], passed: Counter[PassedOver], most: int
    ) -> tuple[Suggestion, ...]:
        """The heaviest, no two of the same matter, and not all of a kind; `passed` is told of the others."""
        waiting = sorted(candidates, key=lambda one: (-one.score, one.keys))[: 6 * most]
        tried = self._try_out(waiting)
        chosen: list[_Candidate] = []
        made: list[Suggestion] = []
        while waiting and len(made) < most:
            best = max(waiting, key=lambda one: one.score * _lightness(one, chosen))
            waiting.remove(best)
            if any(_shared(best, one) > SAME_STORIES for one in chosen):
                continue  # the same matter by another word
            draft = tried[best.keys]
            if draft is None:
                passed[PassedOver.TOO_WIDE] += 1
                continue
            chosen.append(best)
            made.append(self._suggestion(best, draft))
        passed[PassedOver.LIGHTER] += len(waiting)
        if not passed[PassedOver.LIGHTER]:
            del passed[PassedOver.LIGHTER]
        return tuple(made)

    def _try_out(self, candidates: Sequence[_Candidate]) -> Mapping[tuple[str, ...], Tried | None]:
        drafts: dict[tuple[str, ...], tuple[Draft, ...]] = {}
        for one in candidates:
            languages = () if one.subject.is_name else tuple(sorted({each.signal.language for each in one.evidence}))
            drafts[one.keys] = drafts_for(one.subject.term, one.companions, languages)
        said = [(one.signal, one.labels, bool(self._risk(one))) for one in self._heard.values()]
        wanted = {one.keys: frozenset(each.signal.id for each in one.evidence) for one in candidates}
        return try_out(drafts, wanted, said)

    def _suggestion(self, one: _Candidate, tried: Tried) -> Suggestion:
        signals = [each.signal for each in one.evidence]
        groups = Counter(signal.stakeholder.value for signal in signals)
        return Suggestion(
            term=one.subject.term,
            keys=one.keys,
            query=tried.draft.query,
            languages=tried.draft.languages,
            companions=one.companions,
            topics=one.topics,
            groups=tuple(sorted(groups, key=lambda name: (-groups[name], name))),
            spoken_in=tuple(sorted({signal.language for signal in signals})),
            signal_ids=tuple(signal.id for signal in signals),
            example_ids=self._examples(one),
            titles=one.titles,
            expected=round(one.expected, 2),
            voices=len(independent_publishers(signals)),
            at_risk=one.at_risk,
            days=_days(signals),
            week_hits=tried.hits,
            score=round(one.score, 4),
        )

    def _examples(self, one: _Candidate) -> tuple[int, ...]:
        """The weightiest, each of another voice and another story where there are such, oldest first."""
        holds = {each.signal.id: one.subject.key in self._documents[each.signal.id].terms for each in one.evidence}
        ranked = sorted(
            one.evidence,
            key=lambda each: (-self._risk(each), not holds[each.signal.id], each.signal.tier, each.signal.id),
        )
        chosen: list[Heard] = []
        for is_new in (lambda each: _is_apart(each, chosen), lambda each: each not in chosen):
            for each in ranked:
                if len(chosen) < EXAMPLES and is_new(each):
                    chosen.append(each)
        return tuple(sorted(each.signal.id for each in chosen))

    def _risk(self, one: Heard) -> float:
        return max((self._weight(label) for label in one.topics()), default=0.0)

    def _weight(self, label: Label) -> float:
        topic = self._taxonomy.find_topic(label.name)
        if topic is None:
            return 0.0
        part = OPPORTUNITY if topic.polarity is Polarity.OPPORTUNITY else 1.0
        return label.score * topic.weight * part * self._taught.topics.get(label.name, 1.0)

    def _topics(self, evidence: Sequence[Heard]) -> tuple[str, ...]:
        weights: defaultdict[str, float] = defaultdict(float)
        for one in evidence:
            for label in one.topics():
                weights[label.name] += self._weight(label)
        ranked = sorted(weights, key=lambda name: (-weights[name], name))
        return tuple(name for name in ranked[:MOST_TOPICS] if weights[name] >= TOPIC_SHARE * weights[ranked[0]])

    def _weigh(self, one: _Candidate, risks: Sequence[float], z: float) -> float:
        """The table above."""
        signals = [each.signal for each in one.evidence]
        groups = [self._taught.groups.get(signal.stakeholder.value, 1.0) for signal in signals]
        further_languages = len({tongue(signal.language) for signal in signals}) - 1
        further_groups = len({signal.stakeholder for signal in signals}) - 1
        return math.prod(
            (
                sum(risks) / (len(risks) + DOUBT),
                math.log2(1 + z),
                math.log2(1 + len(independent_publishers(signals))),
                REACH.get(min(signal.tier for signal in signals), 1.0),
                1 + 0.1 * min(_days(signals) - 1, 4),
                1 + 0.15 * further_languages + 0.1 * further_groups,
                sum(groups) / len(groups),
                ABROAD if all(signal.section == Section.FOREIGN for signal in signals) else 1.0,
                1.0 if one.subject.is_name else WORD,
            )
        )

    def _subject(self, matter: _Matter) -> _Subject | PassedOver:
        """A name that most of its titles hold, else a long word; never a person's name, nor a country's."""
        holders = [self._documents[number] for number in matter.numbers]
        counts = Counter(key for one in holders for key in one.terms if _is_known(key, matter.keys))
        common = Counter(key for one in holders for key in one.terms)
        of_matter = sorted(counts, key=lambda key: (-len(key.split()), -counts[key], key))
        beside = sorted((key for key in common if key not in counts), key=lambda key: (-common[key], key))
        passed = PassedOver.NO_SUBJECT
        for is_name in (True, False):
            for key in of_matter if not is_name else (*of_matter, *(beside if passed is PassedOver.PERSON else ())):
                if common[key] < SUBJECT_SHARE * len(holders):
                    continue
                subject = _called(key, holders)
                if subject.is_name != is_name or not (is_name or _is_long(subject.term)):
                    continue
                named = what_is_named(subject.term, self._surnames)
                if named is Names.OTHER:
                    return subject
                passed = PassedOver(named.value) if passed is not PassedOver.PERSON else passed
        return passed if passed is not PassedOver.PERSON else self._with_person(holders, common)

    def _with_person(self, holders: Sequence[Document], common: Counter[str]) -> _Subject | PassedOver:
        """The organisation that a person's name stands with, if there is one."""
        for key in sorted(common, key=lambda key: (-common[key], key)):
            if common[key] < SUBJECT_SHARE * len(holders):
                break
            subject = _called(key, holders)
            if subject.is_name and what_is_named(subject.term, self._surnames) is Names.OTHER:
                return subject
        return PassedOver.PERSON

    def _companions(self, subject: _Subject, numbers: Collection[int]) -> tuple[str, ...]:
        """Names and long words that stand in several of its titles and seldom elsewhere, people's names apart."""
        holders = [self._documents[number] for number in numbers]
        common = Counter(key for one in holders for key in one.terms)
        everywhere = Counter(key for one in self._documents.values() for key in one.terms if key in common)
        own = set(subject.key.split())
        found: list[str] = []
        for key in sorted(common, key=lambda key: (-common[key] * common[key] / everywhere[key], -len(key), key)):
            if common[key] < max(2, len(holders) / 6) or own & set(key.split()) or len(found) == 4:
                continue
            other = _called(key, holders)
            is_telling = other.is_name or _is_long(other.term)
            is_new = not any(key in seen or seen in key for seen in map(str.lower, found))
            if is_telling and is_new and what_is_named(other.term, self._surnames) is not Names.PERSON:
                found.append(other.term)
        return tuple(found)

    def _expected(self, key: str, holding: Collection[int]) -> float:
        """How many titles of the week would usually hold it."""
        spoken = {tongue(self._documents[number].language): self._documents[number].language for number in holding}
        counts = Counter(tongue(one.language) for one in self._documents.values())
        return sum(
            self._past[one].rate(key, language) * counts[one] for one, language in spoken.items() if one in self._past
        )

    def _is_answered(self, keys: Sequence[str], evidence: Sequence[Heard], before: Answered) -> bool:
        """The same word or a part of it, or mostly the same stories."""
        shared = sum(one.story_id in before.story_ids for one in evidence)
        return not before.keys.isdisjoint(keys) or shared > SAME_STORIES * len(evidence)


def _read(signal: Signal) -> Document:
    return read_title(signal.id, signal.title, signal.language, signal.source_name, voice_of(signal))


def read_past(titles: Iterable[PastTitle]) -> Mapping[str, TermPast]:
    """How often terms have stood in titles, by tongue."""
    past: defaultdict[str, TermPast] = defaultdict(TermPast)
    for one in titles:
        past[tongue(one.language)].learn(read_title(0, one.title, one.language, one.source_name).terms)
    return dict(past)


def covered_by(guards: Sequence[Guard], heard: Iterable[Heard]) -> frozenset[int]:
    """Signals that some watch has. One that asks for everything has only what touches its topics, if it names some."""
    book = WatchBook([replace(one.terms, is_active=True) for one in guards])
    topics = {one.terms.id: one.topics for one in guards if not one.terms.query.strip()}
    return frozenset(
        one.signal.id
        for one in heard
        if any(_has(topics.get(number, frozenset()), one) for number in book.match(one.signal, one.labels))
    )


def _has(topics: frozenset[str], one: Heard) -> bool:
    return not topics or any(label.name in topics for label in one.topics())


def _united(before: _Matter | None, rising: RisingTerm) -> _Matter:
    keys = (rising.key, *rising.same_keys)
    numbers = frozenset(rising.documents)
    if before is None:
        return _Matter(keys, numbers, rising.z)
    return _Matter(tuple(dict.fromkeys((*before.keys, *keys))), before.numbers | numbers, max(before.z, rising.z))


def _is_known(key: str, keys: Sequence[str]) -> bool:
    return key in keys


def _called(key: str, holders: Iterable[Document]) -> _Subject:
    holding = [one for one in holders if key in one.terms]
    written = Counter(one.terms[key] for one in holding)
    is_name = 2 * sum(key in one.names for one in holding) >= len(holding)
    return _Subject(key, min(written, key=lambda word: (-written[word], word)), is_name)


def _is_long(term: str) -> bool:
    return len(max(term.split(), key=len)) >= LONG_WORD


def _days(signals: Iterable[Signal]) -> int:
    return len({signal.at.date() for signal in signals})


def _is_apart(one: Heard, chosen: Iterable[Heard]) -> bool:
    return all(voice_of(one.signal) != voice_of(other.signal) and one.story_id != other.story_id for other in chosen)


def _lightness(one: _Candidate, chosen: Sequence[_Candidate]) -> float:
    """How much lighter it is for being of the same kind as what is chosen."""
    alike = sum(one.topics[:1] == other.topics[:1] for other in chosen)
    spoken = {tongue(each.signal.language) for each in one.evidence}
    near = sum(bool(spoken & {tongue(each.signal.language) for each in other.evidence}) for other in chosen)
    return float(SAME_TOPIC**alike * SAME_LANGUAGE**near)


def _shared(one: _Candidate, other: _Candidate) -> float:
    """Share of its signals that stand in the other's stories."""
    stories = {each.story_id for each in other.evidence}
    return sum(each.story_id in stories for each in one.evidence) / len(one.evidence)
