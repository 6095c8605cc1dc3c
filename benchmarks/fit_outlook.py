"""Fits the outlook on the first part of the replay streams, and says what it is worth on the later part.

Run with `python -m benchmarks.fit_outlook [--write]`; with --write the coefficients go to signals/outlook.toml.
Stories are made by our own grouping as live. Each is looked at whenever it grows, at most every ten minutes, from its
second signal on, with what was known at that moment. The first six tenths of each stream's time teach, the rest tests.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.bench_stories_events import STREAMS, Said, to_signal
from signals.dedupe import CopyIndex
from signals.living_stories import WINDOW
from signals.outlook import (
    HORIZONS,
    NAMES,
    USUAL_PRIOR,
    Features,
    Outlook,
    Told,
    chances_of,
    features_of,
    usual_of,
    values_of,
    what_came,
)
from signals.stories import StoryIndex

TABLE = Path(__file__).resolve().parents[1] / "signals" / "outlook.toml"
PAUSE = timedelta(minutes=10)
WAITS = (timedelta(minutes=15), timedelta(minutes=45))  # and looked at again, where nothing came meanwhile
MERGE_EVERY = timedelta(minutes=5)
SHIPPED = "sv"
# The streams were seen in snapshots, so that many items have one time; what is finer than an hour would teach that.
COUNTED = (
    "signals",
    "weighted",
    "publishers",
    "last_gap",
    "last_six_hours",
    "unique_share",
    "novelty",
    "night",
    "late",
)
SPAN = timedelta(hours=72)
TAUGHT = 0.6
LARGE = 0.05  # the share of stories of two signals or more that are large
POINTS = {"2 signals": 2, "3 signals": 3, "5 signals": 5, "30 min": 30, "60 min": 60, "180 min": 180}
_EARLY = 3  # signals whose publishers earn a story's outcome to their prior


@dataclass(slots=True)
class Grown:
    """A story as it ended, and how it was known at moments on the way."""

    told: list[Told]
    novelty: float
    looks: list[tuple[datetime, Features]]
    points: dict[str, Features]


def stories_of(stream: Sequence[Said], language: str) -> list[Grown]:
    """All stories of a stream, grouped as live."""
    copies, index = CopyIndex(), StoryIndex()
    story_of: list[int] = []
    known: dict[int, list[Told]] = {}
    novelty: dict[int, float] = {}
    looks: dict[int, list[tuple[datetime, Features]]] = defaultdict(list)
    merged_at = stream[0].at
    for number, said in enumerate(stream):
        signal = to_signal(number, said, language)
        copy = copies.add(signal)
        membership = index.add(signal, index.story_of(story_of[copy.of]) if copy else None)
        story_id = membership.story_id
        story_of.append(story_id)
        novelty.setdefault(story_id, membership.novelty)
        known.setdefault(story_id, []).append(Told(said.at, said.publisher, copy is not None))
        if said.at - merged_at >= MERGE_EVERY:
            for merge in index.merges(said.at):
                known[merge.old] = sorted(known[merge.old] + known.pop(merge.young), key=lambda told: told.at)
                looks[merge.old] += looks.pop(merge.young, [])
            index.forget(said.at - WINDOW)
            merged_at = said.at
        story_id = index.story_of(story_id)
        made = looks[story_id]
        if len(known[story_id]) >= 2 and (not made or said.at - max(at for at, _ in made if at <= said.at) >= PAUSE):
            for at in (said.at, *(said.at + wait for wait in WAITS)):
                made.append((at, features_of(known[story_id], at, novelty[story_id])))
    return [Grown(told, novelty[key], sorted(looks[key], key=lambda look: look[0]), {}) for key, told in known.items()]


def set_points(stories: Sequence[Grown], large_from: int) -> None:
    """How each story was known at the decision points, with the priors that its publishers had earned by then."""
    told_of: Counter[str] = Counter()
    large_of: Counter[str] = Counter()
    waiting: list[tuple[datetime, Grown]] = []
    for story in sorted(stories, key=lambda one: one.told[0].at):
        first = story.told[0].at
        while waiting and waiting[0][0] + SPAN <= first:
            _, done = waiting.pop(0)
            if len(done.told) > 1:
                early = {told.publisher for told in done.told[:_EARLY]}
                told_of.update(early)
                large_of.update(early if size_of(done) >= large_from else ())
        waiting.append((first, story))

        def prior(told: Sequence[Told]) -> float:
            each = [(large_of[one.publisher] + 20 * LARGE) / (told_of[one.publisher] + 20) for one in told]
            return max(each, default=USUAL_PRIOR)

        for name, count in POINTS.items():
            if name.endswith("signals"):
                seen = story.told[:count] if len(story.told) >= count else []
            else:
                seen = [told for told in story.told if told.at - first <= timedelta(minutes=count)]
            if len(seen) >= 2:
                at = seen[-1].at if name.endswith("signals") else first + timedelta(minutes=count)
                if at - first < SPAN:
                    story.points[name] = features_of(seen, at, story.novelty, prior(seen))


def size_of(story: Grown) -> int:
    return sum(told.at - story.told[0].at <= SPAN for told in story.told)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linear function of the features, with a constant of its own for each stream: in one stream all have one
    publisher, in another every story has many, and that must not be taken for what publishers do."""

    slopes: NDArray[np.float64]
    constants: dict[str, float]

    @classmethod
    def of(
        cls,
        model: Any,
        features: Sequence[Features],
        streams: Sequence[str],
        outcomes: NDArray[np.int64],
        used: Sequence[str] = NAMES,
    ) -> Fitted:
        rows = _array(features)
        mean, spread = rows.mean(axis=0), rows.std(axis=0)
        is_used = np.array([name in used for name in NAMES]) & (spread > 1e-6)  # what never varies teaches nothing
        spread = np.where(is_used, spread, np.inf)
        names = sorted(set(streams))
        own = np.array([[stream == name for name in names] for stream in streams], dtype=np.float64)
        model.fit(np.hstack([(rows - mean) / spread, own]), outcomes)
        weights = np.ravel(model.coef_)
        slopes = weights[: len(NAMES)] / spread
        base = float(np.ravel(model.intercept_)[0] - slopes @ mean)
        return cls(
            slopes, {name: base + float(weight) for name, weight in zip(names, weights[len(NAMES) :], strict=True)}
        )

    def at(self, features: Sequence[Features], streams: Sequence[str]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = _array(features) @ self.slopes + np.array([self.constants[one] for one in streams])
        return found

    def lines(self) -> list[str]:
        """As they ship: with the constant of the stream that has many publishers."""
        named = zip(NAMES, self.slopes, strict=True)
        return [f"intercept = {self.constants[SHIPPED]:.4f}", *(f"{name} = {slope:.4f}" for name, slope in named)]


def _array(features: Sequence[Features]) -> NDArray[np.float64]:
    return np.array([values_of(one) for one in features])


@dataclass(frozen=True, slots=True)
class Look:
    """A story at a moment, and what came of it."""

    features: Features
    stream: str
    came: Outlook
    count: int


def looks_at(
    streams: dict[str, tuple[list[Grown], datetime, datetime]], horizon: timedelta, *, late: bool
) -> Iterator[Look]:
    for name, (stories, parting, end) in streams.items():
        for story in stories:
            for at, features in story.looks:
                latest = at - timedelta(hours=features.silence_hours)
                is_silent = not any(latest < told.at <= at for told in story.told)
                if is_silent and (at >= parting) is late and at + horizon <= end:
                    count = sum(at < told.at <= at + horizon for told in story.told)
                    yield Look(features, name, what_came(story.told, at, horizon), count)


def fit_horizon(streams: dict[str, tuple[list[Grown], datetime, datetime]], horizon: timedelta) -> list[str]:
    """The lines of the table; what they are worth is printed."""
    taught = list(looks_at(streams, horizon, late=False))
    tested = list(looks_at(streams, horizon, late=True))
    fitted = Fitted.of(
        PoissonRegressor(alpha=0.003, max_iter=2000),
        [look.features for look in taught],
        [look.stream for look in taught],
        np.array([look.count for look in taught]),
        COUNTED,
    )
    expected = np.exp(fitted.at([look.features for look in taught], [look.stream for look in taught]))
    counts = np.array([look.count for look in taught])
    scatter = max(0.05, float(np.sum((counts - expected) ** 2 - expected) / np.sum(expected**2)))
    hoped = np.exp(fitted.at([look.features for look in tested], [look.stream for look in tested]))
    chances = np.array(
        [
            [chances_of(hope, scatter, usual_of(look.features, horizon))[outcome] for outcome in Outlook]
            for look, hope in zip(tested, hoped, strict=True)
        ]
    )
    order = list(Outlook)
    came = np.array([order.index(look.came) for look in tested])
    base = np.bincount([order.index(look.came) for look in taught], minlength=3) / len(taught)
    loss = -np.mean(np.log(np.maximum(chances[np.arange(len(came)), came], 1e-6)))
    of_base = -np.mean(np.log(base[came]))
    print(
        f"\n+{horizon}: {len(taught):,} looks taught, {len(tested):,} tested;"
        f" log loss {loss:.3f}, of base {of_base:.3f}; scatter {scatter:.2f}"
    )
    for number, outcome in enumerate(order):
        chance, is_it = chances[:, number], came == number
        auc = roc_auc_score(is_it, chance)
        print(
            f"  {outcome.value:8} came {is_it.mean():.3f}, said {chance.mean():.3f}, AUC {auc:.3f}; said → came", end=""
        )
        print(_reliability(chance, is_it))
    minutes = int(horizon / timedelta(minutes=1))
    return [f"[minutes_{minutes}]", f"scatter = {scatter:.4f}", *fitted.lines(), ""]


def _reliability(chance: NDArray[np.float64], is_it: NDArray[np.bool_]) -> str:
    parts = ""
    for low in np.arange(0.0, 1.0, 0.1):
        within = (chance >= low) & (chance < low + 0.1 + 1e-9)
        if within.sum() >= 50:
            parts += f" {chance[within].mean():.2f}→{is_it[within].mean():.2f} ({within.sum()})"
    return parts


def fit_large(streams: dict[str, tuple[list[Grown], datetime, datetime]]) -> Fitted:
    """One function for all decision points; printed for each, on each stream's later part."""
    taught: list[tuple[Features, str, bool]] = []
    tested: dict[str, list[tuple[Features, str, bool, Grown]]] = defaultdict(list)
    for language, (stories, parting, end) in streams.items():
        sizes = sorted(size_of(story) for story in stories if len(story.told) > 1 and story.told[0].at < parting)
        large_from = sizes[int(len(sizes) * (1 - LARGE))] + 1
        print(
            f"{language}: {len(stories):,} stories, {len(sizes):,} of two signals or more taught;"
            f" large from {large_from}"
        )
        set_points(stories, large_from)
        for story in stories:
            if story.told[0].at + SPAN > end:
                continue
            is_large = size_of(story) >= large_from
            for name, features in story.points.items():
                if story.told[0].at < parting:
                    taught.append((features, language, is_large))
                else:
                    tested[f"{name}"].append((features, language, is_large, story))
                    tested[f"{name}, {language}"].append((features, language, is_large, story))
    fitted = Fitted.of(
        LogisticRegression(C=0.1, max_iter=2000),
        [features for features, _, _ in taught],
        [language for _, language, _ in taught],
        np.array([is_large for _, _, is_large in taught], dtype=np.int64),
    )
    for name, found in sorted(tested.items()):
        outcomes: NDArray[np.bool_] = np.array([one for _, _, one, _ in found])
        if outcomes.sum() < 10:
            continue
        chance = fitted.at([features for features, _, _, _ in found], [language for _, language, _, _ in found])
        best = np.argsort(-chance)
        at_half = np.searchsorted(np.cumsum(outcomes[best]), outcomes.sum() / 2) + 1
        leads = [lead for features, _, large, story in found if large and (lead := _lead(features, story)) is not None]
        print(
            f"  {name}: {len(found):,} stories, base {outcomes.mean():.3f}, AUC {roc_auc_score(outcomes, chance):.3f},"
            f" AP {average_precision_score(outcomes, chance):.3f}, P@R50 {outcomes[best[:at_half]].mean():.3f},"
            f" median hours to half of 72 h volume {np.median(leads):.1f}"
        )
    return fitted


def _lead(features: Features, story: Grown) -> float | None:
    """Hours from the decision to the moment at which half of the 72 hours' signals have come."""
    within = [told.at for told in story.told if told.at - story.told[0].at <= SPAN]
    half = within[(len(within) - 1) // 2]
    decided = story.told[0].at + timedelta(hours=features.span_hours + features.silence_hours)
    return (half - decided) / timedelta(hours=1)


def main() -> int:
    streams = {}
    for language, read in STREAMS.items():
        stream = sorted(read(), key=lambda said: said.at)
        begin, end = stream[0].at, stream[-1].at
        streams[language] = stories_of(stream, language), begin + TAUGHT * (end - begin), end
    lines = ["# Coefficients of signals/outlook.py, fitted by benchmarks/fit_outlook.py.", ""]
    for horizon in HORIZONS:
        lines += fit_horizon(streams, horizon)
    print()
    large = fit_large(streams)
    lines += ["[hours_72]", *large.lines(), ""]
    if "--write" in sys.argv:
        TABLE.write_text("\n".join(lines))
        print(f"written: {TABLE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
