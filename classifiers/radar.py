"""The radar: what rises outside every watch, weighed, as at most five watches that somebody might want.

Theory of operation. The titles of a week are compared with those of the weeks before, language by language, by the
search for rising terms (classifiers/terms.py). Terms of the same titles are one matter, and a name that rises in two
languages is one too. A matter is passed over, with a reason that is counted, where a watch has a good part of it, where
people were asked about it lately, where its words name no more than a person or a country, and where too little of it
touches a topic that we know by name. What is left is weighed, as the product of:

| factor | how |
|---|---|
| at risk | sum over its signals, by their number + 2, of the weightiest topic: label × weight of the topic × what answers taught; half for opportunities |
| surprise | log2(1 + z) of its strongest term against the weeks before |
| voices | log2(1 + independent publishers) |
| reach | best tier of its sources: 1.2, 1, 0.85 |
| days | 10 % more for each further day on which it was spoken of, up to 40 % |
| spread | 15 % more for each further language, 10 % for each further group of sources |
| source groups | mean of what answers taught about the groups that speak |
| abroad | half, where all of it stands in the pages of foreign news |
| a word | half, where it is no name |

The heaviest come first; each that is chosen makes those with its leading topic (× 0.8) and in its languages (× 0.9)
lighter, so that five suggestions are not five of a kind; one at most is no name. Each has a query that has been tried.
"""  # noqa: E501 - a table

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from classifiers.radar_queries import Draft, Tried, drafts_for, try_out
from classifiers.radar_subjects import Matter, Subject, Titles, tongue
from classifiers.radar_values import Answered, Guard, Heard, PassedOver, PastTitle, Radar, Suggestion, Taught
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.types import Label, Polarity
from classifiers.watches import WatchBook
from signals.languages import fold
from signals.publishers import independent_publishers, voice_of
from signals.sections import Section
from signals.types import Signal

MOST = 5  # a week
MOST_WORDS = 1  # of these: one that is no name asks for a whole field more often than not
LEAST_SCORE = 0.55
LEAST_SIGNALS = 3
LEAST_AT_RISK = 2
SHARE_AT_RISK = 1 / 3
MOST_COVERED = 1 / 4
SAME_STORIES = 1 / 2
DOUBT = 2  # signals without risk that count beside those that there are
TOPIC_SHARE = 1 / 4  # of the weight of its strongest topic
MOST_TOPICS = 3
EXAMPLES = 3
QUIET = frozenset({Section.SPORT, Section.CULTURE, Section.LEISURE, Section.WEATHER})
REACH: Mapping[int, float] = {1: 1.2, 2: 1.0, 3: 0.85}
OPPORTUNITY, WORD, ABROAD = 0.5, 0.5, 0.5
SAME_TOPIC, SAME_LANGUAGE = 0.8, 0.9
SAME_STEM = 6  # letters at least that two terms begin alike with, and the rest is an ending of at most
ENDING = 3


@dataclass(frozen=True, slots=True)
class _Candidate:
    subject: Subject
    keys: tuple[str, ...]
    evidence: tuple[Heard, ...]
    companions: tuple[str, ...]
    topics: tuple[str, ...]
    at_risk: int
    score: float

    @property
    def signals(self) -> list[Signal]:
        return [one.signal for one in self.evidence]


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
    """`week` and `past` hold nothing that is restricted. The same for the same values, in whatever order."""
    heard = {one.signal.id: one for one in sorted(week, key=lambda one: one.signal.id) if is_news(one.signal)}
    look = _Look(heard, past, guards, taught, taxonomy or load_taxonomy())
    matters = look.titles.matters(least_voices)
    judged = [look.judge(one) for one in matters]
    passed = Counter(one for one in judged if isinstance(one, PassedOver))
    chosen = look.choose([one for one in judged if isinstance(one, _Candidate)], passed, most)
    return Radar(chosen, len(week), len(matters), {reason: passed[reason] for reason in PassedOver if passed[reason]})


