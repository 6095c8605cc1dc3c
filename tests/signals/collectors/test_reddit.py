"""Reddit: what a moderator or an author takes back goes, edits come again."""

from datetime import timedelta

from signals.collectors.reddit import RedditCollector, to_listing
from tests.support.services import Reddit
from tests.support.services.base import NOON
from tests.support.visiting import visit

LATER = NOON + timedelta(hours=7)


def test_an_address_names_a_community_or_a_search_in_it() -> None:
    assert to_listing("https://www.reddit.com/r/norge/").path == "/r/norge/new.json"
    found = to_listing("https://www.reddit.com/r/norge/search?q=brunt+vann")
    assert (found.path, found.query["q"], found.query["restrict_sr"]) == ("/r/norge/search.json", "brunt vann", "1")


async def test_a_busy_hour_is_read_back_also_when_the_newest_known_post_is_gone() -> None:
    async with Reddit() as service:
        cursor = (await visit(RedditCollector(), service)).cursor
        service.delete("t3_0003")
        said = [service.say(f"Nummer {number}") for number in range(150)]
        catch = await visit(RedditCollector(), service, cursor)
    assert [item.guid for item in catch.items] == said[::-1]


async def test_gd_04_deleted_and_edited_posts_are_told_of() -> None:
    async with Reddit() as service:
        cursor = (await visit(RedditCollector(), service)).cursor
        service.delete("t3_0001")
        service.edit("t3_0002", "Rettet")
        catch = await visit(RedditCollector(), service, cursor, at=LATER)
    assert catch.deleted == ("t3_0001",)
    assert [(item.guid, item.summary) for item in catch.items] == [("t3_0002", "<p>Rettet</p>")]
