"""Stories on real streams: does an event that everybody wrote about become one story, and only that event?

Run with `python -m benchmarks.bench_stories_events`. The events were known from the news of those months, each with
words that its headlines hold and a day on which it began; nothing was fitted to them. Of the items of the first 72
hours that hold the words: how many stand in the story that holds most of them, and how many of the items of that story
hold the words. Words miss some of an event's items, so purity is judged too hard, never too kindly.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

from signals.dedupe import CopyIndex
from signals.living_stories import WINDOW
from signals.stories import StoryIndex
from signals.text import fingerprint
from signals.types import Signal, Stakeholder

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FIRST_HOURS = timedelta(hours=72)
WARM = timedelta(days=10)  # read before an event, so that the usual words are known
MERGE_EVERY = 100
FEWEST = 5  # items, for an event to be told in the stream at all
GOALS = {"sv": 0.80, "nl": 0.75, "en": 0.95}
PURITY = 0.95

Event = tuple[str, str]  # the day it began, the words

EVENTS: dict[str, tuple[Event, ...]] = {
    "sv": (
        ("2025-08-15", r"mosk[eé].*örebro|örebro.*mosk|moskémord|moskén"),
        ("2025-08-19", r"kiruna|kyrkflytt"),
        ("2025-08-25", r"miljödata|it-attack|cyberattack"),
        ("2025-09-03", r"lissabon|bergbana|spårvagnsolyck"),
        ("2025-09-09", r"elisabet lann|sjukvårdsminister"),
        ("2025-09-10", r"charlie kirk|\bkirk\b"),
        ("2025-09-22", r"drönare.*(köpenhamn|kastrup)|kastrup"),
        ("2025-10-04", r"\bamy\b"),
        ("2025-10-10", r"fredspris|machado"),
        ("2025-10-19", r"louvre"),
        ("2025-10-28", r"melissa|jamaica"),
        ("2025-11-14", r"dubbeldäck|bussolyck|buss.*stockholm"),
        ("2025-11-26", r"hongkong"),
        ("2025-12-14", r"bondi|sydney"),
    ),
    "nl": (
        ("2022-08-12", r"rushdie"),
        ("2022-08-27", r"nieuw-beijerland"),
        ("2022-09-08", r"elizabeth"),
        ("2022-09-26", r"nord stream|gaslek"),
        ("2022-10-08", r"krimbrug|brug.*krim|krim.*brug"),
        ("2022-10-29", r"seoul|itaewon"),
        ("2022-11-15", r"przewod|raket.*polen|polen.*raket"),
        ("2023-01-08", r"bolsonaro|brasilia|braziliaans"),
        ("2023-02-03", r"ballon"),
        ("2023-02-06", r"aardbeving|beving"),
        ("2023-02-28", r"treinramp|treinongeluk|treinbotsing|griekse trein|griekenland"),
        ("2023-03-10", r"silicon valley bank|\bsvb\b"),
        ("2023-03-27", r"nashville"),
        ("2023-04-04", r"voorschoten"),
        ("2023-06-06", r"kachovka|stuwdam|\bdam\b"),
        ("2023-06-19", r"titan\b|titanic|duikboot|onderzeeër"),
    ),
    "en": (
        ("2021-08-12", r"plymouth"),
        ("2021-08-14", r"haiti"),
        ("2021-10-15", r"amess"),
        ("2021-11-06", r"astroworld|travis scott"),
        ("2021-11-26", r"storm arwen"),
        ("2021-12-11", r"tornado"),
        ("2021-12-29", r"maxwell"),
        ("2022-01-05", r"djokovic"),
        ("2022-01-15", r"tonga"),
        ("2022-02-17", r"storm (eunice|franklin|dudley)"),
        ("2022-03-17", r"p&o"),
        ("2022-05-24", r"uvalde|texas (school|shooting|gunman)"),
        ("2022-07-08", r"\babe\b"),
        ("2022-08-12", r"rushdie"),
        ("2022-09-27", r"nord stream"),
        ("2022-10-07", r"creeslough"),
        ("2022-10-29", r"seoul|itaewon|halloween crush"),
        ("2022-11-15", r"poland"),
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One item of a stream."""

    at: datetime
    title: str
    text: str
    publisher: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event: its items, the share of them in its main story, and that story's purity."""

    words: str
    items: int
    share: float
    purity: float


