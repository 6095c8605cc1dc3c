"""What detect and alert ask of the rows that they read and write, whether those are kept in Postgres or in memory.

The modules of app.storage with these names are the live ones; a replay brings its own (app.replaying), so that the very
same stages decide. Whoever asks one more question in these stages adds it here, there, and in memory.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.elsewhere import Elsewhere, Place
from app.alerts.false_alarms import FalseAlarms
from app.alerts.types import Alert, AlertState, Decision, Level, Severity, TransitionKind, Watch
from app.storage.noticing import WatchPlace
from classifiers.types import Count, Emergence, EmergenceKind, Hit
from classifiers.watches.audience import Audience


class Noticing(Protocol):
    """What the detectors look at on a watch, what they remember, and what they found."""

    async def waiting_watches(self, connection: AsyncConnection, counted_until: datetime) -> list[int]: ...

    async def take_watch(self, connection: AsyncConnection, watch_id: int) -> WatchPlace | None: ...

    async def audience_share(
        self, connection: AsyncConnection, organisation_id: int, audience: Audience, now: datetime
    ) -> float: ...

    async def new_hits(self, connection: AsyncConnection, watch_id: int) -> list[int]: ...

    async def hits_of_stories(
        self, connection: AsyncConnection, watch_id: int, signal_ids: Sequence[int], since: datetime
    ) -> list[int]: ...

    async def hits_since(self, connection: AsyncConnection, watch_id: int, since: datetime) -> list[int]: ...

    async def load_hits(self, connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, Hit]: ...

    async def closed_buckets(
        self, connection: AsyncConnection, watch_id: int, begin: datetime, until: datetime, bucket: timedelta
    ) -> tuple[Count, ...]: ...

    async def usual_a_day(self, connection: AsyncConnection, place: WatchPlace, now: datetime) -> float: ...

    async def newcomers(
        self, connection: AsyncConnection, source_ids: Iterable[int], since: datetime
    ) -> dict[int, datetime]: ...

    async def load_states(
        self, connection: AsyncConnection, watch_id: int
    ) -> dict[tuple[str, str], Mapping[str, Any]]: ...

    async def save_state(
        self,
        connection: AsyncConnection,
        watch_id: int,
        kind: str,
        version: str,
        state: Mapping[str, Any],
        now: datetime,
    ) -> None: ...

    async def mark_seen(
        self, connection: AsyncConnection, watch_id: int, signal_ids: Sequence[int], until: datetime, now: datetime
    ) -> None: ...

    async def insert_emergences(self, connection: AsyncConnection, found: Sequence[Emergence]) -> None: ...


class Deciding(Protocol):
    """Emergences that wait for a decision, what the decision needs to know, and what came of it."""

    async def watches_with_undecided(self, connection: AsyncConnection) -> list[int]: ...

    async def take_watch(self, connection: AsyncConnection, watch_id: int) -> Watch | None: ...

    async def undecided(self, connection: AsyncConnection, watch_id: int) -> list[tuple[int, Emergence]]: ...

    async def load_hits(self, connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, Hit]: ...

    async def peaks_since(self, connection: AsyncConnection, watch_id: int, since: datetime) -> list[int]: ...

    async def first_emergence_at(self, connection: AsyncConnection, watch_id: int) -> datetime | None: ...

    async def kinds_so_far(
        self, connection: AsyncConnection, watch_id: int, story_ids: Iterable[int | None]
    ) -> dict[int, frozenset[EmergenceKind]]: ...

    async def take_organisation(self, connection: AsyncConnection, watch_id: int) -> int: ...

    async def places(
        self, connection: AsyncConnection, watch_ids: Iterable[int], since: datetime
    ) -> dict[int, Place]: ...

    async def told_elsewhere(self, connection: AsyncConnection, watch: Watch, story_id: int) -> list[Elsewhere]: ...

    async def take_false_alarms(self, connection: AsyncConnection, watch_id: int, now: datetime) -> FalseAlarms: ...

    async def alerted_stories(self, connection: AsyncConnection, watch_id: int, since: datetime) -> frozenset[int]: ...

    async def latest_alert(
        self, connection: AsyncConnection, watch_id: int, story_id: int | None, source_id: int | None = None
    ) -> Alert | None: ...

    async def raised_since(
        self,
        connection: AsyncConnection,
        watch_id: int,
        since: datetime,
        opportunities: Sequence[str],
        *,
        is_apart: bool = False,
    ) -> tuple[int, int]: ...

    async def record_decision(
        self,
        connection: AsyncConnection,
        emergence_id: int,
        severity: Severity,
        decision: Decision,
        alert_id: int | None,
    ) -> None: ...

    async def insert_alert(
        self,
        connection: AsyncConnection,
        given: Emergence,
        severity: Severity,
        title: str,
        owner: str,
        signals: int,
        publishers: int,
        now: datetime,
    ) -> int: ...

    async def grow_alert(
        self,
        connection: AsyncConnection,
        alert_id: int,
        given: Emergence,
        severity: Severity,
        signals: int,
        publishers: int,
    ) -> None: ...

    async def merged_alerts(self, connection: AsyncConnection) -> list[tuple[Alert, int, int | None]]: ...

    async def linked_alerts(self, connection: AsyncConnection) -> list[tuple[Alert, int]]: ...

    async def move_alert(self, connection: AsyncConnection, alert_id: int, story_id: int) -> None: ...

    async def quiet_alerts(self, connection: AsyncConnection, before: datetime) -> list[Alert]: ...

    async def close_alert(
        self, connection: AsyncConnection, alert_id: int, now: datetime, dismiss_reason: str = ""
    ) -> None: ...

    async def append_transition(
        self,
        connection: AsyncConnection,
        alert_id: int,
        kind: TransitionKind,
        state: AlertState,
        severity: int,
        level: Level,
        now: datetime,
        *,
        reason: str = "",
        emergence_id: int | None = None,
    ) -> int: ...
