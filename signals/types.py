"""The values of what has been said: Source, Item, Signal, Story, frozen, free of database and clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Stakeholder(StrEnum):
    """Whose voice a source mostly carries."""

    MEDIA = "media"
    CUSTOMERS = "customers"
    EMPLOYEES = "employees"
    REGULATORS = "regulators"
    OWNERS = "owners"
    PARTNERS = "partners"
    COMMUNITY = "community"
    ACTIVISTS = "activists"
    POLITICS = "politics"
    EXPERTS = "experts"


class Sensitivity(StrEnum):
    """Who may read it: everybody, those who sign in, or the few whose matter it is."""

    OPEN = "open"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class CopyKind(StrEnum):
    """Why a signal says nothing new: it repeats, or replaces, an earlier one."""

    SAME = "same"  # the same words, or the same address, once more
    EDIT = "edit"  # the source changed its own item
    NEAR = "near"  # the same words but for a few
    WIRE = "wire"  # one agency's or sender's text in another publisher's paper


class Release(StrEnum):
    """What a signal has to do with a press release of our own: it spreads what we say, and is no voice of its own."""

    OURS = "ours"  # from a source that is ours
    REPRINT = "reprint"  # the same words in somebody's paper


@dataclass(frozen=True, slots=True)
class Source:
    """A place we listen to."""

    id: int
    kind: str  # a key of signals.collectors.COLLECTORS
    address: str
    name: str
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 2  # 1 carries furthest, 3 least
    family: str = ""  # the owner behind it; empty: stands alone
    country: str = ""  # ISO 3166-1 alpha-2, lower case
    language: str = ""  # hint, BCP 47; empty: unknown
    is_priority: bool = False  # its silence is news of its own
    is_own: bool = False  # we speak there ourselves: our newsroom, our profile


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a collector must remember of a source between two polls. Validators are kept byte for byte."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    position: str = ""  # opaque: the newest id of a social source, and the like
    moved_to: str = ""  # a permanent redirect seen once, waiting for its confirmation


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said, as given: text may hold HTML, times are what the source claims."""

    guid: str
    title: str
    summary: str = ""
    url: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    said_at: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class PushLinks:
    """Where a feed says that it can be had by push (WebSub). No hub: it does not say so."""

    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Catch:
    """What one poll brought home."""

    items: tuple[Item, ...]
    cursor: Cursor
    unchanged: bool = False  # the server, or the body's hash, says that nothing is new
    title: str = ""  # what the source calls itself
    language: str = ""  # what the source says of its language
    earliest_next: timedelta | None = None  # ttl, Cache-Control: not sooner than this
    size: int = 0  # decoded bytes
    dropped: dict[str, int] = field(default_factory=dict)  # reason -> entries that gave no item
    remarks: tuple[str, ...] = ()  # plain words for the source's page; never a failure
    skips: tuple[int, ...] = ()  # hours of the week, Monday 0, in which it asks to be left alone
    deleted: tuple[str, ...] = ()  # guids of items that their author took back: their words must go
    goes_on: bool = False  # a session of listening ended and there is more to hear: come again at once
    push: PushLinks | None = None  # None: there was no document to look at


@dataclass(frozen=True, slots=True)
class Signal:
    """An item cleaned and comparable. It has the id of its item: each version of an item gives one signal."""

    id: int
    source_id: int
    title: str
    text: str
    language: str  # nb, nn, sv, da, nl, en, another BCP 47 code, or "und"
    url: str
    said_at: datetime | None  # None: not given, or not to be believed
    seen_at: datetime
    source_name: str
    family: str
    stakeholder: Stakeholder
    tier: int
    fingerprint: str  # of the normalised words: equal means exact copy
    copy_of: int | None = None
    copy_kind: CopyKind | None = None
    sensitivity: Sensitivity = Sensitivity.OPEN
    is_tip: bool = False  # given to us, not published: the voice of no publisher
    wire: str = ""  # the agency or release service whose text it is, as it is signed; see signals.wires
    release: Release | None = None
    section: str = ""  # part of the paper that it stood in, where that tells something: see signals.sections

    @property
    def at(self) -> datetime:
        """When it counts as said: the claimed time if we believe it, else when we first saw it."""
        return self.said_at or self.seen_at

    @property
    def passage(self) -> str:
        """Title and text as one string; the spans of `because` point into it."""
        return f"{self.title}\n{self.text}" if self.text else self.title


@dataclass(frozen=True, slots=True)
class Membership:
    """The grouping's answer for one signal. A story has the id of the signal that opened it."""

    signal_id: int
    story_id: int
    score: float  # how well it fits the story it joined; 0 for the first
    novelty: float  # 1 - the best fit found, whatever was decided

    @property
    def is_first(self) -> bool:
        return self.signal_id == self.story_id
