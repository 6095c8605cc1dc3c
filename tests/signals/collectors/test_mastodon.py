"""Mastodon: nothing lost over pages, edits and deletions obeyed, opt-outs honoured."""

from datetime import timedelta

import pytest

from signals.collectors.mastodon import MastodonCollector, to_timeline
from signals.errors import CollectError
from signals.types import Item
from tests.support.services import Mastodon
from tests.support.services.base import NOON
from tests.support.visiting import visit

LATER = NOON + timedelta(hours=7)


@pytest.mark.parametrize(
    ("address", "path", "account", "local"),
    [
        ("https://m.example/tags/kommune", "/api/v1/timelines/tag/kommune", "", ""),
        ("https://m.example/tags/Tromsø", "/api/v1/timelines/tag/Troms%C3%B8", "", ""),
        ("https://m.example/@kari", "", "kari", ""),
        ("https://m.example/@kari@other.example", "", "kari@other.example", ""),
        ("https://m.example/public", "/api/v1/timelines/public", "", ""),
        ("https://m.example/public/local/", "/api/v1/timelines/public", "", "true"),
    ],
)
def test_an_address_as_people_paste_it_names_a_timeline(address: str, path: str, account: str, local: str) -> None:
    timeline = to_timeline(address)
    assert (timeline.path, timeline.account, timeline.local) == (path, account, local)


async def test_a_post_becomes_an_item_with_its_html_as_given() -> None:
    async with Mastodon() as server:
        server.say("Vannet er brunt", spoiler_text="Drikkevann")
        item = (await visit(MastodonCollector(), server)).items[0]
    assert item == Item(
        guid="115000000000000004",
        title="Drikkevann",
        summary="<p>Vannet er brunt <a href='#'>#<span>kommune</span></a></p>",
        url="https://m.example/@kari/115000000000000004",
        author="@kari",
        categories=("kommune",),
        said_at=NOON - timedelta(seconds=3597),
        language="nb",
    )


async def test_an_account_is_looked_up_once_and_its_boosts_are_left_out() -> None:
    async with Mastodon() as server:
        collector = MastodonCollector()
        first = await visit(collector, server, path="/@kari")
        await visit(collector, server, first.cursor, path="/@kari")
    assert [request.path for request in server.asked] == [
        "/api/v1/accounts/lookup",
        "/api/v1/accounts/7/statuses",
        "/api/v1/accounts/7/statuses",
    ]
    assert server.asked[1].query["exclude_reblogs"] == "true"


async def test_a_busy_hour_is_read_forward_page_by_page_and_nothing_is_lost() -> None:
    async with Mastodon() as server:
        collector = MastodonCollector()
        first = await visit(collector, server)
        said = [server.say(f"Nummer {number}") for number in range(95)]
        catch = await visit(collector, server, first.cursor)
    assert [item.guid for item in catch.items] == said[::-1]


async def test_what_is_more_than_one_visit_reads_comes_with_the_next() -> None:
    async with Mastodon() as server:
        collector = MastodonCollector()
        cursor = (await visit(collector, server)).cursor
        said = [server.say(f"Nummer {number}") for number in range(450)]
        one = await visit(collector, server, cursor)
        two = await visit(collector, server, one.cursor)
    assert "next time" in one.remarks[0]
    assert [item.guid for item in two.items + one.items] == said[::-1]


async def test_cv_50_a_429_in_the_middle_keeps_what_was_read_and_the_rest_comes_later() -> None:
    async with Mastodon() as server:
        cursor = (await visit(MastodonCollector(), server)).cursor
        said = [server.say(f"Nummer {number}") for number in range(95)]
        server.left = 2
        one = await visit(MastodonCollector(), server, cursor)
        server.left = None
        two = await visit(MastodonCollector(), server, one.cursor)
    assert (len(one.items), len(two.items)) == (80, 15)
    assert [item.guid for item in two.items + one.items] == said[::-1]
    assert "Read in part" in one.remarks[0]


async def test_an_edited_post_comes_again_under_its_name() -> None:
    async with Mastodon() as server:
        cursor = (await visit(MastodonCollector(), server)).cursor
        number = next(iter(server.posts))
        server.edit(number, "Rettet")
        assert (await visit(MastodonCollector(), server, cursor)).items == ()  # nobody asked for it yet
        catch = await visit(MastodonCollector(), server, cursor, at=LATER)
        again = await visit(MastodonCollector(), server, catch.cursor, at=LATER + timedelta(hours=7))
    assert [(item.guid, item.summary) for item in catch.items] == [(number, "<p>Rettet</p>")]
    assert again.unchanged


@pytest.mark.parametrize("knows_lists", [True, False])
async def test_gd_04_a_deleted_post_is_told_of_once(knows_lists: bool) -> None:
    async with Mastodon() as server:
        server.knows_lists = knows_lists
        cursor = (await visit(MastodonCollector(), server)).cursor
        number = next(iter(server.posts))
        server.delete(number)
        catch = await visit(MastodonCollector(), server, cursor, at=LATER)
        again = await visit(MastodonCollector(), server, catch.cursor, at=LATER + timedelta(hours=7))
    assert (catch.deleted, catch.unchanged) == ((number,), False)
    assert again.deleted == ()


async def test_a_server_that_forgets_its_list_deletes_nothing_unless_each_post_is_gone() -> None:
    async with Mastodon() as server:
        cursor = (await visit(MastodonCollector(), server)).cursor
        server.broken = b"[]"
        catch = await visit(MastodonCollector(), server, cursor, at=LATER)
    assert catch.deleted == ()
    assert "Could not look for deleted posts" in catch.remarks[0]


async def test_gd_07_who_opts_out_of_search_or_speaks_to_few_is_not_kept() -> None:
    async with Mastodon() as server:
        server.say("a", account=server.account | {"noindex": True})
        server.say("b", account=server.account | {"indexable": False})
        server.say("c", visibility="unlisted")
        server.say("d", content="")
        server.say("e", account={"id": "8", "acct": "ola@old.example"})  # a server that knows neither field
        catch = await visit(MastodonCollector(), server)
    assert catch.dropped == {"not_indexable": 2, "not_public": 1, "no_words": 1}
    assert [item.author for item in catch.items] == ["@ola@old.example", "@kari", "@kari", "@kari"]


async def test_gd_07_who_opts_out_later_has_older_posts_erased() -> None:
    async with Mastodon() as server:
        cursor = (await visit(MastodonCollector(), server)).cursor
        server.account["indexable"] = False
        catch = await visit(MastodonCollector(), server, cursor, at=LATER)
    assert len(catch.deleted) == 3


async def test_a_server_for_members_only_says_so() -> None:
    async with Mastodon() as server:
        server.is_members_only = True
        with pytest.raises(CollectError, match="members only") as error:
            await visit(MastodonCollector(), server)
    assert error.value.kind == "blocked"
