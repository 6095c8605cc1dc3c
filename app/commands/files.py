"""Files as commands read and write them: - for standard input and output, .gz by name, one sentence when it fails."""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar, cast

import typer
from rich.console import Console
from rich.progress import Progress

from app.errors import Invalid

STANDARD = Path("-")
_Some = TypeVar("_Some")


class UnusableArgumentError(Invalid):
    """An argument that names nothing we can read or write."""


@contextmanager
def usable_arguments() -> Iterator[None]:
    """One clear sentence and exit status 2 for arguments that cannot be used."""
    try:
        yield
    except UnusableArgumentError as reason:
        say(Console(stderr=True), str(reason))
        raise typer.Exit(2) from None


def refuse_the_same_file(given: Path, out: Path) -> None:
    if STANDARD not in (given, out) and given.exists() and out.exists() and given.samefile(out):
        raise UnusableArgumentError(f"{out} is the input itself; write the results to another file.")


@contextmanager
def created(out: Path) -> Iterator[TextIO]:
    """The file to write to: standard output for "-", packed if named .gz."""
    if out == STANDARD:
        yield sys.stdout
        sys.stdout.flush()
        return
    with ExitStack() as stack:
        try:
            plain: Any = stack.enter_context(out.open("wb"))
        except OSError as reason:
            raise UnusableArgumentError(f"{out} cannot be written: {reason.strerror}.") from None
        packed = stack.enter_context(gzip.GzipFile("", "wb", fileobj=plain, mtime=0)) if out.suffix == ".gz" else plain
        yield stack.enter_context(io.TextIOWrapper(cast(BinaryIO, packed), encoding="utf-8", newline="\n"))


def shown(items: Sequence[_Some], doing: str, out: Path, console: Console) -> Iterator[_Some]:
    """The same items, with a bar on a terminal that tells how far we are; none where the results go there too."""
    with progress_bar(console, out) as bar:
        yield from bar.track(items, description=doing)


def _shares_terminal(out: Path | None) -> bool:
    return out == STANDARD and sys.stdout.isatty()


def write_line(target: TextIO, row: Mapping[str, Any]) -> None:
    target.write(json.dumps(row, ensure_ascii=False) + "\n")


def say(console: Console, sentence: str) -> None:
    # What stands in the archive may hold escape codes for the terminal.
    shown = "".join(letter if letter.isprintable() else "�" for letter in sentence)
    console.print(shown, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress_bar(console: Console, out: Path | None = None) -> Iterator[Progress]:
    """A bar on a terminal; none where the results go there too."""
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty() or _shares_terminal(out)) as bar:
        yield bar


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[TextIO]:
    """The lines of a file, unpacked if it is named .gz; bytes that are no UTF-8 spoil their own line only."""
    if path == STANDARD:
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        return
    with ExitStack() as stack:
        try:
            packed: BinaryIO = stack.enter_context(path.open("rb"))
        except OSError as reason:
            raise UnusableArgumentError(f"{path} cannot be read: {reason.strerror}.") from None
        packed = progress.wrap_file(packed, total=path.stat().st_size, description=path.name)
        plain = cast(BinaryIO, gzip.GzipFile(fileobj=packed)) if path.suffix == ".gz" else packed
        yield io.TextIOWrapper(plain, encoding="utf-8", errors="replace")


def readable(lines: Iterable[str], path: Path) -> Iterator[str]:
    try:
        yield from lines
    except (OSError, EOFError, zlib.error) as reason:
        raise UnusableArgumentError(f"{path} cannot be read to its end: {reason}.") from None
