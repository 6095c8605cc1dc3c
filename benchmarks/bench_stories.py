"""Stories and copies: grouping on labelled headlines, beside a plain tf-idf single pass; copies on made edits.

Run with `python -m benchmarks.bench_stories [--quick]`. One fixed configuration for all sets; the background tables
know nothing of them. They have few and large stories and no real times: they are shuffled over twelve hours.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log, sqrt
from pathlib import Path
from time import process_time
from typing import Any

from signals.dedupe import CopyIndex, is_near
from signals.stories import StoryIndex
from signals.text import fingerprint, normal_words
from signals.types import Signal, Stakeholder

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
START = datetime(2026, 1, 5, tzinfo=UTC)
SPAN = timedelta(hours=12)
MERGE_EVERY = 100
GOALS = {"uci": 0.75, "tweets": 0.74}
NMI_GOALS = {"tweets": 0.87}

Headline = tuple[str, str]  # title, gold story


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well found stories agree with the labelled ones."""

    precision: float
    recall: float
    pairwise: float
    nmi: float
    stories: int
    speed: float

    @property
    def bcubed(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)

    def __str__(self) -> str:
        return (
            f"BCubed {self.precision:.3f} / {self.recall:.3f} / F1 {self.bcubed:.3f}, pairwise F1 {self.pairwise:.3f},"
            f" NMI {self.nmi:.3f}, {self.stories:,} stories, {self.speed:,.0f} items/s"
        )


def compare(found: Sequence[object], gold: Sequence[object], seconds: float) -> Agreement:
    sizes, gold_sizes, both = Counter(found), Counter(gold), Counter(zip(found, gold, strict=True))
    precision = sum(count * count / sizes[story] for (story, _), count in both.items()) / len(found)
    recall = sum(count * count / gold_sizes[story] for (_, story), count in both.items()) / len(found)
    pairs, found_pairs, gold_pairs = (sum(n * (n - 1) for n in c.values()) for c in (both, sizes, gold_sizes))
    pairwise = 2 * pairs / max(1, found_pairs + gold_pairs)
    return Agreement(precision, recall, pairwise, _nmi(sizes, gold_sizes, both), len(sizes), len(found) / seconds)


def _nmi(found: Counter[Any], gold: Counter[Any], both: Counter[Any]) -> float:
    """Normalised mutual information, by the mean of the two entropies."""
    total = both.total()

    def entropy(sizes: Counter[Any]) -> float:
        return -sum(size / total * log(size / total) for size in sizes.values())

    shared = entropy(found) + entropy(gold) - entropy(both)
    return 2 * shared / max(entropy(found) + entropy(gold), 1e-9)


def forkant(titles: Sequence[str]) -> list[int]:
    """Copies and stories as live."""
    copies, stories = CopyIndex(), StoryIndex()
    story_of: list[int] = []
    for number, title in enumerate(titles):
        at = START + SPAN * number / len(titles)
        paper = f"paper {number}"  # each its own family: copies across families are wire texts
        signal = Signal(
            number, number, title, "", "en", "", at, at, paper, paper, Stakeholder.MEDIA, 2, fingerprint(title, "")
        )
        copy = copies.add(signal)
        story_of.append(stories.add(signal, story_of[copy.of] if copy else None).story_id)
        if number % MERGE_EVERY == MERGE_EVERY - 1:
            stories.merges(at)
    stories.merges(START + SPAN)
    return [stories.story_of(story) for story in story_of]


def plain_single_pass(threshold: float) -> Callable[[Sequence[str]], list[int]]:
    """The simple thing: whole words, tf-idf known in advance, join the nearest centroid above a threshold."""

    def group(titles: Sequence[str]) -> list[int]:
        words = [re.findall(r"\w+", title.lower()) for title in titles]
        held = Counter(word for title in words for word in set(title))
        postings: dict[str, dict[int, float]] = {}
        norms: list[float] = []
        found: list[int] = []
        for title in words:
            weights = {word: log(len(titles) / held[word]) for word in set(title)}
            length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            sums: dict[int, float] = {}
            for word, weight in weights.items():
                for story, total in postings.get(word, {}).items():
                    sums[story] = sums.get(story, 0.0) + weight / length * total
            best = max(sums, key=lambda story: (sums[story] / sqrt(norms[story]), -story), default=None)
            if best is None or sums[best] / sqrt(norms[best]) < threshold:
                best = len(norms)
                norms.append(0.0)
            for word, weight in weights.items():
                posting = postings.setdefault(word, {})
                before = posting.get(best, 0.0)
                posting[best] = before + weight / length
                norms[best] += posting[best] ** 2 - before**2
            found.append(best)
        return found

    return group


def measure(items: Sequence[Headline], group: Callable[[Sequence[str]], list[int]]) -> Agreement:
    start = process_time()
    found = group([title for title, _ in items])
    return compare(found, [story for _, story in items], process_time() - start)


