"""Ordinary news: how much of sport, weather and entertainment is flagged at the operating threshold?

Run with `python -m benchmarks.bench_ordinary` (half a minute by words; `--meaning` reads closely too and takes long).
Reads ../shared/data and is skipped, saying so, where that is absent. Sections are the papers' own; weather has none,
so it is what the titles say in words of weather alone. Nothing is labelled by hand: some of it is about doping, abuse
and broke clubs, and rightly flagged, so the share is an upper bound. Only what stood on the pages after `SINCE` counts;
what came before was read while the lexicons were written.
"""

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import feedparser

from app.config import Settings
from app.refining import meaning_of
from classifiers.blend import blend
from classifiers.comparing import as_signal
from classifiers.topics import load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped
from signals.sections import Section, section_of

DATA = Path(__file__).parents[2] / "shared" / "data"
SINCE = {"nl": "2023-04-15", "en": "2022-08-15", "sv": "2025-11-10"}
MOST = 1_500  # texts of a kind and language
GOAL = 0.03

SECTIONS = {
    "nl": {
        "sport": r"voetbal|sport|wielrennen|tennis|schaatsen|darts|formule 1|^gp |grand prix|champions league|tour de",
        "entertainment": r"achterklap|muziek|films|songfestival|cultuur|koningshuis|entertainment|reviews",
    },
    "en": {
        "sport": r"football|cricket|sport|formula|tennis|rugby|golf|olympic|boxing|basketball|cycling|athletics|darts",
        "entertainment": r"entertainment|^arts$|culture|newsbeat|in pictures|travel",
    },
}
WEATHER = {
    "nl": r"\b(het weer|weerbericht|zonnig|onweer|hittegolf|code geel|graden|sneeuwval|buien)\b",
    "en": r"\b(weather forecast|heatwave|heavy rain|snowfall|sunny|cold snap|hottest day|warmest)\b",
    "sv": r"\b(vädret|väderprognos|snöfall|snöoväder|smhi|värmebölja|soligt|regnoväder|minusgrader)\b",
    "nb": r"\b(været|værmelding|snøvær|snøfall|minusgrader|meteorolog\w*|regnvær|kuldegrader|solskinn)\b",
}


@dataclass(frozen=True, slots=True)
class Text:
    kind: str
    language: str
    words: str  # title and lede
    section: Section = Section.NONE


def main() -> None:
    if not DATA.is_dir():
        print(f"Skipped: there is no {DATA}")
        return
    ensure_shipped(MODEL)
    model = blend(load_model(MODEL), meaning_of(Settings()) if "--meaning" in sys.argv else None)
    found: defaultdict[tuple[str, str], list[Text]] = defaultdict(list)
    for one in texts():
        found[one.kind, one.language].append(one)
    print(f"{model.version}: goal at most {GOAL:.0%}")
    for (kind, language), these in sorted(found.items()):
        step = max(len(these) // MOST, 1)
        chosen = these[::step][:MOST]
        labels = model.classify([replace(as_signal(one.words, language), section=one.section) for one in chosen])
        flagged = sum(bool(one) for one in labels)
        print(f"{kind:14}{language:4}{len(chosen):6} texts {flagged:5} flagged  {flagged / len(chosen):6.1%}")


def texts() -> Iterator[Text]:
    for stream, language, lede, section in (
        ("replay-nunl-nl", "nl", "subtitle", "section_name"),
        ("replay-bbc-en", "en", "summary", "tag"),
        ("replay-googlenews-sv", "sv", "", ""),
    ):
        with gzip.open(DATA / stream / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["first_seen"] >= SINCE[language] and row.get("stream", "topics") == "topics":
                    words = f"{row['title']}\n{row.get(lede) or ''}"
                    yield from kinds(language, words, row.get(section) or "", row.get("url") or "")
    for path in sorted((DATA / "feeds/norwegian-newspapers-2025-01-09").glob("*.xml")):
        for entry in feedparser.parse(path.read_bytes()).entries:
            words = f"{entry.get('title', '')}\n{re.sub(r'<[^>]+>', ' ', entry.get('summary', ''))}"
            address = entry.get("link", "")
            kind = {Section.SPORT: "sport", Section.CULTURE: "entertainment"}.get(section_of((), address))
            yield from (Text(kind, "nb", words, section_of((), address)),) if kind else kinds("nb", words, "", address)


def kinds(language: str, words: str, section: str, address: str) -> Iterator[Text]:
    known = section_of([section], address)
    for kind, pattern in SECTIONS.get(language, {}).items():
        if re.search(pattern, section.lower()):
            yield Text(kind, language, words, known)
            return
    if re.search(WEATHER[language], words.split("\n")[0].lower()):
        yield Text("weather", language, words, known)


if __name__ == "__main__":
    main()
