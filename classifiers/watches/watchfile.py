"""Reads a file of watches (TOML): what replay runs with, and what import and export of watches use."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.taxonomy import load_taxonomy
from classifiers.watches.book import WatchBook
from classifiers.watches.errors import QueryError
from classifiers.watches.parsing import parse_query
from classifiers.watches.terms import WatchTerms

SENSITIVITIES = ("open", "internal", "restricted")


class WatchFileError(ValueError):
    """Names the watch and the key, and says what is wrong."""


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """A watch as a file describes it."""

    name: str
    query: str = ""  # empty: everything
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    owner: str = ""
    sensitivity: str = "internal"
    alerts_per_day: int = 3


def read_watches(path: Path) -> tuple[WatchDraft, ...]:
    """The watches of a file. WatchFileError names the watch and the key."""
    try:
        return parse_watches(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WatchFileError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise WatchFileError(f"{path} is not UTF-8 text.") from None


def parse_watches(text: str) -> tuple[WatchDraft, ...]:
    try:
        tables = tomllib.loads(text).get("watch")
    except tomllib.TOMLDecodeError as error:
        raise WatchFileError(f"The file of watches is not TOML: {error}.") from None
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        raise WatchFileError("The file of watches has no [[watch]] table.")
    drafts = tuple(_Table(number, table).to_draft() for number, table in enumerate(tables, start=1))
    _check_together(drafts)
    return drafts


def _check_together(drafts: tuple[WatchDraft, ...]) -> None:
    names = [draft.name for draft in drafts]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise WatchFileError(f"Watch “{repeated[0]}”: name is that of another watch too.")
    book = WatchBook([WatchTerms(number, one.name, one.query) for number, one in enumerate(drafts)])
    if book.broken:
        name, reason = book.broken[0]
        raise WatchFileError(f"Watch “{name}”: query cannot be read: {reason}.")


class _Table:
    """One [[watch]] of the file."""

    def __init__(self, number: int, values: Mapping[str, Any]) -> None:
        self._values = values
        name = values.get("name")
        self._called = f"“{name}”" if isinstance(name, str) and name else f"number {number}"

    def to_draft(self) -> WatchDraft:
        draft = WatchDraft(
            name=self._text("name").strip(),
            query=self._query(),
            languages=self._texts("languages"),
            topics=self._texts("topics"),
            owner=self._text("owner"),
            sensitivity=self._sensitivity(),
            alerts_per_day=self._number("alerts_per_day", usual=3, low=1, high=1000),
        )
        if not draft.name:
            raise self._error("name", "is missing")
        topics = load_taxonomy().topics
        if unknown := [topic for topic in draft.topics if topic not in topics]:
            raise self._error("topics", f"names {unknown[0]!r}, which is none of {', '.join(topics)}")
        return draft

    def _query(self) -> str:
        query = self._text("query")
        try:
            parse_query(query)
        except QueryError as error:
            raise self._error("query", f"cannot be read: {error}") from None
        return query

    def _sensitivity(self) -> str:
        value = self._text("sensitivity") or "internal"
        if value not in SENSITIVITIES:
            raise self._error("sensitivity", f"is {value!r}, none of {', '.join(SENSITIVITIES)}")
        return value

    def _text(self, key: str) -> str:
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self._error(key, "is not a text in quotation marks")
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._error(key, 'is not a list of texts such as ["nb", "nn"]')
        return tuple(dict.fromkeys(value))

    def _number(self, key: str, usual: int, low: int, high: int) -> int:
        value = self._values.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._error(key, f"is not a whole number from {low} to {high}")
        return value

    def _error(self, key: str, reason: str) -> WatchFileError:
        return WatchFileError(f"Watch {self._called}: {key} {reason}.")
