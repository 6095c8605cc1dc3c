"""Tips in words: Alertmanager's alerts, and that a tip is nobody's publication."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from signals.item_text import content_hash
from signals.publishers import independent_publishers
from signals.tips import MOST_TEXT, MOST_TITLE, FiredAlert, from_alert, to_item
from tests.support.signals import a_signal

FIRED = FiredAlert(
    is_resolved=False,
    labels={"alertname": "PortalDown", "severity": "critical", "instance": "portal.example"},
    annotations={"summary": "The citizens' portal does not answer", "description": "No answer for 5 minutes."},
    starts_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    ends_at=datetime(1, 1, 1, tzinfo=UTC),
    generator="http://prometheus.example/graph?g0.expr=up",
    fingerprint="a1b2c3",
)
RESOLVED = FiredAlert(
    True, FIRED.labels, FIRED.annotations, FIRED.starts_at, datetime(2026, 11, 21, 10, tzinfo=UTC), "", "a1b2c3"
)


def test_cv_24_an_alert_of_alertmanager_is_told_in_words() -> None:
    tip = from_alert(FIRED)
    assert tip.title == "The citizens' portal does not answer"
    assert (
        tip.text
        == "No answer for 5 minutes.\nLabels: alertname PortalDown, instance portal.example, severity critical."
    )
    assert (tip.url, tip.said_at) == (FIRED.generator, FIRED.starts_at)
    assert tip.categories == ("PortalDown", "critical")


def test_cv_24_its_end_has_the_same_name_and_other_words() -> None:
    fired, resolved = from_alert(FIRED), from_alert(RESOLVED)
    assert resolved.reference == fired.reference == "a1b2c3@2026-11-21T09:30:00+00:00"
    assert resolved.title == "Resolved: The citizens' portal does not answer"
    assert "This was resolved at 2026-11-21 10:00 UTC." in resolved.text
    assert content_hash(to_item(resolved, "x")) != content_hash(to_item(fired, "x"))


@given(some.dictionaries(some.text(max_size=20), some.text(max_size=400), max_size=8), some.text(max_size=120))
def test_any_labels_give_a_tip_that_says_something_and_is_not_too_long(labels: dict[str, str], link: str) -> None:
    tip = from_alert(FiredAlert(True, labels, labels, FIRED.starts_at, None, link, ""))
    assert 0 < len(tip.title) <= MOST_TITLE
    assert len(tip.text) <= MOST_TEXT
    assert tip.reference
    assert tip.url == "" or tip.url.startswith(("http://", "https://"))


def test_a_tip_is_the_voice_of_no_publisher() -> None:
    tip, paper = a_signal(is_tip=True, family="tips"), a_signal(family="avis.example")
    assert independent_publishers([tip]) == frozenset()
    assert independent_publishers([tip, paper]) == {"avis.example"}
