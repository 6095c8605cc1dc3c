"""Counts how many short texts hold a term, per language: writes signals/languages/background/*.tsv.gz.

Only the counts are kept, no text. Run it again when the seed corpus has grown: python benchmarks/count_background.py
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser

from signals.language import identify
from signals.languages import LANGUAGES
from signals.story_terms import TEXT_READ, terms_in
from signals.text import clean_text, clean_title

DATA = Path(__file__).parents[2] / "shared" / "data"
CORPUS = Path(__file__).parents[1] / "classifiers" / "corpus"
TABLES = Path(__file__).parents[1] / "signals" / "languages" / "background"
FEWEST_TEXTS = 3  # a rarer term is a person's name as often as not, and says little
MOST_TERMS = 25_000

_SIB = {"nb": "nob", "nn": "nno", "sv": "swe", "da": "dan", "nl": "nld", "en": "eng"}


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def seed_corpus() -> Iterator[tuple[str, str]]:
    for path in sorted(CORPUS.glob("??.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            labels, _, text = line.partition("\t")
            if text and not labels.startswith("#"):
                yield path.stem, text


def encyclopaedia() -> Iterator[tuple[str, str]]:
    for language, code in _SIB.items():
        for path in sorted((DATA / "sib200/data/annotated" / f"{code}_Latn").glob("*.tsv")):
            with path.open(encoding="utf-8") as lines:
                yield from ((language, row["text"]) for row in csv.DictReader(lines, delimiter="\t", quoting=3))


def parliament() -> Iterator[tuple[str, str]]:
    with next((DATA / "nob-nno-parliament").glob("*.csv")).open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield {"nob": "nb", "nno": "nn"}[row["language"]], row["text"]


def dutch_news() -> Iterator[tuple[str, str]]:
    for row in _lines(DATA / "replay-nunl-nl/items.jsonl.gz"):
        yield "nl", f"{row['title']} {row['subtitle'] or ''}"


def british_news() -> Iterator[tuple[str, str]]:
    for row in _lines(DATA / "replay-bbc-en/items.jsonl.gz"):
        yield "en", f"{row['title']} {row['summary'] or ''}"


def swedish_news() -> Iterator[tuple[str, str]]:
    for row in _lines(DATA / "replay-googlenews-sv/items.jsonl.gz"):
        if row["stream"] == "topics":
            yield "sv", row["title"]


def danish_comments() -> Iterator[tuple[str, str]]:
    with (DATA / "danish-social-sentiment/all_sentences.tsv").open(encoding="utf-8") as lines:
        yield from (("da", line.rsplit("\t", 1)[-1]) for line in lines)


def norwegian_news() -> Iterator[tuple[str, str]]:
    for path in sorted((DATA / "feeds/norwegian-newspapers-2025-01-09").glob("*.xml")):
        prior: dict[str, float] = {}
        for entry in feedparser.parse(path.open("rb"), sanitize_html=False, resolve_relative_uris=False).entries:
            text = f"{clean_title(entry.get('title', ''))} {clean_text(entry.get('summary', ''))[:TEXT_READ]}"
            found = identify(text, prior, "no")
            prior = found.scores
            yield found.language, text


SOURCES: tuple[Callable[[], Iterator[tuple[str, str]]], ...] = (
    seed_corpus,
    encyclopaedia,
    parliament,
    dutch_news,
    british_news,
    swedish_news,
    danish_comments,
    norwegian_news,
)


def main() -> None:
    texts: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for source in SOURCES:
        try:
            for language, text in source():
                if language in counts:
                    texts[language] += 1
                    counts[language].update(set(terms_in(text, language)))
        except (FileNotFoundError, StopIteration) as absent:
            print(f"{source.__name__}: not here, left out ({absent})")
    for language, found in counts.items():
        kept = [(term, count) for term, count in found.items() if count >= FEWEST_TEXTS and not term.isdigit()]
        kept.sort(key=lambda pair: (-pair[1], pair[0]))
        rows = [str(texts[language]), *(f"{term}\t{count}" for term, count in sorted(kept[:MOST_TERMS]))]
        packed = gzip.compress("\n".join(rows).encode(), 9, mtime=0)
        (TABLES / f"{language}.tsv.gz").write_bytes(packed)
        print(f"{language}: {texts[language]:,} texts, {len(kept):,} terms, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
