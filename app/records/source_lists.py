"""Adding sources: what a search found, what a reading list holds, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from app.records.sources import SourceDraft
from signals.discovered import Candidate


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A feed behind an address that somebody pasted; `known_id`: the source that we listen to there already."""

    candidate: Candidate
    known_id: int | None


@dataclass(frozen=True, slots=True)
class FoundSources:
    """The answer to a pasted address. The suggestion holds what is probably true of each of them."""

    asked: str
    found: tuple[FoundSource, ...]
    notes: tuple[str, ...]  # in plain words: what went wrong, why there is nothing
    suggestion: SourceDraft
    because: str  # where the suggestion comes from


class ListOutcome(StrEnum):
    """What becomes of one feed of a reading list."""

    NEW = "new"  # it is, or would be, added
    KNOWN = "known"  # we listen to it already
    REPEATED = "repeated"  # it stands further up in the same list
    REFUSED = "refused"  # it may not be fetched, or cannot be used


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One feed of a reading list."""

    line: int
    folder: str
    draft: SourceDraft
    outcome: ListOutcome
    because: str  # of a group that was guessed, of a feed that is not added
    known_id: int | None = None


@dataclass(frozen=True, slots=True)
class ListReport:
    """A reading list, looked through; `applied`: its new feeds are sources now."""

    sources: tuple[ListedSource, ...]
    remarks: tuple[str, ...]
    applied: bool
    added: int

    def count(self, outcome: ListOutcome) -> int:
        return sum(one.outcome == outcome for one in self.sources)
