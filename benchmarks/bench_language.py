"""Language identification on the beginnings of sentences (SIB-200), with and without the source's sums.

Run with `python -m benchmarks.bench_language`. Translated encyclopaedic prose: real headlines are somewhat harder.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from time import process_time

from signals.language import identify

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "sib200" / "data" / "annotated"
CODES = {"nob": "nb", "nno": "nn", "swe": "sv", "dan": "da", "nld": "nl", "eng": "en"}
WORDS = (4, 6, 10)
SENTENCES = 400  # of each language
SETTLED = 5  # items after which a source's sums are expected to help


def load() -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for folder, language in CODES.items():
        for path in sorted((FOLDER / f"{folder}_Latn").glob("*.tsv")):
            with path.open(encoding="utf-8") as lines:
                rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
                texts.setdefault(language, []).extend(row["text"] for row in rows)
    return {language: found[:SENTENCES] for language, found in texts.items()}


def shortened(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def kin(language: str) -> str:
    return "no" if language in ("nb", "nn") else language


def measure(texts: dict[str, list[str]], words: int) -> str:
    alone = merged = with_source = tries = settled = 0
    start = process_time()
    for language, sentences in texts.items():
        prior: dict[str, float] = {}
        for number, text in enumerate(shortened(sentence, words) for sentence in sentences):
            if number % 20 == 0:
                prior = {}  # a new source
            found = identify(text).language
            told = identify(text, prior)
            prior = told.scores
            tries += 1
            alone += found == language
            merged += kin(found) == kin(language)
            if number % 20 >= SETTLED:
                settled += 1
                with_source += told.language == language
    speed = 2 * tries / (process_time() - start)
    return (
        f"{words:>2} words: alone {alone / tries:.3f} (bokmål and nynorsk as one {merged / tries:.3f}),"
        f" with its source {with_source / settled:.3f}; {speed:,.0f} texts/s"
    )


def measure_foreign(texts: dict[str, list[str]], home: str, away: str) -> str:
    """Whether an item in another language than its source's is still seen as such."""
    prior: dict[str, float] = {}
    for text in texts[home][:40]:
        prior = identify(shortened(text, 8), prior).scores
    shares = []
    for words in (6, 100):
        found = [identify(shortened(text, words), prior).language == away for text in texts[away][40:140]]
        shares.append(sum(found) / len(found))
    return f"{away} in a source that speaks {home}: {shares[0]:.2f} at 6 words, {shares[1]:.2f} at a whole sentence"


def main() -> int:
    if not FOLDER.is_dir():
        print(f"Skipped: {FOLDER} is not here.")
        return 0
    texts = load()
    identify("load the model")
    for words in WORDS:
        print(measure(texts, words))
    for home, away in (("nb", "en"), ("nl", "en"), ("nb", "sv"), ("nb", "nn"), ("da", "nb")):
        print(measure_foreign(texts, home, away))
    return 0


if __name__ == "__main__":
    sys.exit(main())