def _rows(folder: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / folder / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def swedish() -> list[Said]:
    return [
        Said(_utc(row["first_seen"]), row["title"], "", row["publisher"])
        for row in _rows("replay-googlenews-sv")
        if row["stream"] == "topics" and "Top Stories" in row["sections"]
    ]


def dutch() -> list[Said]:
    return [
        Said(_utc(row["published_at"]), row["title"], "", row["partner"] or "NU.nl") for row in _rows("replay-nunl-nl")
    ]


def english() -> list[Said]:
    return [Said(_utc(row["first_seen"]), row["title"], row["summary"] or "", "BBC") for row in _rows("replay-bbc-en")]


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


STREAMS: dict[str, Callable[[], list[Said]]] = {"sv": swedish, "nl": dutch, "en": english}


def to_signal(number: int, said: Said, language: str) -> Signal:
    """As normalised; a publisher is its own family."""
    return Signal(
        number, 1, said.title, said.text, language, "", said.at, said.at, said.publisher, said.publisher,
        Stakeholder.MEDIA, 2, fingerprint(said.title, said.text),
    )  # fmt: skip


def grouped(stream: list[Said], language: str) -> list[int]:
    """The story of each item, grouped as live."""
    copies, stories = CopyIndex(), StoryIndex()
    story_of: list[int] = []
    for number, said in enumerate(stream):
        signal = to_signal(number, said, language)
        copy = copies.add(signal)
        story_of.append(stories.add(signal, story_of[copy.of] if copy else None).story_id)
        if number % MERGE_EVERY == MERGE_EVERY - 1:
            stories.merges(said.at)
            story_of = [stories.story_of(story) for story in story_of]
            stories.forget(said.at - WINDOW)
    stories.merges(stream[-1].at)
    return [stories.story_of(story) for story in story_of]


def outcome(stream: list[Said], language: str, event: Event) -> Outcome | None:
    """None: too little was said of it."""
    begins = datetime.fromisoformat(event[0]).replace(tzinfo=UTC)
    span = [said for said in stream if begins - WARM <= said.at < begins + FIRST_HOURS]
    worded = [re.search(event[1], f"{said.title} {said.text}".lower()) is not None for said in span]
    held = [is_worded and said.at >= begins for said, is_worded in zip(span, worded, strict=True)]
    if sum(held) < FEWEST:
        return None
    story_of = grouped(span, language)
    main, most = Counter(story for story, is_held in zip(story_of, held, strict=True) if is_held).most_common(1)[0]
    of_main = [is_worded for story, is_worded in zip(story_of, worded, strict=True) if story == main]
    return Outcome(event[1], sum(held), most / sum(held), sum(of_main) / len(of_main))


def main() -> int:
    if not (DATA / "replay-nunl-nl").is_dir():
        print(f"Skipped: {DATA} is not here.")
        return 0
    is_met = True
    for language, read in STREAMS.items():
        stream = sorted(read(), key=lambda said: said.at)
        began = process_time()
        found = [one for event in EVENTS[language] if (one := outcome(stream, language, event))]
        for one in found:
            print(f"  {language} {one.items:4} items, share {one.share:.2f}, purity {one.purity:.2f}  {one.words}")
        share, purity = median(one.share for one in found), median(one.purity for one in found)
        is_met &= share >= GOALS[language] and purity >= PURITY
        print(
            f"{language}: {len(found)} events, share in main story median {share:.2f} (goal {GOALS[language]}), mean"
            f" {mean(one.share for one in found):.2f}; purity median {purity:.2f} (goal {PURITY}), mean"
            f" {mean(one.purity for one in found):.2f}; {process_time() - began:.0f} s"
        )
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