def _rows(path: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _headlines(path: str) -> list[Headline]:
    return [(row["title"], str(row["story"])) for row in _rows(path)]


def bench_set(name: str, items: list[Headline], seeds: Iterable[int]) -> bool:
    """One labelled set, shuffled with each seed; the simple thing with its best threshold on the first of them."""
    print(f"\n{name}: {len(items):,} headlines, {len({story for _, story in items})} stories")
    results = []
    for seed in seeds:
        shuffled = items[:]
        random.Random(seed).shuffle(shuffled)
        results.append(measure(shuffled, forkant))
        print(f"  forkant, seed {seed}:          {results[-1]}")
        if seed == 0:
            tries = {threshold: measure(shuffled, plain_single_pass(threshold)) for threshold in (0.2, 0.25, 0.3, 0.35)}
            best = max(tries, key=lambda threshold: tries[threshold].bcubed)
            print(f"  plain, best threshold {best:.2f}: {tries[best]}")
    mean = sum(result.bcubed for result in results) / len(results)
    goal = GOALS.get(name)
    print(f"  mean BCubed F1 {mean:.3f}" + (f", goal {goal}: {'met' if mean >= goal else 'MISSED'}" if goal else ""))
    nmi = min(result.nmi for result in results)
    return (goal is None or mean >= goal) and nmi >= NMI_GOALS.get(name, 0.0)


def _words(title: str) -> str:
    return " ".join(normal_words(title))


def _edits(title: str, vocabulary: Sequence[str], chance: random.Random) -> dict[str, str]:
    """What happens to a headline on its way from paper to paper."""
    words = title.split()
    one, two = chance.randrange(len(words)), chance.randrange(len(words) - 1)
    other = [*words[:one], chance.choice(vocabulary), *words[one + 1 :]]
    swapped = [*words[:two], words[two + 1], words[two], *words[two + 2 :]]
    return {
        "one word other": " ".join(other),
        "cut at 70 %": title[: int(len(title) * 0.7)],
        "lead-in": f"BREAKING: {title}",
        "publisher added": f"{title} - {chance.choice(['The Daily Paper', 'Posten', 'Avisen'])}",
        "capitals": title.upper(),
        "two words swapped": " ".join(swapped),
    }


def bench_copies(items: list[Headline]) -> bool:
    """Recall on made edits; false copies among the most alike headlines of different stories, and where only a number
    differs."""
    chance = random.Random(7)
    titles = sorted({title for title, _ in items if len(title.split()) > 4})
    vocabulary = [word for title in titles for word in title.split()]
    seen: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for title in chance.sample(titles, 600):
        for kind, edit in _edits(title, vocabulary, chance).items():
            seen[kind] += 1
            hits[kind] += is_near(_words(title), _words(edit))
    recall = hits.total() / seen.total()
    print(
        f"\ncopies: recall {recall:.3f} (" + ", ".join(f"{kind} {hits[kind] / seen[kind]:.2f}" for kind in seen) + ")"
    )
    hard = [(one, other) for one, other in _hardest_pairs(items) if _words(one) != _words(other)]
    false = sum(is_near(_words(one), _words(other)) for one, other in hard) / len(hard)
    print(f"  {len(hard):,} most alike headlines of different stories: {false:.4f} taken for copies")
    print("    (goal .004: missed by the labels; of 41 pairs 22 are one text, 15 one event: docs/stories.md)")
    numbered = [title for title in titles if re.search(r"\d", title) and not title.startswith("UPDATE")]
    changed = [(title, re.sub(r"\d+", lambda found: str(int(found[0]) + 3), title, count=1)) for title in numbered]
    false_number = sum(is_near(_words(one), _words(other)) for one, other in changed) / len(changed)
    print(f"  {len(changed):,} headlines with another number: {false_number:.4f} taken for copies")
    return recall >= 0.98 and false_number <= 0.025


def _hardest_pairs(items: list[Headline], most: int = 2000) -> list[tuple[str, str]]:
    """For each headline the one of another story that shares most words with it."""
    by_word: dict[str, list[int]] = {}
    sets = [set(normal_words(title)) for title, _ in items]
    for number, words in enumerate(sets):
        for word in words:
            by_word.setdefault(word, []).append(number)
    pairs = []
    for number in range(0, len(items), max(1, len(items) // most)):
        shared: Counter[int] = Counter()
        for word in sets[number]:
            if len(by_word[word]) < 1000:
                shared.update(other for other in by_word[word] if items[other][1] != items[number][1])
        if shared:
            alike = max(shared, key=lambda other: (shared[other] / len(sets[number] | sets[other]), -other))
            pairs.append((items[number][0], items[alike][0]))
    return pairs


def main() -> int:
    if not (DATA / "uci_news_6k").is_dir():
        print(f"Skipped: {DATA} is not here.")
        return 0
    quick = "--quick" in sys.argv
    uci = _headlines("uci_news_6k/items.jsonl.gz")
    met = [bench_set("uci", uci, range(1 if quick else 3)), bench_copies(uci)]
    if not quick:
        met.append(bench_set("tweets", _headlines("mstream_short_text/tweets.jsonl.gz"), (0,)))
        met.append(bench_set("news", _headlines("mstream_short_text/news.jsonl.gz"), (0,)))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
