"""Whatever a service says of a post, reading it ends in a post, never in an accident."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors import bluesky, gdelt, hackernews, mastodon, reddit
from signals.posts import Memory, Post, from_position, sift, to_position
from tests.support.services.base import NOON

FIELDS = [
    "id",
    "uri",
    "url",
    "cid",
    "name",
    "title",
    "content",
    "summary",
    "text",
    "record",
    "author",
    "account",
    "acct",
    "handle",
    "did",
    "labels",
    "val",
    "neg",
    "langs",
    "tags",
    "facets",
    "features",
    "tag",
    "created_at",
    "createdAt",
    "created_utc",
    "created_at_i",
    "indexedAt",
    "edited",
    "edited_at",
    "visibility",
    "noindex",
    "reblog",
    "spoiler_text",
    "selftext",
    "selftext_html",
    "permalink",
    "objectID",
    "story_text",
    "comment_text",
    "seendate",
    "language",
    "domain",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=12,
)
READERS = pytest.mark.parametrize("to_post", [one.to_post for one in (mastodon, bluesky, reddit, hackernews, gdelt)])


@READERS
@given(entry=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=12))
def test_rl_20_any_data_makes_a_post_that_can_be_sifted_and_remembered(
    to_post: Callable[[Any], Post], entry: dict[str, Any]
) -> None:
    sifted = sift([to_post(entry)], Memory("any"))
    assert len(sifted.items) + sum(sifted.dropped.values()) == 1
    assert from_position(to_position(sifted.memory), "any", NOON) == sifted.memory
