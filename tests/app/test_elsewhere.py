"""Which of several watches tells of a story that they all hit."""

from app.alerts.elsewhere import Elsewhere, Place, give_way
from app.alerts.types import AlertState, Decision, HoldReason, Level, Verdict
from tests.support.values import a_severity

RAISE = Decision(Verdict.RAISE, "severity 50 reaches the watch's bar, 0")
NARROW, BROAD = Place(2, False, 3, 8), Place(2, True, 0, 1)


def told(score: int = 50, **given: object) -> Elsewhere:
    severity = a_severity(score)
    values = {"alert_id": 12, "watch_id": 7, "watch": "NS", "owner": "", "state": AlertState.RAISED, "is_noted": False}
    return Elsewhere(**(values | {"severity": severity.score, "level": severity.level} | given))  # type: ignore[arg-type]


def decided(other: Elsewhere, theirs: Place, mine: Place, *, score: int = 50, owner: str = "") -> Decision:
    return give_way(RAISE, a_severity(score), owner, mine, [(other, theirs)])


def test_a_broad_watch_leaves_a_story_to_the_narrow_one_that_tells_it_and_says_so() -> None:
    held = decided(told(owner="Kari"), NARROW, BROAD, owner="Ola")
    assert (held.hold, held.told_by) == (HoldReason.TOLD_ELSEWHERE, 12)
    assert held.reason == "NS tells of the same story: alert 12"


def test_what_matters_more_comes_before_what_is_narrower_and_everything_last() -> None:
    important, narrow, wide = Place(1, False, 900, 1), Place(2, False, 3, 9), Place(2, False, 300, 2)
    assert sorted([BROAD, wide, narrow, important]) == [important, narrow, wide, BROAD]


def test_a_narrow_watch_tells_although_a_broad_one_did_unless_the_same_people_answer() -> None:
    assert decided(told(owner="Kari"), BROAD, NARROW, owner="Ola") == RAISE
    assert decided(told(owner="Kari"), BROAD, NARROW, owner="Kari").hold is HoldReason.TOLD_ELSEWHERE
    assert decided(told(), BROAD, NARROW).hold is HoldReason.TOLD_ELSEWHERE


def test_what_is_graver_than_what_was_told_is_told_again() -> None:
    assert decided(told(54), NARROW, BROAD, score=54).hold is HoldReason.TOLD_ELSEWHERE
    assert decided(told(54), NARROW, BROAD, score=55) == RAISE
    assert told(54).level is Level.MODERATE


def test_what_was_handled_elsewhere_comes_back_only_after_growing_15_points() -> None:
    handled = told(50, state=AlertState.HANDLED)
    assert decided(handled, NARROW, BROAD, score=64).hold is HoldReason.TOLD_ELSEWHERE
    assert decided(handled, NARROW, BROAD, score=65) == RAISE


def test_what_is_held_for_another_reason_keeps_it() -> None:
    held = Decision(Verdict.HOLD, "severity 20 is low", HoldReason.BELOW_THRESHOLD)
    assert give_way(held, a_severity(20), "", BROAD, [(told(), NARROW)]) == held
