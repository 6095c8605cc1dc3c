"""Stories under one name: how the demo's week, in which many items name one company, falls into stories.

The threads of the week are the labels; items outside them count against the stories that take them in. The week is
set on seven dates, since its ordinary items follow the weekday, and grouped as live, after each quarter of an hour.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from app.demo.player import STEP
from app.demo.values import Piece, Week
from app.demo.week import load_week
from signals.dedupe import CopyIndex
from signals.living_stories import WINDOW
from signals.normalise import normalise
from signals.stories import StoryIndex
from signals.types import Item, Signal, Source

LAST = datetime(2026, 7, 5, 12, tzinfo=UTC)
DATES = 7
GOAL = 0.9  # precision; before names were discounted it was 0.76


def heard(week: Week) -> Iterator[tuple[Signal, Piece]]:
    """The signals of the week's pieces, in order; edits are left out."""
    sources = {
        outlet.id: Source(number, "feed", f"http://{outlet.id}.example/", outlet.name, family=outlet.family)
        for number, outlet in enumerate(week.outlets, start=1)
    }
    languages = {outlet.id: outlet.language for outlet in week.outlets}
    priors: dict[str, dict[str, float]] = {outlet: {} for outlet in sources}
    copies = CopyIndex()
    for piece in week.pieces:
        item = Item(piece.guid, piece.title, piece.lede, said_at=piece.at, language=languages[piece.outlet])
        seen_at = week.begins + STEP * max(0, -((week.begins - piece.at) // STEP))
        signal, priors[piece.outlet] = normalise(
            piece.number, item, sources[piece.outlet], priors[piece.outlet], seen_at
        )
        copy = copies.add(signal)
        yield (replace(signal, copy_of=copy.of, copy_kind=copy.kind) if copy else signal), piece


def grouped(week: Week) -> list[tuple[int, str]]:
    """Story and thread of each signal; the thread is empty for an ordinary item."""
    index, found = StoryIndex(), dict[int, int]()
    threads: dict[int, str] = {}
    for seen_at, batch in groupby(heard(week), key=lambda pair: pair[0].seen_at):
        for signal, piece in batch:
            found[signal.id] = index.add(signal, found[signal.copy_of] if signal.copy_of else None).story_id
            threads[signal.id] = piece.thread
        merged = dict(index.merges(seen_at))
        while any(story in merged for story in found.values()):
            found = {signal: merged.get(story, story) for signal, story in found.items()}
        index.forget(seen_at - WINDOW)
    return [(story, threads[signal]) for signal, story in found.items()]


def agreement(pairs: list[tuple[int, str]]) -> tuple[float, float]:
    """BCubed precision and recall of the signals that belong to a thread."""
    sizes, lengths = Counter(story for story, _ in pairs), Counter(thread for _, thread in pairs)
    both = {pair: count for pair, count in Counter(pairs).items() if pair[1]}
    total = sum(both.values())
    precision = sum(count * count / sizes[story] for (story, _), count in both.items()) / total
    recall = sum(count * count / lengths[thread] for (_, thread), count in both.items()) / total
    return precision, recall


def main() -> int:
    results = []
    for date in range(DATES):
        pairs = grouped(load_week(LAST + timedelta(days=date)))
        results.append(agreement(pairs))
        largest, size = Counter(story for story, _ in pairs).most_common(1)[0]
        held = Counter(thread or "ordinary" for story, thread in pairs if story == largest)
        shown = f"precision {results[-1][0]:.3f}, recall {results[-1][1]:.3f}"
        print(f"  week to {LAST + timedelta(days=date):%A}: {shown}; largest story {size}: {dict(held)}")
    precision, recall = (sum(column) / DATES for column in zip(*results, strict=True))
    met = "met" if precision >= GOAL else "MISSED"
    print(f"  mean precision {precision:.3f}, goal {GOAL}: {met}; recall {recall:.3f}")
    return 0 if precision >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
