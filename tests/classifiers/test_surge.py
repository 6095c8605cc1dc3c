"""surge: unusually many signals, against the watch's own past."""

from collections.abc import Sequence
from datetime import timedelta

from classifiers.detectors.surge import STALE, SurgeDetector
from classifiers.types import Count, Emergence, Hit
from signals.types import CopyKind
from tests.support.signals import a_signal
from tests.support.values import BUCKET, NOW, a_hit, a_label, a_watch_news, counts_until, hits_of_one_story

detector = SurgeDetector()
TEN_DAYS = (0, 1, 0, 0, 1, 0, 0, 0) * 12 * 10
BURST = (6, 9, 12)


def the_hits_of_a_burst(title: str, *labels: object) -> tuple[Hit, ...]:
    signals = [a_signal(f"{title} {number}", seen_at=NOW - timedelta(minutes=number + 1)) for number in range(27)]
    return hits_of_one_story(signals, *labels)  # type: ignore[arg-type]


def found_in(
    hits: Sequence[Hit], counts: Sequence[int] = (*TEN_DAYS, *BURST), late: timedelta = timedelta(0)
) -> tuple[Emergence, ...]:
    news = a_watch_news(hits, now=NOW + late, counts=counts_until(NOW, counts))
    return detector.detect(news, {}).emergences


def test_a_burst_of_risk_names_its_story_and_topic() -> None:
    hits = the_hits_of_a_burst("Mange syke av drikkevannet i Lillevik", a_label("health_safety", 0.9))
    found = found_in(hits)
    assert found
    last = found[-1]
    assert last.story_id == hits[0].story.id
    assert last.topics == ("health_safety",)
    assert last.observed > 3 * last.expected
    assert "drikkevannet" in " ".join(last.terms)
    assert "most of it health safety" in last.because


def test_a_burst_of_football_touches_no_topic() -> None:
    found = found_in(the_hits_of_a_burst("Brann slo Viking i cupfinalen"))
    assert found
    assert all(one.topics == () for one in found)
    assert "none of it touching a topic" in found[-1].because


def test_a_burst_about_many_things_is_no_single_story_s() -> None:
    hits = [a_hit(signal=a_signal(seen_at=NOW - timedelta(minutes=number + 1))) for number in range(20)]
    assert {one.story_id for one in found_in(hits)} == {None}


def test_copies_do_not_move_a_series() -> None:
    first = a_signal(seen_at=NOW - timedelta(minutes=5))
    copies = [
        a_signal(copy_of=first.id, copy_kind=CopyKind.SAME, seen_at=NOW - timedelta(minutes=4)) for _ in range(20)
    ]
    found = found_in(hits_of_one_story([first, *copies]))
    assert found[-1].signal_ids == (first.id,)


def test_ordinary_days_are_quiet() -> None:
    assert found_in((), (*TEN_DAYS, 1, 0, 2, 0)) == ()


def test_catching_up_after_a_sleep_raises_nothing_stale() -> None:
    hits = the_hits_of_a_burst("Mange syke av drikkevannet", a_label())
    assert found_in(hits, late=STALE - timedelta(hours=1))
    assert found_in(hits, late=STALE + timedelta(minutes=1)) == ()


def test_what_surged_is_told_once_while_it_cools_down() -> None:
    hits = the_hits_of_a_burst("Mange syke av drikkevannet", a_label())
    first = detector.detect(a_watch_news(hits, counts=counts_until(NOW, (*TEN_DAYS, *BURST))), {})
    later = a_watch_news(hits, now=NOW + BUCKET, counts=counts_until(NOW + BUCKET, (8,)))
    assert first.emergences
    assert detector.detect(later, first.state).emergences == ()


def test_bucket_by_bucket_it_finds_the_same_as_all_at_once() -> None:
    hits = the_hits_of_a_burst("Mange syke av drikkevannet", a_label())
    counts = counts_until(NOW, (*TEN_DAYS, *BURST))
    state = detector.detect(a_watch_news(hits, counts=counts[:-3]), {}).state
    found = []
    for count in counts[-3:]:
        finding = detector.detect(a_watch_news(hits, counts=(count,)), state)
        found += finding.emergences
        state = finding.state
    assert tuple(found) == detector.detect(a_watch_news(hits, counts=counts), {}).emergences


def test_time_without_listening_is_no_silence() -> None:
    """After a night without collectors, an ordinary morning must not look like a burst."""
    quiet = counts_until(NOW - BUCKET * 40, (2,) * 400)
    deaf = tuple(Count(NOW - BUCKET * (40 - number), 0, listened=False) for number in range(36))
    morning = counts_until(NOW, (2, 2, 3, 2))
    assert detector.detect(a_watch_news(counts=(*quiet, *deaf, *morning)), {}).emergences == ()
