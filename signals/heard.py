"""What one session of listening heard: the last word on each post, and what was taken back. A fold, free of sockets."""

from collections.abc import Collection
from dataclasses import replace

from signals.posts import Memory, Post, Sifted, sift

MOST_POSTS = 300  # in one session, as many as a memory holds; the rest is heard in the next
MOST_DELETED = 20_000


class Heard:
    """Grows with each event of a session."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}  # by guid, as they came
        self.deleted: dict[str, None] = {}
        self.events = 0
        self.broken = 0  # messages that nobody can read: they are counted and left out
        self.size = 0

    @property
    def is_full(self) -> bool:
        return len(self.posts) >= MOST_POSTS or len(self.deleted) >= MOST_DELETED

    def add(self, post: Post) -> None:
        """A new post, or a new version of one."""
        self.posts.pop(post.item.guid, None)
        self.posts[post.item.guid] = post

    def take_back(self, guid: str) -> None:
        """Also of posts that we do not remember: they may have been stored long ago."""
        self.posts.pop(guid, None)
        self.deleted[guid] = None

    def sifted(self, memory: Memory, posts: Collection[Post] | None = None) -> Sifted:
        """New and edited posts against what is remembered; `posts` stands for those heard, where more is known of them.

        The newest come first.
        """
        left = {guid: stamp for guid, stamp in memory.seen.items() if guid not in self.deleted}
        newest_first = list(self.posts.values() if posts is None else posts)[::-1]
        sifted = sift(newest_first, replace(memory, seen=left))
        return replace(sifted, deleted=sifted.deleted + tuple(self.deleted))
