"""Slack messages: within Slack's limits, free of what outside text could smuggle in, and worth reading."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alerts.types import Level, TransitionKind
from app.notifiers.slack import read_answer, render
from app.notifiers.slack_text import cut, link, plain
from app.notifiers.types import Result
from signals.fetch import Answer
from tests.support.messages import NOON, make_message, make_quote
from tests.support.slack import as_read, links_in, mrkdwn_in, problems_with

SMUGGLED = [
    "<!channel> fire",
    "<!here|here> and <!everyone>",
    "<@U012AB3CD> did it",
    "<!subteam^S0123ABC> look",
    "<#C024BE91L|general>",
    "<https://evil.example|https://bank.example>",
    "a|b|c <https://evil.example|",
    "&lt;!channel&gt; was escaped already",
    "R&D & <b>bold</b> &amp;amp;",
    "<" * 3000,
    "&" * 3000,
    "&lt;" * 1000,
    "x" * 20_000,
    "line\nbreak\r\nand\ttab\u2028and more",
    "e\u0301" * 3000,
    "👩‍👩‍👧‍👦" * 500,
    "🇳🇴" * 500,
    "\u202egro.elpmaxe//:sptth\u202c",
    "nul\x00 and \x1b[31mred",
    "*bold* _it_ ~no~ `code`",
    "",
    "   ",
]
OUTSIDE = ("title", "because", "watch", "owner", "actor", "reason")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
nasty = st.text(
    st.sampled_from("<>&|!@#^ \n\u0301\u200d🇳👍ab;:/ltgmp\x00\u202e") | st.characters(exclude_categories=["Cs"]),
    max_size=4000,
)


@pytest.mark.parametrize("text", SMUGGLED, ids=range(len(SMUGGLED)))
@pytest.mark.parametrize("kind", [TransitionKind.RAISED, TransitionKind.DISMISSED])
def test_every_payload_keeps_to_slacks_limits_cv01_cv03(kind: TransitionKind, text: str) -> None:
    quotes = tuple(make_quote(title=text, source=text, url=url) for url in ("", f"https://paper.example/{text}", text))
    payload = render(make_message(kind=kind, quotes=quotes, topics=(text,), **dict.fromkeys(OUTSIDE, text)))
    assert problems_with(payload) == []


@quick
@given(texts=st.lists(nasty, min_size=8, max_size=8), update=st.integers(0, 10**6))
def test_no_text_whatever_breaks_a_payload_cv01_cv03(texts: list[str], update: int) -> None:
    outside: dict[str, Any] = dict(zip(OUTSIDE, texts, strict=False))
    quotes = (make_quote(title=texts[6], source=texts[7], url=f"https://paper.example/{texts[6]}"),) * 9
    message = make_message(quotes=quotes, update=update, kind=TransitionKind.ESCALATED, **outside)
    assert problems_with(render(message)) == []


def test_the_longest_addresses_leave_room_for_the_text_cv01() -> None:
    longest = "https://forkant.example/" + "a" * 1900
    message = make_message(link=longest, title="<" * 400, because="&" * 4000, quotes=(make_quote(url=longest),) * 3)
    assert problems_with(render(message)) == []


def test_an_address_cannot_end_its_own_link_cv03() -> None:
    for address in ("https://a.example/>|x<!channel>", "https://a.example/\n<!here>", "https://a.example/|label"):
        assert problems_with(render(make_message(link=address))) == []


def test_addresses_that_are_not_web_addresses_are_not_linked_cv03() -> None:
    assert link("javascript:alert(1)", "Read") == "Read"
    assert link("", "Read") == "Read"


def test_the_fallback_says_the_same_as_the_blocks_cv02() -> None:
    payload = render(make_message())
    for said in ("Serious", "New alert", "product_safety", "Møllestua trekker tilbake brød", "3 independent"):
        assert said in payload["text"]
        assert said in as_read(payload)


def test_a_label_cannot_pass_for_another_site_cv03() -> None:
    quote = make_quote(title="https://bank.example/login", url="https://evil.example/x", source="bank.example")
    payload = render(make_message(quotes=(quote,)))
    assert ("https://evil.example/x", "https://bank.example/login") in links_in(payload)
    line = next(line for line in as_read(payload).splitlines() if "bank.example/login" in line)
    assert "evil.example" in line, "the real host stands beside the label, in words"


def test_signs_that_turn_text_around_do_not_reach_the_reader_cv03() -> None:
    payload = render(make_message(title="\u202egro.elpmaxe\u202c", quotes=(make_quote(title="\u2067x\u200f\x1b[31m"),)))
    seen = "".join(mrkdwn_in(payload))
    assert not set(seen) & set("\u202e\u202c\u2067\u200f\x1b")


def test_slack_does_not_turn_bare_addresses_into_links_of_its_own_cv03() -> None:
    payload = render(make_message(because="See https://evil.example and #general"))
    objects = [
        part
        for block in payload["blocks"]
        for part in ([block["text"]] if "text" in block else []) + block.get("fields", []) + block.get("elements", [])
    ]
    assert all(part["verbatim"] for part in objects if part["type"] == "mrkdwn")
    assert payload["unfurl_links"] is False
    assert payload["unfurl_media"] is False


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ab👨‍👩‍👧‍👦cd", "👨‍👩‍👧‍👦"),
        ("abe\u0301cd", "e\u0301"),
        ("ab🇳🇴cd", "🇳🇴"),
        ("🇳🇴🇸🇪🇩🇰", "🇸🇪"),
        ("ab👍🏽cd", "👍🏽"),
        ("abनिcd", "नि"),
        ("ab1️⃣cd", "1️⃣"),
    ],
)
def test_cutting_never_splits_what_is_seen_as_one_sign_cv03(text: str, whole: str) -> None:
    for length in range(2, len(text)):
        kept = cut(text, length).removesuffix("…")
        assert len(kept) < length
        assert text.startswith(kept)
        assert kept.count(whole[0]) == kept.count(whole), f"cut {kept!r} at {length}"


@quick
@given(text=nasty, length=st.integers(1, 300))
def test_escaping_comes_after_cutting_and_never_leaves_half_an_entity_cv03(text: str, length: int) -> None:
    escaped = plain(text, length)
    assert len(escaped) <= max(length, 1)
    assert problems_with({"text": escaped or "-", "blocks": []}) == []


def test_it_is_escaped_once_cv03() -> None:
    assert plain("Fish & chips <3 &amp;", 100) == "Fish &amp; chips &lt;3 &amp;amp;"


def test_a_message_holds_what_a_person_needs_cv08() -> None:
    quotes = tuple(make_quote(title=f"Title {number}", url=f"https://paper{number}.example/") for number in range(5))
    read = as_read(render(make_message(quotes=quotes)))
    for said in ("Serious", "product_safety", "62 of 100", "3 independent, 4 in all", "3 / 1.5", "Spokesperson"):
        assert said in read
    assert [f"Title {number}" in read for number in range(5)] == [True, True, True, False, False]
    assert "paper2.example" in read


def test_a_story_that_has_left_its_first_stage_says_so_cv08() -> None:
    assert "Life cycle" not in as_read(render(make_message(stage="potential")))
    assert "potential, crisis proposed" in as_read(render(make_message(stage="potential", proposed="crisis")))
    assert "Life cycle*\ncrisis" in as_read(render(make_message(stage="crisis")))


def test_a_quote_tells_its_tone_by_word_and_shape() -> None:
    message = make_message(quotes=(make_quote(tone="negative"), make_quote(tone="")))
    first, second = (text for text in mrkdwn_in(render(message)) if text.startswith("•"))
    assert "▼ negative" in first
    assert "▼" not in second


def test_a_report_names_the_words_that_carried_its_topic() -> None:
    because = "Avisa reports product safety: “Trekker tilbake” (because of tilbakekall, plast)."
    assert any("because of tilbakekall, plast" in text for text in mrkdwn_in(render(make_message(because=because))))


def test_times_are_shown_in_the_readers_own_zone_cv08() -> None:
    payload = render(make_message(raised_at=NOON + timedelta(minutes=5)))
    stamp = int((NOON + timedelta(minutes=5)).timestamp())
    expected = f"<!date^{stamp}^{{date_short_pretty}} {{time}}|2026-03-11 12:05 UTC>"
    assert expected in payload["blocks"][-1]["elements"][0]["text"]


def test_an_update_says_that_it_is_one_cv05() -> None:
    payload = render(make_message(kind=TransitionKind.ESCALATED, update=2, level=Level.CRITICAL))
    assert payload["blocks"][0]["text"]["text"] == "🔴 Critical · Grown more serious (update 2) · product_safety"


ANSWERS = [
    (200, "ok", Result.SENT),
    (400, "invalid_payload", Result.DROP),
    (400, "no_text", Result.DROP),
    (400, "invalid_token", Result.DISABLE),
    (403, "action_prohibited", Result.DISABLE),
    (403, "invalid_token", Result.DISABLE),
    (404, "no_service", Result.DISABLE),
    (404, "channel_not_found", Result.DISABLE),
    (404, "", Result.DISABLE),
    (410, "channel_is_archived", Result.DISABLE),
    (429, "rate_limited", Result.WAIT),
    (500, "rollup_error", Result.AGAIN),
    (503, "", Result.WAIT),
    (302, "", Result.AGAIN),
]


@pytest.mark.parametrize(("status", "said", "expected"), ANSWERS)
def test_what_slack_answers_decides_what_follows_cv06(status: int, said: str, expected: Result) -> None:
    outcome = read_answer(Answer(status, {}, said.encode(), "https://hooks.example/x"))
    assert outcome.result is expected
    assert (str(status) in outcome.error) == (expected is not Result.SENT)


def test_a_dead_webhook_tells_what_to_do_cv06() -> None:
    outcome = read_answer(Answer(404, {}, b"no_service", "https://hooks.example/x"))
    assert "no_service" in outcome.error
    assert "make a new webhook in Slack" in outcome.error


def test_retry_after_is_taken_over_cv04() -> None:
    outcome = read_answer(Answer(429, {"Retry-After": "30"}, b"", "https://hooks.example/x"))
    assert outcome.wait == timedelta(seconds=30)
