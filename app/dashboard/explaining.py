"""Why an alert was raised, in words and figures that a page can show (UX-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.alerts.routing import Address, reason_not_to_tell
from app.alerts.types import Transition, TransitionKind
from app.dashboard.highlight import Marked, mark
from app.records import AlertFull, EmergenceRow, ReceiverRow, SignalRow, WatchRow
from classifiers.types import EmergenceKind, Label


@dataclass(frozen=True, slots=True)
class Explanation:
    """One emergence as a page tells it."""

    emergence: EmergenceRow
    rule: str
    version: str
    ratio: float | None
    quiet: str  # what would have kept it quiet
    facts: tuple[tuple[str, str], ...]  # the detector's own figures

    @property
    def is_report(self) -> bool:
        return self.emergence.kind is EmergenceKind.REPORT

    @property
    def is_hearing(self) -> bool:
        """About what we do not hear, not about what was said."""
        return self.emergence.kind in (EmergenceKind.SOURCE_SILENT, EmergenceKind.COVERAGE_LOST)

    @property
    def has_window(self) -> bool:
        return self.emergence.window > timedelta(0)


@dataclass(frozen=True, slots=True)
class Sign:
    """A signal behind an alert, with what was judged of it and the words that carried it marked."""

    signal: SignalRow
    labels: tuple[Label, ...]
    marked: Marked


@dataclass(frozen=True, slots=True)
class Untold:
    """A receiver that was not told of a change, and why."""

    transition: Transition
    receiver: ReceiverRow
    because: str


def explain(emergence: EmergenceRow) -> Explanation:
    rule, _, version = emergence.by.partition("@")
    return Explanation(
        emergence=emergence,
        rule=rule or emergence.kind.value,
        version=version or "1",
        ratio=emergence.observed / emergence.expected if emergence.expected > 0 else None,
        quiet=quiet(emergence),
        facts=tuple((words_of(name), shown(value)) for name, value in sorted(emergence.facts.items())),
    )


def quiet(emergence: EmergenceRow) -> str:
    """What would have kept it quiet, from the detector's own figures."""
    facts = emergence.facts
    if emergence.kind is EmergenceKind.REPORT and "enough" in facts:
        return (
            "A lighter topic or a less certain label: topic weight times certainty must reach "
            f"{shown(facts['enough'])}, and this one is {emergence.strength:.2f} times that."
        )
    if emergence.kind is EmergenceKind.NOVEL_STORY and "needed" in facts:
        return f"Fewer than {shown(facts['needed'])} independent publishers, or a story older than two days."
    if emergence.kind is EmergenceKind.SOURCE_SILENT:
        return "An item of this source, or its mark as a priority source taken away."
    if emergence.kind is EmergenceKind.COVERAGE_LOST:
        return "More of what is usually said heard: 70 % at least, and something of every house with several sources."
    if emergence.strength > 0 and emergence.observed > emergence.expected:
        return (
            f"A rarer finding is asked for: this one is {emergence.strength:.2f} times as strong as needed; "
            "at 1 it would have stayed quiet."
        )
    return "A strength below 1."


def words_of(name: str) -> str:
    return name.replace("_", " ")


def shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(shown(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(one)}" for name, one in value.items())
    return str(value)


def signs_of(found: AlertFull, labels: Mapping[int, tuple[Label, ...]]) -> tuple[Sign, ...]:
    """The signals behind an alert, own words before copies, newest first."""
    ordered = sorted(found.signals, key=lambda signal: (signal.copy_of is not None, -signal.at.timestamp(), signal.id))
    return tuple(Sign(signal, labels.get(signal.id, ()), mark(signal, labels.get(signal.id, ()))) for signal in ordered)


def untold(found: AlertFull, watch: WatchRow, receivers: Sequence[ReceiverRow]) -> tuple[Untold, ...]:
    """Who was not told of what, by the receivers as they are set now; what people did is told to programs only."""
    told = {(delivery.transition_id, delivery.receiver_id) for delivery in found.deliveries}
    rows = []
    for transition in found.transitions:
        if transition.kind not in (TransitionKind.RAISED, TransitionKind.ESCALATED, TransitionKind.REOPENED):
            continue
        for receiver in receivers:
            if (transition.id, receiver.id) in told:
                continue
            address = Address(receiver.id, receiver.kind, receiver.min_level, receiver.is_active)
            because = reason_not_to_tell(address, transition.kind, transition.level, watch.sensitivity)
            if receiver.created_at > transition.at:
                because = "it was added later"
            rows.append(Untold(transition, receiver, because or "it was set otherwise then"))
    return tuple(rows)
