"""What a replay plays: signals in the order in which they became visible, each with the name its owner has for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from classifiers.types import Label
from signals.types import Signal


@dataclass(frozen=True, slots=True)
class Heard:
    """One signal on its way into a replay.

    The signal is as normalise leaves it: of copies, stories and hits nothing is known yet, the replay finds them. Its
    id is a number of the replay's own, rising in the order of `signal.seen_at`; a story has the id of its first signal.
    """

    signal: Signal  # without copy_of, copy_kind, and without release unless it is Release.OURS
    name: str  # what the caller calls it: an archive's id, or str(id) of a stored signal
    edit_of: int | None = None  # the id here of the version just before
    labels: tuple[Label, ...] | None = None  # where they are known; None: the replay's labeller is asked
    is_backlog: bool = False  # brought by a first visit
    is_late: bool = False  # found by a late visit: counts for when it was said


@dataclass(frozen=True, slots=True)
class Telling:
    """One change of an alert, or (`change` and `state` "held") one emergence that woke nobody."""

    at: datetime
    alert: int | None  # the alert's number in this replay, from 1; None: held back, and there was no alert
    change: str  # raised, escalated, updated, dismissed, faded, held
    state: str  # raised, dismissed, faded, held
    watch_id: int
    watch: str
    kind: str  # of the emergence; empty where none caused the change
    severity: int
    level: str
    title: str
    topics: tuple[str, ...]
    story: str | None  # the name of the story's first signal
    items: tuple[str, ...]  # the names of the signals behind it
    observed: float | None
    expected: float | None
    because: str
    coverage: float | None
    reason: str = ""  # why it was decided so
    hold: str = ""  # of what is held: budget, below_threshold, off_topic, old_news, told, decided, muted
    story_began_at: datetime | None = None  # when the first signal of the story (or of `items`) was seen
    facts: Mapping[str, object] = field(default_factory=dict)  # the detector's own figures
