"""The ledger as a table of sources by hours: cells as text, since a page may hold thousands of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from app.dashboard.source_wording import STATES_OF_HOURS
from app.dashboard.speech import Speech
from app.records.coverage import HourRow, SourceHours, State

# Shapes tell what colours tell, and words behind them tell it to those who do not see either.
SIGNS: Final = {
    State.SEEN: "●",
    State.QUIET: "·",
    State.SILENT: "○",
    State.LATE: "◔",
    State.FAILING: "✕",
    State.BLOCKED: "⊘",
    State.NOT_ASKED: "–",
}
ABSENT: Final = Markup('<td class="hour"><span class="hidden">not in the ledger</span></td>')


@dataclass(frozen=True, slots=True)
class Line:
    """One source of the table."""

    source: SourceHours
    cells: Markup


def lines(sources: Sequence[SourceHours], hours: Sequence[datetime], say: Speech) -> tuple[Line, ...]:
    clocks = {hour: escape(say.moment(hour)) for hour in hours}
    return tuple(Line(one, _cells(one, clocks)) for one in sources)


def _cells(one: SourceHours, clocks: dict[datetime, Markup]) -> Markup:
    known = {hour: (State(state), expected, seen) for hour, state, expected, seen in one.hours}
    return Markup("").join(_cell(clock, *known[hour]) if hour in known else ABSENT for hour, clock in clocks.items())


def _cell(clock: Markup, state: State, expected: float, seen: int) -> Markup:
    words = STATES_OF_HOURS[state]
    return Markup(
        f'<td class="hour is-{state.value}" title="{clock} {words}: {seen} of {expected:.1f}">'
        f'<span aria-hidden="true">{SIGNS[state]}</span><span class="hidden">{words}</span></td>'
    )


def totals(rows: Sequence[HourRow], hours: Sequence[datetime]) -> tuple[HourRow | None, ...]:
    known = {row.hour: row for row in rows}
    return tuple(known.get(hour) for hour in hours)
