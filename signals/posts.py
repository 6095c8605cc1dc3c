"""Posts of social services: which are new, changed or taken back since the last visit. Pure decisions.

Theory of operation. A collector remembers the posts that it handed on, each with a stamp that changes when the post is
edited. What a page shows is sifted against that memory. Deletions announce themselves nowhere: so the remembered posts
are asked for by name again, the longest unchecked first, as many at a time that all are asked within `CYCLE`. A post
that is gone, or that its author no longer wants to be read by strangers, is handed on as deleted. Only the last
`MOST_REMEMBERED` posts of a source are asked for; what is older is left to retention.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from signals.types import Catch, Cursor, Item

MOST_REMEMBERED = 300
MOST_CHECKED = 100  # in one visit
LONGEST_GUID = 512
LONGEST_STAMP = 64
CYCLE = timedelta(hours=6)
PATIENCE = timedelta(hours=1)  # after which a batch is asked for although it is not full


@dataclass(frozen=True, slots=True)
class Post:
    """One post as a service shows it."""

    item: Item
    stamp: str = ""  # another one for the same guid: it was edited
    refusal: str = ""  # why it must not be kept; empty: it may
    at: float = 0.0  # seconds since 1970: when the service took it, where pages are read backwards


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a service's posts between visits; kept in `Cursor.position`."""

    kind: str = ""  # of the source: another kind cannot go on from here
    newest: str = ""  # where to go on reading
    place: str = ""  # the service's own id of what the address means
    checked_at: int = 0  # seconds since 1970; when posts were last asked for by name
    seen: Mapping[str, str] = field(default_factory=dict)  # guid -> stamp, the longest unchecked first


@dataclass(frozen=True, slots=True)
class Sifted:
    """What became of the posts of one page or check."""

    memory: Memory
    items: tuple[Item, ...] = ()
    deleted: tuple[str, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.deleted or self.dropped)

    def __add__(self, later: "Sifted") -> "Sifted":
        """Both together, with the memory of the later one."""
        return Sifted(
            later.memory, self.items + later.items, self.deleted + later.deleted, self.dropped + later.dropped
        )


def to_catch(sifted: Sifted, cursor: Cursor, size: int, remarks: tuple[str, ...]) -> Catch:
    return Catch(
        items=sifted.items,
        cursor=replace(cursor, position=to_position(sifted.memory)),
        unchanged=sifted.is_empty,
        size=size,
        dropped=dict(sifted.dropped),
        remarks=remarks,
        deleted=sifted.deleted,
    )


def to_position(memory: Memory) -> str:
    fields = [memory.kind, memory.newest, memory.place, memory.checked_at, dict(memory.seen)]
    return json.dumps(fields, separators=(",", ":"))


def from_position(position: str, kind: str, now: datetime) -> Memory:
    """The memory in a cursor; a fresh one where there is none, or one that this kind of source cannot read."""
    fresh = Memory(kind, checked_at=int(now.timestamp()))
    try:
        written_by, newest, place, checked_at, seen = json.loads(position)
        known = Memory(written_by, str(newest), str(place), int(checked_at), {str(key): str(seen[key]) for key in seen})
    except (ValueError, TypeError, KeyError):
        return fresh
    return known if written_by == kind else fresh


def sift(posts: Sequence[Post], memory: Memory) -> Sifted:
    """New and edited ones among posts that stand newest first."""
    seen, items = dict(memory.seen), []
    deleted, dropped = [], Counter[str]()
    for post in reversed(posts):
        guid, stamp = post.item.guid, post.stamp[:LONGEST_STAMP]
        if not 0 < len(guid) <= LONGEST_GUID:
            dropped["no_name"] += 1
        elif post.refusal and guid in seen:
            deleted.append(guid)
            del seen[guid]
        elif post.refusal:
            dropped[post.refusal] += 1
        elif seen.get(guid) != stamp:
            items.append(post.item)
            seen.pop(guid, None)
            seen[guid] = stamp
    kept = dict(list(seen.items())[-MOST_REMEMBERED:])
    return Sifted(replace(memory, seen=kept), tuple(reversed(items)), tuple(deleted), dropped)


def due_for_check(memory: Memory, batch: int, now: datetime) -> tuple[str, ...]:
    """Guids to ask for by name now: a share of all that matches the time since the last check."""
    waited = timedelta(seconds=now.timestamp() - memory.checked_at)
    due = min(math.ceil(len(memory.seen) * min(1.0, max(0.0, waited / CYCLE))), MOST_CHECKED)
    if due < batch and waited < PATIENCE:
        return ()
    return tuple(memory.seen)[:due]


def check(asked: Sequence[str], found: Iterable[Post], gone: Iterable[str], memory: Memory, now: datetime) -> Sifted:
    """What became of posts asked for by name. Who is neither found nor gone keeps its place for another time."""
    shown, missing = {post.item.guid: post for post in found}, set(gone)
    seen, items, deleted = dict(memory.seen), [], []
    for guid in asked:
        stamp = seen.pop(guid, "")
        post = shown.get(guid)
        if guid in missing or (post and post.refusal):
            deleted.append(guid)
            continue
        if post and post.stamp[:LONGEST_STAMP] != stamp:
            items.append(post.item)
        seen[guid] = post.stamp[:LONGEST_STAMP] if post else stamp
    return Sifted(replace(memory, seen=seen, checked_at=int(now.timestamp())), tuple(items), tuple(deleted))
