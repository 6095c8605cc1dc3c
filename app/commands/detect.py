"""`forkant detect`: scores the counts in a CSV, row by row, with the detector that live surges use."""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO, cast

import typer
from rich.console import Console
from rich.progress import Progress

from classifiers.detectors.series import ScoredRow, UnusableSeriesError, parse_bucket, score_series

STANDARD = Path("-")
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
    except UnusableSeriesError as reason:
        _say(console, str(reason))
        raise typer.Exit(2) from None
    if passed_over:
        _say(console, f"Lines passed over: {passed_over}.")
        raise typer.Exit(1)


def _detect(series: Path, out: Path, bucket: timedelta | None, console: Console) -> int:
    """Score the series and tell how many of its lines could not be used."""
    passed_over: list[int] = []

    def pass_over(line: int, reason: str) -> None:
        passed_over.append(line)
        _say(console, f"line {line}: {reason}")

    _refuse_the_same_file(series, out)
    with _progress(console, out) as progress, _opened(series, progress) as lines:
        rows = score_series(_readable(lines, series), pass_over, bucket)
        first = list(islice(rows, 1))  # before anything is written: an unusable series spares an earlier result
        with _created(out) as target:
            _write(chain(first, rows), target)
    return len(passed_over)


def _say(console: Console, sentence: str) -> None:
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _write(rows: Iterable[ScoredRow], target: TextIO) -> None:
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEADER)
    for timestamp, value, reading in rows:
        count = int(value) if value.is_integer() else value
        writer.writerow((timestamp, count, f"{reading.score:.6f}", int(reading.is_alert)))


@contextmanager
def _progress(console: Console, out: Path) -> Iterator[Progress]:
    shares_the_terminal = out == STANDARD and sys.stdout.isatty()
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty() or shares_the_terminal) as bar:
        yield bar


@contextmanager
def _opened(series: Path, progress: Progress) -> Iterator[TextIO]:
    """The lines of a file, unpacked if it is named .gz; bytes that are no UTF-8 spoil their own line only."""
    if series == STANDARD:
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        return
    with ExitStack() as stack:
        try:
            packed: BinaryIO = stack.enter_context(series.open("rb"))
        except OSError as reason:
            raise UnusableSeriesError(f"{series} cannot be read: {reason.strerror}.") from None
        packed = progress.wrap_file(packed, total=series.stat().st_size, description=series.name)
        plain = cast(BinaryIO, gzip.GzipFile(fileobj=packed)) if series.suffix == ".gz" else packed
        yield io.TextIOWrapper(plain, encoding="utf-8", errors="replace")


def _readable(lines: Iterable[str], series: Path) -> Iterator[str]:
    try:
        yield from lines
    except (OSError, EOFError, zlib.error) as reason:
        raise UnusableSeriesError(f"{series} cannot be read to its end: {reason}.") from None


@contextmanager
def _created(out: Path) -> Iterator[TextIO]:
    if out == STANDARD:
        yield sys.stdout
        sys.stdout.flush()
        return
    with ExitStack() as stack:
        try:
            plain = stack.enter_context(out.open("wb"))
        except OSError as reason:
            raise UnusableSeriesError(f"{out} cannot be written: {reason.strerror}.") from None
        packed = stack.enter_context(gzip.GzipFile("", "wb", fileobj=plain, mtime=0)) if out.suffix == ".gz" else plain
        yield stack.enter_context(io.TextIOWrapper(cast(BinaryIO, packed), encoding="utf-8", newline="\n"))


def _refuse_the_same_file(series: Path, out: Path) -> None:
    if STANDARD not in (series, out) and series.exists() and out.exists() and series.samefile(out):
        raise UnusableSeriesError(f"{out} is the series itself; write the scores to another file.")
