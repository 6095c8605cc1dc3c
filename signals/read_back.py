"""Reads a service that shows the newest first: back to where the last visit began, page by page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from signals.errors import CollectError
from signals.fetch_errors import FetchErrorKind
from signals.posts import Memory, Post, Sifted, sift

OVERLAP = timedelta(minutes=10).total_seconds()  # services sort in late arrivals a little further down
NEXT_TIME = "Read in part; the rest comes next time."
LOST = "More was said since the last visit than the service shows at once: the oldest of it was not read."


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was found, with the memory from which the next visit goes on."""

    sifted: Sifted
    remarks: tuple[str, ...] = ()


async def read_back(pages: AsyncIterator[list[Post]], memory: Memory, most: int, now: datetime) -> ReadBack:
    """Posts since the last visit, `most` pages at most; at the first visit the newest page.

    A page that fails for now leaves the mark where it was, so that the next visit reads the same stretch again. One
    that we are not let in to will not open next time either: then the gap is said, not promised.
    """
    since = float(memory.newest or 0)
    posts: list[Post] = []
    number, remark, is_for_now = 0, "", False
    try:
        async for page in pages:
            number += 1
            posts += [post for post in page if _counts(post, since, memory)]
            if not memory.newest or any(post.at < since - OVERLAP for post in page):
                break
            if number == most:
                remark = LOST
                break
    except CollectError as error:
        if number == 0:
            raise
        is_for_now = error.kind is not FetchErrorKind.BLOCKED
        remark = f"{NEXT_TIME if is_for_now else LOST} {error.message}"
    sifted = sift(posts, memory)
    # A service whose clock runs ahead must not make us deaf until its time has come.
    newest = since if is_for_now else min(max((post.at for post in posts), default=since), now.timestamp())
    advanced = replace(sifted.memory, newest=str(max(since, newest)) if posts or memory.newest else "")
    return ReadBack(replace(sifted, memory=advanced), (remark,) if remark else ())


def _counts(post: Post, since: float, memory: Memory) -> bool:
    """In the overlap, what was refused last time is not counted once more."""
    if post.at < since - OVERLAP:
        return False
    return post.at > since or not post.refusal or post.item.guid in memory.seen