def is_news(signal: Signal) -> bool:
    """Published by others, said for the first time, and not in the pages for sport and the like."""
    is_own_voice = not signal.is_tip and signal.release is None and signal.copy_of is None
    return is_own_voice and signal.section not in QUIET


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
        self._covered = covered_by(guards, heard.values())
        self.titles = Titles([one.signal for one in heard.values()], past)

    def judge(self, matter: Matter) -> _Candidate | PassedOver:
        """What it would be called and how much it weighs, or why it is passed over."""
        if len(matter.numbers & self._covered) > MOST_COVERED * len(matter.numbers):
            return PassedOver.COVERED
        evidence = tuple(self._heard[number] for number in sorted(matter.numbers - self._covered))
        if len(evidence) < LEAST_SIGNALS:
            return PassedOver.FEW_SIGNALS
        risks = [self._risk(one) for one in evidence]
        at_risk = sum(risk > 0 for risk in risks)
        if at_risk < LEAST_AT_RISK or at_risk < SHARE_AT_RISK * len(evidence):
            return PassedOver.NOT_AT_RISK
        subject = self.titles.subject_of(matter)
        if isinstance(subject, PassedOver):
            return subject
        keys = tuple(dict.fromkeys((subject.key, *(key for key in matter.keys if not self.titles.is_person(key)))))
        if any(is_answered(keys, evidence, one) for one in self._taught.answered):
            return PassedOver.ANSWERED
        companions = self.titles.companions_of(subject, matter.numbers)
        one = _Candidate(subject, keys, evidence, companions, self._topics(evidence), at_risk, 0.0)
        one = replace(one, score=self._weigh(one, risks, matter.z))
        return one if one.score >= LEAST_SCORE else PassedOver.LIGHTER

    def choose(
        self, candidates: Iterable[_Candidate], passed: Counter[PassedOver], most: int
    ) -> tuple[Suggestion, ...]:
        """The heaviest, no two about the same, and not all of a kind; `passed` is told of the others."""
        waiting = sorted(candidates, key=lambda one: (-one.score, one.keys))
        tried = self._try_out(waiting)
        chosen: list[_Candidate] = []
        while waiting and len(chosen) < most:
            best = max(waiting, key=lambda one: one.score * _lightness(one, chosen))
            waiting.remove(best)
            if any(_is_same(best, one) for one in chosen):
                passed[PassedOver.SAME] += 1
            elif not best.subject.is_name and sum(not one.subject.is_name for one in chosen) >= MOST_WORDS:
                passed[PassedOver.LIGHTER] += 1
            elif tried[best.keys] is None:
                passed[PassedOver.NO_QUERY] += 1
            else:
                chosen.append(best)
        passed[PassedOver.LIGHTER] += len(waiting)
        return tuple(self._suggestion(one, fit) for one in chosen if (fit := tried[one.keys]) is not None)

    def _try_out(self, candidates: Sequence[_Candidate]) -> Mapping[tuple[str, ...], Tried | None]:
        drafts: dict[tuple[str, ...], tuple[Draft, ...]] = {}
        for one in candidates:
            languages = () if one.subject.is_name else tuple(sorted({signal.language for signal in one.signals}))
            drafts[one.keys] = drafts_for(one.subject.term, one.companions, languages)
        said = [(one.signal, one.labels, self._risk(one) > 0) for one in self._heard.values()]
        wanted = {one.keys: frozenset(signal.id for signal in one.signals) for one in candidates}
        return try_out(drafts, wanted, said)

    def _suggestion(self, one: _Candidate, tried: Tried) -> Suggestion:
        groups = Counter(signal.stakeholder.value for signal in one.signals)
        return Suggestion(
            term=one.subject.term,
            keys=one.keys,
            query=tried.draft.query,
            languages=tried.draft.languages,
            companions=one.companions,
            topics=one.topics,
            groups=tuple(sorted(groups, key=lambda name: (-groups[name], name))),
            spoken_in=tuple(sorted({signal.language for signal in one.signals})),
            signal_ids=tuple(signal.id for signal in one.signals),
            example_ids=self._examples(one),
            titles=len(self.titles.holding(one.subject.key)),
            expected=round(self.titles.expected(one.subject.key), 2),
            voices=len(independent_publishers(one.signals)),
            at_risk=one.at_risk,
            days=_days(one.signals),
            week_hits=tried.hits,
            score=round(one.score, 4),
        )

    def _examples(self, one: _Candidate) -> tuple[int, ...]:
        """The weightiest, each of another voice and another story where there are such, oldest first."""
        holding = self.titles.holding(one.subject.key)
        ranked = sorted(
            one.evidence,
            key=lambda each: (each.signal.id not in holding, -self._risk(each), each.signal.tier, each.signal.id),
        )
        chosen: list[Heard] = []
        for each in ranked:
            if len(chosen) < EXAMPLES and _is_apart(each, chosen):
                chosen.append(each)
        chosen += [each for each in ranked if each not in chosen][: EXAMPLES - len(chosen)]
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
        for label in (label for one in evidence for label in one.topics()):
            weights[label.name] += self._weight(label)
        ranked = sorted(weights, key=lambda name: (-weights[name], name))
        return tuple(name for name in ranked[:MOST_TOPICS] if weights[name] >= TOPIC_SHARE * weights[ranked[0]])

    def _weigh(self, one: _Candidate, risks: Sequence[float], z: float) -> float:
        """The table above."""
        signals = one.signals
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


def is_answered(keys: Sequence[str], evidence: Sequence[Heard], before: Answered) -> bool:
    """The same word, or mostly the same stories."""
    shared = sum(one.story_id in before.story_ids for one in evidence)
    return not before.keys.isdisjoint(keys) or shared > SAME_STORIES * len(evidence)


def _days(signals: Iterable[Signal]) -> int:
    return len({signal.at.date() for signal in signals})


def _is_apart(one: Heard, chosen: Iterable[Heard]) -> bool:
    voices, stories = {voice_of(each.signal) for each in chosen}, {each.story_id for each in chosen}
    return voice_of(one.signal) not in voices and one.story_id not in stories


def _lightness(one: _Candidate, chosen: Sequence[_Candidate]) -> float:
    """How much lighter it is for being of the same kind as what is chosen."""
    spoken = {tongue(signal.language) for signal in one.signals}
    alike = sum(one.topics[:1] == other.topics[:1] for other in chosen)
    near = sum(not spoken.isdisjoint(tongue(signal.language) for signal in other.signals) for other in chosen)
    return float(SAME_TOPIC**alike * SAME_LANGUAGE**near)


def _is_same(one: _Candidate, other: _Candidate) -> bool:
    """The same word but for its ending, or one mostly in the stories of the other."""
    if not set(one.keys).isdisjoint(other.keys) or _begin_alike(one.subject.term, other.subject.term):
        return True
    mine, theirs = [each.story_id for each in one.evidence], [each.story_id for each in other.evidence]
    return _share(mine, theirs) > SAME_STORIES or _share(theirs, mine) > SAME_STORIES


def _share(stories: Sequence[int], others: Sequence[int]) -> float:
    return sum(story in others for story in stories) / len(stories)


def _begin_alike(one: str, other: str) -> bool:
    short, long = sorted((fold(one.lower()), fold(other.lower())), key=len)
    return len(short) >= SAME_STEM and long.startswith(short[:-1]) and len(long) - len(short) <= ENDING
