"""What came of the week: which issues were noticed, how early, and what stayed quiet as it should. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.demo.happened import Found, Voices
from app.demo.values import Thread, ThreadKind, Week

ABOUT = 1 / 3  # an emergence is about a thread from this share of its signals on


@dataclass(frozen=True, slots=True)
class ThreadVerdict:
    """How it went with one thread."""

    thread: Thread
    noticed_at: datetime | None  # when people were first told
    by: Found | None  # what they were told by
    held: int  # emergences about it that woke nobody
    voices: Voices | None = None  # of a wire thread

    @property
    def lead(self) -> timedelta | None:
        return self.thread.peak_at - self.noticed_at if self.noticed_at else None

    @property
    def is_good(self) -> bool:
        match self.thread.kind:
            case ThreadKind.ISSUE:
                return self.lead is not None and self.lead > timedelta(0)
            case ThreadKind.OPPORTUNITY:
                return self.noticed_at is not None
            case ThreadKind.DECOY:
                return self.noticed_at is None
            case ThreadKind.WIRE:
                return self.voices is not None and self.voices.independent == 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole week in figures."""

    threads: tuple[ThreadVerdict, ...]
    alerts: int
    other_alerts: int  # about none of the threads
    held: Counter[str]  # why emergences woke nobody

    @property
    def is_good(self) -> bool:
        return all(one.is_good for one in self.threads)


def judge(week: Week, found: Sequence[Found], wires: Mapping[str, Voices]) -> Verdict:
    """Judge what was found in the order of time, against what was written."""
    threads = {piece.number: piece.thread for piece in week.pieces}
    about = {one.id: threads_of(one, threads) for one in found}
    reached = [one for one in found if one.reached_people]
    alerts = {one.alert_id for one in reached}
    explained = {one.alert_id for one in reached if about[one.id]}
    return Verdict(
        threads=tuple(_judge(thread, found, about, wires.get(thread.id)) for thread in week.threads),
        alerts=len(alerts),
        other_alerts=len(alerts - explained),
        held=Counter(one.hold for one in found if one.hold),
    )


def threads_of(found: Found, threads: dict[int, str]) -> frozenset[str]:
    """The threads that stand behind an emergence with a third of its signals or more."""
    counts = Counter(threads.get(number, "") for number in found.pieces)
    return frozenset(name for name, count in counts.items() if name and count >= ABOUT * len(found.pieces))


def _judge(
    thread: Thread, found: Sequence[Found], about: dict[int, frozenset[str]], voices: Voices | None
) -> ThreadVerdict:
    mine = [one for one in found if thread.id in about[one.id]]
    first = next((one for one in mine if one.reached_people), None)
    return ThreadVerdict(thread, first.at if first else None, first, sum(bool(one.hold) for one in mine), voices)
