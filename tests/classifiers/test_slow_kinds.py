"""slow_rise, from_zero and new_term: what they notice, what they leave to others, what does not fool them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.alerts.decide import decide
from app.alerts.types import HoldReason
from classifiers.detectors.from_zero import FromZeroDetector
from classifiers.detectors.new_term import NewTermDetector, Title, unlearn
from classifiers.detectors.slow_rise import SlowRiseDetector
from classifiers.detectors.surge import SurgeDetector
from classifiers.terms import TermPast, read_title, rising_terms
from classifiers.types import Count, Detector, Emergence, Hit
from signals.types import Sensitivity
from tests.support.signals import a_signal
from tests.support.values import BUCKET, NOW, a_budget, a_hit, a_label, a_severity, a_watch, a_watch_news

DAY = timedelta(days=1)
SUBJECTS = ("budsjett", "brannstasjon", "svømmehall", "parkering", "bibliotek", "kulturhus", "lekeplass", "rådhus")


def some_hits(count: int, now: datetime, day: int, *labels: str, **given: Any) -> tuple[Hit, ...]:
    return tuple(
        a_hit(
            *(a_label(name) for name in labels),
            signal=a_signal(f"Kommunen om {SUBJECTS[(day + one) % 8]} nummer {one}", seen_at=now - BUCKET, **given),
        )
        for one in range(count)
    )


def follow(
    detector: Detector,
    days: Sequence[int],
    *labels: str,
    listened: bool = True,
    newcomers: Mapping[int, datetime] | None = None,
    **given: Any,
) -> list[tuple[int, Emergence]]:
    """A look a day at noon over so many hits a day, the last of them now; what was found, by day."""
    found: list[tuple[int, Emergence]] = []
    state: dict[str, Any] = {}
    for day, count in enumerate(days):
        now = NOW - (len(days) - 1 - day) * DAY
        counts = tuple(
            Count(now - DAY + BUCKET * number, count if number == 95 else 0, listened) for number in range(96)
        )
        news = a_watch_news(
            some_hits(count, now, day, *labels, **given), now=now, counts=counts, newcomers=newcomers or {}
        )
        finding = detector.detect(news, state)
        found.extend((day, one) for one in finding.emergences)
        state = dict(finding.state)
    return found


RAMP = [round(2 * 8 ** (day / 30)) for day in range(30)]
STEADY = [2, 3, 2, 2, 1, 2, 2] * 6


def test_a_rise_of_eight_times_in_a_month_is_noticed_before_four_times() -> None:
    (day, first), *_ = follow(SlowRiseDetector(), [*STEADY, *RAMP], "health_safety")
    assert len(STEADY) < day < len(STEADY) + 20
    assert first.topics == ("health_safety",)
    assert first.observed > 1.5 * first.expected


def test_a_steady_watch_and_a_single_loud_day_are_no_slow_rise() -> None:
    assert follow(SlowRiseDetector(), STEADY * 2) == []
    assert follow(SlowRiseDetector(), [*STEADY, 30, *STEADY[:6]]) == []


def test_days_on_which_nobody_listened_teach_nothing() -> None:
    """Else four weeks of sleep would make of an ordinary week a rise."""
    detector = SlowRiseDetector()
    assert follow(detector, [0] * 42, listened=False) == []
    state: Mapping[str, Any] = {}
    for day in range(49):
        now = NOW - (48 - day) * DAY
        counts = tuple(
            Count(now - DAY + BUCKET * one, int(day >= 42 and one % 40 == 0), day >= 42) for one in range(96)
        )
        finding = detector.detect(a_watch_news(now=now, counts=counts), state)
        assert finding.emergences == ()
        state = finding.state


@pytest.mark.parametrize("detector", [SlowRiseDetector(), FromZeroDetector()], ids=lambda one: one.kind.value)
def test_sources_that_were_just_added_make_no_rise(detector: Detector) -> None:
    added = {7: NOW - 8 * DAY}
    days = [*([0] * 34 if isinstance(detector, FromZeroDetector) else STEADY), *[6] * 7]
    assert follow(detector, days, newcomers={}) != []
    assert follow(detector, days, source_id=7, newcomers=added) == []


def test_a_quiet_watch_of_which_two_publishers_speak_is_noticed_once() -> None:
    found = follow(FromZeroDetector(), [*[0] * 35, 2, 1, 1], "health_safety")
    assert [day for day, _ in found] == [35]
    assert found[0][1].observed == 2
    assert found[0][1].tail <= 0.02


def test_one_publisher_alone_and_a_watch_that_is_used_to_more_stay_quiet() -> None:
    assert follow(FromZeroDetector(), [*[0] * 35, 3], family="avis.example") == []
    assert follow(FromZeroDetector(), [*[1] * 35, 4]) == []
    assert follow(FromZeroDetector(), [*[0] * 12, 4]) == [], "known for too short"


def test_a_restricted_tip_leaves_no_trace_in_what_is_counted() -> None:
    assert follow(FromZeroDetector(), [*[0] * 35, 4], sensitivity=Sensitivity.RESTRICTED) == []
    state = NewTermDetector().detect(a_watch_news(some_hits(3, NOW, 1, sensitivity=Sensitivity.RESTRICTED)), {}).state
    assert not state.get("today")


def test_a_new_name_is_found_and_shown_as_it_is_written() -> None:
    detector, state = NewTermDetector(), dict[str, Any]()
    for day in range(20, 0, -1):
        now = NOW - day * DAY
        state = dict(detector.detect(a_watch_news(some_hits(3, now, day), now=now), state).state)
    titles = ("Kommunen saksøkes av Nordhavn Kraft", "Krever svar fra Nordhavn Kraft", "Slik svarer Nordhavn Kraft nå")
    said = [a_hit(a_label("legal_trouble"), signal=a_signal(title, seen_at=NOW)) for title in titles]
    (found,) = detector.detect(a_watch_news(said), state).emergences
    assert found.terms[0] == "Nordhavn Kraft"
    assert found.observed == 3
    one_paper = [replace(hit, signal=replace(hit.signal, family="avis.example")) for hit in said]
    assert detector.detect(a_watch_news(one_paper), state).emergences == ()


def test_what_is_usual_is_no_rising_term_and_terms_of_the_same_titles_are_told_once() -> None:
    past = TermPast()
    for number in range(200):
        past.learn(read_title(number, f"Trafikkulykke ved {SUBJECTS[number % 8]}", "nb", "Avis").terms)
    today = [
        read_title(one, f"Trafikkulykke ved Storbrua i Lillevik {one}", "nb", "Avis", f"{one}") for one in range(4)
    ]
    (found,) = rising_terms(today, past)
    assert {found.term, *found.same} >= {"Storbrua", "Lillevik"}
    assert "Trafikkulykke" not in (found.term, *found.same)
    assert found.documents == (0, 1, 2, 3)


def test_terms_that_share_half_of_their_titles_are_one_matter() -> None:
    past = TermPast()
    for number in range(200):
        past.learn(read_title(number, f"Nytt om {SUBJECTS[number % 8]}", "nb", "Avis").terms)
    told = ("Ras i Lillevik", "Lillevik: Storbrua stengt", "Storbrua i Lillevik", "Slik falt Storbrua")
    today = [read_title(number, title, "nb", "Avis", f"{number}") for number, title in enumerate(told)]
    (found,) = rising_terms(today, past)
    assert {found.term, *found.same} == {"Storbrua", "Lillevik"}
    assert len(rising_terms(today, past, same=0.6)) == 2


def test_the_name_of_the_paper_weekdays_and_numbers_are_no_terms() -> None:
    read = read_title(1, "Mandag: 3 nye saker i Dagens Nytt om E6 - Dagens Nytt", "nb", "Dagens Nytt")
    assert set(read.terms.values()) <= {"E6", "saker"}


@pytest.mark.parametrize("kind", ["surge", "slow_rise"])
def test_a_burst_of_football_is_quiet_for_a_watch_on_risks(kind: str) -> None:
    """A quarter of the movers touch a topic, as among football news some always will: a burst of that is no risk."""
    if kind == "slow_rise":
        days = [*STEADY, *[9] * 7]
        found = [one for _, one in follow(SlowRiseDetector(), days)]
    else:
        said = [a_hit(*([a_label()] * (one % 4 == 0)), signal=a_signal(seen_at=NOW - BUCKET)) for one in range(30)]
        counts = [*[(1, 0, 0, 2)[one % 4] for one in range(672)], 10, 14, 30]
        begin = NOW - BUCKET * len(counts)
        news = a_watch_news(said, counts=tuple(Count(begin + BUCKET * n, one) for n, one in enumerate(counts)))
        found = list(SurgeDetector().detect(news, {}).emergences)
    assert found
    for one in found:
        decision = decide(one, a_severity(90), a_watch(topics=frozenset({"health_safety"})), None, a_budget())
        assert decision.hold is HoldReason.OFF_TOPIC


def test_gd_04_titles_that_were_taken_back_leave_the_memory_of_new_terms() -> None:
    gone = a_signal("Ammoniakk ved Lillevik", id=7)
    stays = a_signal("Ammoniakk i Storvik", id=8)
    today = [Title.of(a_hit(signal=one)).to_state() for one in (gone, stays)]
    older = a_signal("Nordkapp og Sørland", id=3)
    counts = dict.fromkeys(read_title(3, older.title, "nb", older.source_name).terms, 1.0)
    state = {
        "began": 0.0,
        "past": {"titles": 9.0, "day": 1, "counts": counts | {"vann": 4.0}},
        "today": today,
        "told": {},
    }
    left = unlearn(state, [7, 3], [gone, older])
    assert [title[1] for title in left["today"]] == [8]
    assert left["past"]["counts"] == {"vann": 4.0}
