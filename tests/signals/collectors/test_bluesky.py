"""Bluesky: searches and authors, deletions and opt-outs obeyed, strangers' limits told."""

from datetime import timedelta

import pytest

from signals.collectors.bluesky import BlueskyCollector, to_asking
from signals.errors import CollectError
from tests.support.services import Bluesky
from tests.support.services.base import NOON
from tests.support.visiting import visit

LATER = NOON + timedelta(hours=7)


@pytest.mark.parametrize(
    ("address", "method", "asked"),
    [
        ("https://bsky.app/search?q=brunt+vann&lang=nb", "searchPosts", ("brunt vann", "nb")),
        ("https://bsky.app/hashtag/Tromsø", "searchPosts", ("#Tromsø", "")),
        ("https://bsky.app/profile/kari.example", "getAuthorFeed", ("kari.example", None)),
        ("https://bsky.app/profile/did:plc:abc", "getAuthorFeed", ("did:plc:abc", None)),
    ],
)
def test_an_address_as_people_paste_it_names_a_question(address: str, method: str, asked: tuple[str, str]) -> None:
    asking = to_asking(address)
    assert asking.method == f"/xrpc/app.bsky.feed.{method}"
    assert (asking.query.get("q") or asking.query["actor"], asking.query.get("lang")) == asked


async def test_a_post_is_plain_text_made_safe_for_html() -> None:
    async with Bluesky() as service:
        uri = service.say("1 < 2\nog <b>3</b>")
        item = (await visit(BlueskyCollector(), service)).items[0]
    assert (item.guid, item.title, item.summary) == (uri, "", "1 &lt; 2<br>og &lt;b&gt;3&lt;/b&gt;")
    assert (item.url, item.author) == ("https://bsky.app/profile/did:plc:kari/post/3k0004", "@kari.example")


async def test_an_author_is_heard_without_what_others_wrote() -> None:
    async with Bluesky() as service:
        catch = await visit(BlueskyCollector(), service, path="/profile/kari.example")
    assert [item.guid.split("/")[2] for item in catch.items] == ["did:plc:kari"] * 3


async def test_a_busy_hour_is_read_back_to_the_last_visit() -> None:
    async with Bluesky() as service:
        cursor = (await visit(BlueskyCollector(), service)).cursor
        said = [service.say(f"kommune {number}", after=1200) for number in range(250)]
        catch = await visit(BlueskyCollector(), service, cursor)
    assert [item.guid for item in catch.items] == said[::-1]
    assert catch.remarks == ()


async def test_a_search_that_shows_strangers_one_page_says_that_some_is_missing_and_goes_on() -> None:
    async with Bluesky() as service:
        service.lets_strangers_page = False
        cursor = (await visit(BlueskyCollector(), service)).cursor
        for number in range(250):
            service.say(f"kommune {number}", after=1200)
        one = await visit(BlueskyCollector(), service, cursor)
        uri = service.say("kommune igjen", after=2400)
        two = await visit(BlueskyCollector(), service, one.cursor)
    assert (len(one.items), [item.guid for item in two.items]) == (100, [uri])
    assert "was not read" in one.remarks[0]


async def test_cv_50_a_429_in_the_middle_is_made_good_by_the_next_visit() -> None:
    async with Bluesky() as service:
        cursor = (await visit(BlueskyCollector(), service)).cursor
        said = [service.say(f"kommune {number}", after=1200) for number in range(250)]
        service.left = 2
        one = await visit(BlueskyCollector(), service, cursor)
        service.left = None
        two = await visit(BlueskyCollector(), service, one.cursor)
    assert {item.guid for item in one.items + two.items} == set(said)
    assert (len(one.items), len(two.items)) == (200, 50)


async def test_gd_04_a_deleted_post_is_told_of_once() -> None:
    async with Bluesky() as service:
        cursor = (await visit(BlueskyCollector(), service)).cursor
        uri = next(iter(service.posts))
        service.delete(uri)
        catch = await visit(BlueskyCollector(), service, cursor, at=LATER)
        again = await visit(BlueskyCollector(), service, catch.cursor, at=LATER + timedelta(hours=7))
    assert (catch.deleted, again.deleted) == ((uri,), ())


async def test_gd_07_who_hides_from_strangers_is_not_kept_and_who_hides_later_is_erased() -> None:
    async with Bluesky() as service:
        service.say("kommune", labels=("!no-unauthenticated",))
        first = await visit(BlueskyCollector(), service)
        uri = next(iter(service.posts))
        service.label_author(uri, "!no-unauthenticated")
        later = await visit(BlueskyCollector(), service, first.cursor, at=LATER)
    assert (first.dropped, len(first.items)) == ({"not_for_strangers": 1}, 3)
    assert later.deleted == (uri,)


async def test_a_search_that_needs_a_log_in_says_so() -> None:
    async with Bluesky() as service:
        service.lets_strangers_search = False
        with pytest.raises(CollectError, match="strangers search") as error:
            await visit(BlueskyCollector(), service)
    assert error.value.kind == "blocked"


async def test_a_service_whose_clock_runs_ahead_does_not_make_us_deaf() -> None:
    async with Bluesky() as service:
        service.say("kommune i morgen", after=90_000)
        cursor = (await visit(BlueskyCollector(), service)).cursor
        uri = service.say("kommune nå", after=3_700)
        catch = await visit(BlueskyCollector(), service, cursor, at=NOON + timedelta(minutes=5))
    assert [item.guid for item in catch.items] == [uri]
