"""Words, figures, marks and small trends: the pure parts of pages."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import FormData

from app.dashboard.charts import bars, find, to_json
from app.dashboard.forms import next_of
from app.dashboard.highlight import cut, mark, merge, plain, shorten
from app.dashboard.rendering import safe_url, to_query
from app.dashboard.speech import Speech
from app.records import Band, Bucket, SignalRow, Subject, Trend, TrendPoint
from classifiers.types import Because, Label, LabelKind
from signals.types import Stakeholder
from tests.support.rows import NOON

SAY = Speech("en", "Europe/Oslo", NOON)


def signal(title: str, text: str = "") -> SignalRow:
    return SignalRow(1, 1, "Avis", title, text, "nb", "", NOON, NOON, Stakeholder.MEDIA, 2, "", None, None, None, ())


def label(*spans: tuple[int, int, float]) -> Label:
    because = tuple(Because("", weight, start, end) for start, end, weight in spans)
    return Label(1, LabelKind.TOPIC, "misconduct", 0.9, because, "topics@test")


def test_marks_fall_in_title_and_text_where_the_spans_say() -> None:
    found = mark(signal("Vann stenges", "Mange syke av vann"), [label((0, 4, 1.0), (19, 23, 1.0))])
    assert found.words == ("Vann", "syke")


def test_a_span_over_the_border_marks_both_sides() -> None:
    assert mark(signal("abc", "def"), [label((1, 6, 1.0))]).words == ("bc", "de")


def test_words_that_spoke_against_a_topic_are_not_marked() -> None:
    assert mark(signal("Vann stenges"), [label((0, 4, -1.0))]).words == ()


def test_spans_outside_the_text_are_left_out_and_touching_ones_merged() -> None:
    spans = [Because("", 1, 5, 9), Because("", 1, 0, 5), Because("", 1, 4, 99), Because("", 1, 3, 3)]
    assert merge(spans, 20) == [(0, 9)]


def test_long_texts_are_cut_at_a_word() -> None:
    assert [piece.text for piece in shorten(cut("one two three", []), 9)] == ["one two …"]


def test_direction_overrides_are_taken_out() -> None:
    assert plain("\u202eabc\u202c\u2066") == "abc"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil", "ftp://x/y", "http://[", ""])
def test_only_web_addresses_become_links(address: str) -> None:
    assert safe_url(address) == ""


def test_empty_filters_leave_the_address() -> None:
    assert to_query({"a": "1", "b": "", "c": None}, d=NOON) == "?a=1&d=2026-03-11T12%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize("target", ["//evil", "https://evil", "/\\evil", "javascript:1"])
def test_se23_a_form_leads_only_to_our_own_pages(target: str) -> None:
    assert next_of(FormData({"next": target}), "/alerts") == "/"


def test_times_are_local_and_short() -> None:
    assert SAY.moment(NOON - timedelta(hours=2)) == "11:00"
    assert SAY.moment(NOON - timedelta(days=1)) == "Tue 13:00"
    assert SAY.full(datetime(2025, 12, 1, tzinfo=UTC)) == "1 Dec 2025 01:00"


def test_figures_are_said_as_people_say_them() -> None:
    assert (SAY.figure(3.0), SAY.figure(1.53), SAY.figure(0.256), SAY.figure(1234.5)) == ("3", "1.5", "0.26", "1,234")
    assert (SAY.rarity(0.0017), SAY.rarity(0.0), SAY.rarity(0.7)) == (
        "about 1 in 590",
        "less than 1 in 1,000,000",
        "more often than not",
    )
    assert (SAY.span(timedelta(minutes=40)), SAY.span(timedelta(hours=7)), SAY.span(timedelta(days=3))) == (
        "40 min",
        "7 h",
        "3 d",
    )
    assert Speech("nb", "Europe/Oslo", NOON).percent(0.5) == "50\N{NO-BREAK SPACE}%"


def trend(*counts: int | None, usual: float = 2, is_open: bool = False) -> Trend:
    points = tuple(
        TrendPoint(
            NOON + place * timedelta(days=1),
            NOON + (place + 1) * timedelta(days=1),
            count,
            0,
            0.0 if count is None else 1.0,
            is_open and place == len(counts) - 1,
            Band(usual, usual - 1, usual + 1),
        )
        for place, count in enumerate(counts)
    )
    total = sum(count or 0 for count in counts)
    return Trend(Subject(), "Vann", Bucket.DAY, "Europe/Oslo", NOON, points[-1].end, points, (), total, 3, 1.0)


def test_a_trend_says_what_it_found() -> None:
    assert find(trend(9, 9, 9), SAY).title == "Vann: 4.5 times the usual"
    assert find(trend(2, 3, 2), SAY).title == "Vann: about as usual"
    assert find(trend(0, 0), SAY).title == "Vann: nothing heard"
    assert find(trend(2, 2, 9, is_open=True), SAY).title == "Vann: more than usual, and the day is not over"


def test_ux34_gaps_are_told_and_drawn_as_gaps() -> None:
    with_gap = trend(2, None, 2)
    assert "nobody listened in 1 bucket, shown as gaps" in find(with_gap, SAY).sentence
    assert ",null,0," in to_json(with_gap, SAY, "signals")
    assert [bar.kind for bar in bars([3, 0, None])] == ["some", "none", "missing"]


def test_few_signals_make_no_finding() -> None:
    assert find(trend(3, 0, usual=1), SAY).title == "Vann: about as usual"
