"""NAB's ten labelled Twitter series, read from the shared data, and a detector run over them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.nab_score import Tally, Window, tally_alerts

FOLDER = Path(__file__).parents[2] / "shared/data/nab-realtweets"
ROW_MINUTES = 5

Decide = Callable[[float, int], bool]  # count and local hour of one bucket: alert or not


@dataclass(frozen=True, slots=True)
class LabelledSeries:
    """One file: five-minute counts, the hour of each row, and the windows in which an alert is right."""

    name: str
    counts: tuple[float, ...]
    hours: tuple[int, ...]
    windows: tuple[Window, ...]


def load_nab() -> list[LabelledSeries]:
    """All ten series, or none where the shared data are absent."""
    if not FOLDER.is_dir():
        return []
    windows = json.loads((FOLDER / "windows.json").read_text())
    return [_load(name, labels) for name, labels in sorted(windows.items())]


def _load(name: str, labels: Sequence[tuple[str, str]]) -> LabelledSeries:
    with (FOLDER / name).open(newline="") as file:
        rows = [(datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]
    row_of = {at: number for number, (at, _) in enumerate(rows)}
    return LabelledSeries(
        name=name.removeprefix("Twitter_volume_").removesuffix(".csv"),
        counts=tuple(count for _, count in rows),
        hours=tuple(at.hour for at, _ in rows),
        windows=tuple(
            Window(row_of[datetime.fromisoformat(first)], row_of[datetime.fromisoformat(last)])
            for first, last in labels
        ),
    )


def alerted_rows(series: LabelledSeries, decide: Decide, rows_a_bucket: int = 1) -> list[int]:
    """The rows at which a bucket was complete and raised an alert; rows may be added up to longer buckets."""
    ends = range(rows_a_bucket, len(series.counts) + 1, rows_a_bucket)
    return [
        end - 1
        for end in ends
        if decide(sum(series.counts[end - rows_a_bucket : end]), series.hours[end - rows_a_bucket])
    ]


def tally_all(corpus: Iterable[LabelledSeries], new: Callable[[], Decide], rows_a_bucket: int = 1) -> Tally:
    """A fresh detector over each series."""
    tallies = (
        tally_alerts(len(series.counts), series.windows, alerted_rows(series, new(), rows_a_bucket))
        for series in corpus
    )
    return sum(tallies, Tally())
