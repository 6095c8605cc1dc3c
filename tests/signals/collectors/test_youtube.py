"""YouTube: a channel's address leads to its feed."""

import pytest

from signals.collectors.feed import FeedCollector
from signals.collectors.youtube import YouTubeCollector, feed_of
from signals.errors import CollectError
from tests.support.services import YouTube
from tests.support.visiting import visit


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://www.youtube.com/channel/UC0123456789/videos", "channel_id=UC0123456789"),
        ("https://www.youtube.com/playlist?list=PL0123456789", "playlist_id=PL0123456789"),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "channel_id=UC1"),
    ],
)
def test_an_address_as_people_paste_it_names_a_feed(address: str, feed: str) -> None:
    assert feed_of(address) == f"https://www.youtube.com/feeds/videos.xml?{feed}"


@pytest.mark.parametrize("address", ["https://www.youtube.com/@kari", "https://www.youtube.com/watch?v=1"])
def test_an_address_without_the_channels_number_says_where_to_find_it(address: str) -> None:
    with pytest.raises(CollectError, match="Copy channel ID"):
        feed_of(address)


async def test_a_channel_is_read_by_its_feed_and_keeps_its_address_when_the_feed_moves() -> None:
    async with YouTube() as service:
        service.moved["/feeds/videos.xml"] = ("/elsewhere", 301)
        service.pages["/elsewhere"] = service.document
        catch = await visit(YouTubeCollector(FeedCollector()), service, path="/channel/UC0123456789")
    assert [item.guid for item in catch.items] == ["yt:video:0", "yt:video:1", "yt:video:2"]
    assert (catch.cursor.moved_to, service.asked[0].query_string) == ("", "channel_id=UC0123456789")
