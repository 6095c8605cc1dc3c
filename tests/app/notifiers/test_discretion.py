"""What leaves the house of a tip (CV-21, SE-27): that there is one, and nothing of its words."""

import json

import pytest

from app.notifiers import slack, webhook
from app.notifiers.discretion import Behind, discreet
from signals.types import Sensitivity
from tests.support.messages import make_message, make_quote
from tests.support.slack import as_read, links_in, problems_with

SECRET = "Kari Nordmann i skranken"
INTERNAL, RESTRICTED, OPEN = Sensitivity.INTERNAL, Sensitivity.RESTRICTED, Sensitivity.OPEN
TIP = make_quote(title=SECRET, source="Tips from colleagues", url="https://intern.example/1", sensitivity=INTERNAL)
MESSAGE = make_message(title=SECRET, because=f"Tips report “{SECRET}”.", reason=SECRET, quotes=(TIP, make_quote()))


def everything(message: object) -> str:
    told = discreet(message, Behind((RESTRICTED,)))  # type: ignore[arg-type]
    return json.dumps(slack.render(told), ensure_ascii=False) + webhook.encode(told).decode()


def test_what_is_open_is_told_as_ever() -> None:
    assert discreet(MESSAGE, Behind((OPEN,), "x")) is MESSAGE


@pytest.mark.parametrize("open_title", ["", "Brød trukket tilbake"])
def test_se_27_of_an_internal_tip_only_that_it_is_there(open_title: str) -> None:
    told = discreet(MESSAGE, Behind((OPEN, INTERNAL), open_title))
    payload = slack.render(told)
    assert problems_with(payload) == []
    for said in (json.dumps(payload, ensure_ascii=False), webhook.encode(told).decode()):
        assert SECRET not in said
        assert "intern.example" not in said
        assert "An internal tip, open in Forkant" in said
    assert told.title == (open_title or "An internal tip, open in Forkant")
    assert told.topics == MESSAGE.topics, "papers tell of it too"
    assert "fjordposten.example" in as_read(payload)


def test_se_27_where_there_are_only_internal_tips_not_even_their_topic_is_told() -> None:
    told = discreet(make_message(quotes=(TIP,)), Behind((INTERNAL,)))
    assert told.topics == ()


def test_se_27_of_a_restricted_tip_nothing_but_title_and_link() -> None:
    told = discreet(MESSAGE, Behind((RESTRICTED,)))
    payload = slack.render(told)
    assert problems_with(payload) == []
    assert links_in(payload) == [(MESSAGE.link, "A restricted tip, open in Forkant")]
    body = json.loads(webhook.encode(told))
    assert body["data"] == {"alert_id": "7", "title": "A restricted tip, open in Forkant", "url": MESSAGE.link}
    for word in (SECRET, MESSAGE.watch, MESSAGE.owner, "serious", "product_safety", "62"):
        assert word not in everything(MESSAGE), word
