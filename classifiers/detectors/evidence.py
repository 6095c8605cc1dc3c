"""What detectors share: the topics that several signals agree on, and the words that they have in common."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from classifiers.types import Hit, Label
from signals.languages import LANGUAGES, tokens

AGREEMENT = 1 / 3  # more than this share of the signals in words of their own must carry a topic: one of three is none
LONGEST_TITLE = 120


def wanted(hit: Hit, topics: frozenset[str]) -> tuple[Label, ...]:
    """The topic labels that the watch cares for, strongest first."""
    found = (label for label in hit.topics() if not topics or label.name in topics)
    return tuple(sorted(found, key=lambda label: (-label.score, label.name)))


def agreed_topics(hits: Sequence[Hit], topics: frozenset[str]) -> tuple[str, ...]:
    """Topics that more than a third of the signals carry, by summed score; copies have no say."""
    own = [hit for hit in hits if hit.signal.copy_of is None] or list(hits)
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for hit in own:
        for label in wanted(hit, topics):
            scores[label.name].append(label.score)
    agreed = {name: sum(found) for name, found in scores.items() if len(found) > AGREEMENT * len(own)}
    return tuple(sorted(agreed, key=lambda name: (-agreed[name], name)))


def agreed_scores(scores: Sequence[Mapping[str, float]], topics: frozenset[str]) -> tuple[str, ...]:
    """The same where a detector remembers of each signal only the scores of its topics."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in scores:
        for name, score in one.items():
            if not topics or name in topics:
                found[name].append(score)
    agreed = [name for name, known in found.items() if len(known) >= AGREEMENT * len(scores)]
    return tuple(sorted(agreed, key=lambda name: (-sum(found[name]), name)))


def about(topics: Sequence[str]) -> str:
    """The end of a sentence about numbers: which topics moved them."""
    return f", much of it {as_words(topics)}" if topics else ", none of it touching a topic"


def common_terms(hits: Iterable[Hit], most: int = 6) -> tuple[str, ...]:
    """Words, and pairs of neighbouring words, that most of the titles share; a pair makes its words redundant."""
    seen: Counter[str] = Counter()
    for hit in hits:
        stop = LANGUAGES[hit.signal.language].stop_words if hit.signal.language in LANGUAGES else frozenset()
        words = [word for word in tokens(hit.signal.title) if word not in stop and len(word) > 2]
        seen.update(set(words) | {f"{one} {two}" for one, two in pairwise(words)})
    repeated = [(count * (1.5 if " " in term else 1.0), term) for term, count in seen.items() if count > 1]
    chosen: list[str] = []
    for _, term in sorted(repeated, key=lambda one: (-one[0], one[1])):
        if not any(term in other.split() for other in chosen):
            chosen.append(term)
    return tuple(chosen[:most])


def quoted(title: str) -> str:
    """A title in quotation marks, cut at a word where it is long."""
    if len(title) > LONGEST_TITLE:
        title = title[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
    return f"“{title}”"


def as_words(topics: Sequence[str]) -> str:
    """Topic ids as words: `product_safety` is "product safety"."""
    return " and ".join(topic.replace("_", " ") for topic in topics[:2])


def span_in_words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:
        return f"{max(minutes, 1)} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"


def still_remembered(stories: dict[str, list[float]], now: datetime, life: timedelta) -> dict[str, list[float]]:
    """A detector's memory of stories ([value, unix time]), without those not touched for a while."""
    oldest = (now - life).timestamp()
    return {key: found for key, found in stories.items() if found[1] >= oldest}
