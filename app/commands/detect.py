"""`forkant detect`: scores the counts in a CSV, row by row, with the detector that live surges use."""

import csv
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from app.commands.files import (
    STANDARD,
    UnusableArgumentError,
    created,
    opened,
    progress_bar,
    readable,
    refuse_the_same_file,
    say,
)
from classifiers.detectors.series import ScoredRow, UnusableSeriesError, parse_bucket, score_series

HEADER = ("timestamp", "value", "anomaly_score", "alert")


def detect(
    series: Annotated[Path, typer.Argument(help="CSV with the columns timestamp,value; - for standard input.")],
    out: Annotated[Path, typer.Option(help="Where to write; - for standard output, .gz packs.")] = STANDARD,
    bucket: Annotated[str | None, typer.Option(help="Length of a bucket, such as 5min or 1h.")] = None,
) -> None:
    """Score counts of mentions row by row, and mark where a live surge would have alerted."""
    console = Console(stderr=True)
    try:
        passed_over = _detect(series, out, None if bucket is None else parse_bucket(bucket), console)
    except (UnusableSeriesError, UnusableArgumentError) as reason:
        say(console, str(reason))
        raise typer.Exit(2) from None
    if passed_over:
        say(console, f"Lines passed over: {passed_over}.")
        raise typer.Exit(1)


def _detect(series: Path, out: Path, bucket: timedelta | None, console: Console) -> int:
    """Score the series and tell how many of its lines could not be used."""
    passed_over: list[int] = []

    def pass_over(line: int, reason: str) -> None:
        passed_over.append(line)
        say(console, f"line {line}: {reason}")

    refuse_the_same_file(series, out)
    with progress_bar(console, out) as progress, opened(series, progress) as lines:
        rows = score_series(readable(lines, series), pass_over, bucket)
        first = list(islice(rows, 1))  # before anything is written: an unusable series spares an earlier result
        with created(out) as target:
            _write(chain(first, rows), target)
    return len(passed_over)


def _write(rows: Iterable[ScoredRow], target: TextIO) -> None:
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEADER)
    for timestamp, value, reading in rows:
        count = int(value) if value.is_integer() else value
        writer.writerow((timestamp, count, f"{reading.score:.6f}", int(reading.is_alert)))
