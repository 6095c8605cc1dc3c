"""What a replay told, gathered into rows, and two settings side by side: the pure parts."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from app.alerts.side_by_side import Place, compare, matters_of, place
from app.alerts.types import HoldReason, Level
from app.records.replays import Outcome, ReplayResult, ResultRow, Side
from app.replaying.heard import Telling
from app.replaying.results import Gathering
from classifiers.types import EmergenceKind
from tests.support.rows import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = count(1)


def a_row(side: Side, story_id: int | None, *signals: int, is_useful: bool | None = None, **given: Any) -> ResultRow:
    values = {
        "side": side,
        "outcome": Outcome.HELD if "hold" in given else Outcome.RAISED,
        "at": NOON,
        "kind": EmergenceKind.REPORT if story_id else EmergenceKind.SURGE,
        "severity": 50,
        "level": Level.MODERATE,
        "peak": 50,
        "state": None,
        "topics": ("misconduct",),
        "title": f"Story {story_id}",
        "because": "Somebody said so.",
        "story_id": story_id,
        "signal_ids": signals or ((story_id,) if story_id else ()),
        "first_seen_at": NOON - HOUR,
        "changes": 0,
    } | given
    return ResultRow(next(_numbers), ReplayResult(**values), is_useful, None)


def test_the_same_story_is_told_by_both_and_what_is_held_on_one_side_stands_beside() -> None:
    rows = [
        a_row(Side.LIVE, 1),
        a_row(Side.DRAFT, 1),
        a_row(Side.LIVE, 2),
        a_row(Side.DRAFT, 2, hold=HoldReason.BUDGET, decided="budget 1"),
        a_row(Side.DRAFT, 3),
    ]
    places = [one.place for one in place(rows)]
    assert places == [Place.BOTH, Place.BOTH, Place.ONLY_LIVE, Place.ONLY_DRAFT, Place.ONLY_DRAFT]
    assert [one.place for one in matters_of(rows)] == [Place.BOTH, Place.ONLY_LIVE, Place.ONLY_DRAFT]
    held = matters_of(rows)[1].held
    assert held
    assert held.decided == "budget 1"


def test_what_rests_on_numbers_is_the_same_by_its_signals_and_never_makes_one_of_two_stories() -> None:
    rows = [
        a_row(Side.LIVE, 1, 1),
        a_row(Side.LIVE, 2, 2),
        a_row(Side.LIVE, None, 1, 2, at=NOON + HOUR),
        a_row(Side.DRAFT, None, 2, 3, at=NOON + HOUR),
    ]
    found = matters_of(rows)
    assert [len(one.live) + len(one.draft) for one in found] == [1, 1, 2]
    assert found[2].place is Place.BOTH
    alone = [a_row(Side.LIVE, 1, 1), a_row(Side.DRAFT, None, 1, 7, at=NOON + HOUR)]
    assert [one.place for one in matters_of(alone)] == [Place.BOTH], "items in common"


def test_each_side_is_counted_for_itself() -> None:
    rows = [
        a_row(Side.LIVE, 1, is_useful=True),
        a_row(Side.LIVE, 2, is_useful=False, level=Level.CRITICAL, first_seen_at=NOON - 3 * HOUR),
        a_row(Side.LIVE, None, 9, first_seen_at=NOON - 9 * DAY),
        a_row(Side.LIVE, 5, hold=HoldReason.BUDGET),
    ]
    found = compare(rows, [Side.LIVE], NOON - 6 * DAY, NOON)
    assert found.draft is None
    assert found.live
    assert (found.live.alerts, found.live.a_day, found.live.precision) == (3, 0.5, 0.5)
    assert found.live.median_delay == 2 * HOUR, "a series has no first item"
    assert found.live.by_level == (("critical", 1), ("moderate", 2))
    assert found.live.held == (("budget", 1),)
    nothing = compare([], [Side.DRAFT], NOON - DAY, NOON).draft
    assert nothing
    assert (nothing.alerts, nothing.median_delay, nothing.precision) == (0, None, None)


def a_telling(change: str = "raised", alert: int | None = 1, story: str | None = "7", **given: Any) -> Telling:
    values = {
        "at": NOON,
        "alert": alert,
        "change": change,
        "state": "held" if change == "held" else "raised",
        "watch_id": 1,
        "watch": "Bakeriet",
        "kind": "report",
        "severity": 50,
        "level": "moderate",
        "title": "Glass i brød",
        "topics": ("product_safety",),
        "story": story,
        "items": ("7",),
        "observed": 1.0,
        "expected": 0.0,
        "because": "Somebody said so.",
        "coverage": 1.0,
        "story_began_at": NOON - HOUR,
    } | given
    return Telling(**values)


def gathered(*told: Telling) -> Sequence[ReplayResult]:
    gathering = Gathering(Side.LIVE, NOON - DAY, NOON + DAY)
    for one in told:
        gathering.add(one)
    return gathering.rows()


def test_an_alert_is_one_row_with_what_became_of_it() -> None:
    grown = a_telling("escalated", severity=80, level="serious", items=("8", "9"), at=NOON + HOUR)
    (row,) = gathered(a_telling(), grown, a_telling("faded", state="faded", kind="", at=NOON + 2 * HOUR))
    assert (row.severity, row.peak, row.changes, row.state) == (50, 80, 1, "faded")
    assert (row.story_id, row.signal_ids, row.delay) == (7, (7, 8, 9), HOUR)


def test_what_was_told_outside_the_period_is_left_out() -> None:
    before = a_telling(at=NOON - 2 * DAY)
    assert gathered(before, a_telling("escalated", at=NOON), a_telling(alert=2, story="8", at=NOON + DAY)) == []


@pytest.mark.parametrize("alert", [None, 4])
def test_what_woke_nobody_is_one_row_at_its_strongest_and_none_where_it_was_raised(alert: int | None) -> None:
    held = [
        a_telling("held", None, "9", severity=severity, hold="budget", at=NOON + number * HOUR)
        for number, severity in enumerate((41, 47, 44))
    ]
    pause = a_telling("held", 1, "7", hold="below_threshold", at=NOON + HOUR)
    rows = gathered(
        a_telling(), pause, *held, *([a_telling(alert=alert, story="9", at=NOON + 9 * HOUR)] if alert else [])
    )
    silent = [row for row in rows if row.outcome is Outcome.HELD]
    assert [(row.severity, row.changes, row.hold) for row in silent] == ([] if alert else [(47, 3, HoldReason.BUDGET)])
