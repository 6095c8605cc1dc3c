"""What the alert stage asks, answered from memory: see app.stages.stores."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.elsewhere import TELL, Elsewhere, Place
from app.alerts.false_alarms import A_MONTH_PER_WATCH, BACK, Candidate, FalseAlarms, standing
from app.alerts.types import (
    Alert,
    AlertState,
    Decision,
    DismissReason,
    HoldReason,
    Level,
    Sensitivity,
    Severity,
    TransitionKind,
    Verdict,
    Watch,
)
from app.replaying.findings import AlertRow, Change, Findings, Found
from app.replaying.past import Past
from app.storage.false_alarms import LEAST
from classifiers.types import Emergence, EmergenceKind, Hit

MOST_AT_ONCE = 200  # undecided emergences of one look, as live


class DecidingInMemory:
    def __init__(
        self,
        past: Past,
        findings: Findings,
        watches: Iterable[Watch],
        false_alarms_a_month: int | None,
        *,
        each_apart: bool = False,
    ) -> None:
        self._past, self._findings = past, findings
        self._watches = {one.id: one for one in watches}
        self._each_apart = each_apart
        sharing = 1 if each_apart else len(self._watches)
        self._a_month = A_MONTH_PER_WATCH * sharing if false_alarms_a_month is None else false_alarms_a_month
        self._about: dict[tuple[int, int | None], list[int]] = {}  # alerts by watch and story
        self._noted: set[tuple[int, int]] = set()  # alerts and the watches that stand on them beside their own
        self._calm_until: datetime | None = None  # no living alert has been quiet for as long before that

    async def watches_with_undecided(self, _: AsyncConnection) -> list[int]:
        return sorted(self._findings.undecided)

    async def take_watch(self, _: AsyncConnection, watch_id: int) -> Watch | None:
        return self._watches[watch_id]

    async def undecided(self, _: AsyncConnection, watch_id: int) -> list[tuple[int, Emergence]]:
        """About stories as they are merged by now."""
        return [
            (one.id, replace(one.emergence, story_id=self._past.root_of(one.emergence.story_id)))
            for one in self._findings.of[watch_id].undecided[:MOST_AT_ONCE]
        ]

    async def load_hits(self, _: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, Hit]:
        return self._past.load_hits(signal_ids)

    async def peaks_since(self, _: AsyncConnection, watch_id: int, since: datetime) -> list[int]:
        peaks: dict[int, int] = {}
        for one in self._findings.since(watch_id, since):
            if one.severity is None or one.hold == HoldReason.TOLD_ELSEWHERE:
                continue
            if not self._past.is_apart(one.emergence.story_id):
                peaks[one.about] = max(peaks.get(one.about, 0), one.severity)
        return list(peaks.values())

    async def first_emergence_at(self, _: AsyncConnection, watch_id: int) -> datetime | None:
        return self._findings.of[watch_id].first_at

    async def kinds_so_far(
        self, _: AsyncConnection, watch_id: int, story_ids: Iterable[int | None]
    ) -> dict[int, frozenset[EmergenceKind]]:
        kinds = self._findings.of[watch_id].kinds
        return {key: frozenset(kinds[key]) for key in story_ids if key is not None and key in kinds}

    async def take_organisation(self, _: AsyncConnection, watch_id: int) -> int:
        return 1  # nobody else decides

    async def places(self, _: AsyncConnection, watch_ids: Iterable[int], since: datetime) -> dict[int, Place]:
        return {key: self._place(self._watches[key], since) for key in watch_ids}

    def _place(self, watch: Watch, since: datetime) -> Place:
        hits = self._past.hits[watch.id]
        lately = len(hits.counted) - hits.since(since) if watch.query else 0
        return Place(watch.priority, not watch.query, lately, watch.id)

    async def told_elsewhere(self, _: AsyncConnection, given: Watch, story_id: int) -> list[Elsewhere]:
        if self._each_apart:
            return []
        is_restricted = given.sensitivity is Sensitivity.RESTRICTED
        others = [
            one
            for one in self._watches.values()
            if one.id != given.id and (one.sensitivity is Sensitivity.RESTRICTED) == is_restricted
        ]
        found = {key: one for one in others for key in self._about_story(one.id, story_id)}
        return [
            self._elsewhere(self._findings.alerts[key].alert, found[key], given.id)
            for key in sorted(found)
            if self._findings.alerts[key].alert.state in TELL
        ]

    def _elsewhere(self, alert: Alert, watch: Watch, asking: int) -> Elsewhere:
        return Elsewhere(
            alert_id=alert.id,
            watch_id=watch.id,
            watch=watch.name,
            owner=watch.owner,
            state=alert.state,
            severity=alert.severity.score,
            level=alert.severity.level,
            is_noted=(alert.id, asking) in self._noted,
        )

    async def take_false_alarms(self, _: AsyncConnection, watch_id: int, now: datetime) -> FalseAlarms:
        peaks: dict[tuple[int, int], int] = {}
        raised: dict[tuple[int, int], datetime] = {}
        for one in self._findings.by_numbers:
            if self._each_apart and one.emergence.watch_id != watch_id:
                continue
            if not now - BACK < one.emergence.at <= now or not self._is_candidate(one):
                continue
            about = one.emergence.watch_id, one.about
            peaks[about] = max(peaks.get(about, 0), one.severity or 0)
            if one.verdict == Verdict.RAISE:
                raised[about] = max(raised.get(about, one.emergence.at), self._alert_of(one).raised_at)
        candidates = [Candidate(peak, raised.get(about)) for about, peak in peaks.items()]
        first_at = self._findings.of[watch_id].first_at if self._each_apart else self._findings.first_at
        return standing(self._a_month, candidates, first_at or now, now)

    def _is_candidate(self, one: Found) -> bool:
        if (one.severity or 0) < LEAST or self._past.is_apart(one.emergence.story_id):
            return False
        if one.verdict == Verdict.RAISE:
            return self._row_of(one).dismiss_reason != DismissReason.DUPLICATE
        return one.hold in ("budget", "false_alarms")

    def _row_of(self, one: Found) -> AlertRow:
        assert one.alert_id is not None
        return self._findings.alerts[one.alert_id]

    def _alert_of(self, one: Found) -> Alert:
        return self._row_of(one).alert

    async def alerted_stories(self, _: AsyncConnection, watch_id: int, since: datetime) -> frozenset[int]:
        alerts = (self._findings.alerts[key].alert for key in self._findings.of[watch_id].alerts)
        return frozenset(one.story_id for one in alerts if one.story_id is not None and one.changed_at >= since)

    async def latest_alert(
        self, _: AsyncConnection, watch_id: int, story_id: int | None, source_id: int | None = None
    ) -> Alert | None:
        keys = self._about.get((watch_id, None), ()) if story_id is None else self._about_story(watch_id, story_id)
        rows = [self._findings.alerts[key] for key in keys]
        alerts = [row.alert for row in rows if story_id is not None or row.source_id == source_id]

        def rank(one: Alert) -> tuple[bool, bool, datetime, int]:
            is_living = one.state.is_living
            return is_living, is_living and one.story_id == story_id, one.changed_at, one.id

        return max(alerts, key=rank, default=None)

    def _about_story(self, watch_id: int, story_id: int) -> set[int]:
        """Alerts of a watch about a story, one merged into it, or one linked with it, while they live."""
        stories = (story_id, *self._past.absorbed.get(story_id, ()))
        keys = (key for one in stories for key in self._about.get((watch_id, one), ()))
        return {*keys, *self._living_linked(watch_id, story_id)}

    async def raised_since(
        self,
        _: AsyncConnection,
        watch_id: int,
        since: datetime,
        opportunities: Sequence[str],
        *,
        is_apart: bool = False,
    ) -> tuple[int, int]:
        threats = good = 0
        for key in reversed(self._findings.of[watch_id].alerts):
            row = self._findings.alerts[key]
            if row.alert.raised_at < since:
                break
            if row.dismiss_reason == DismissReason.DUPLICATE or self._past.is_apart(row.alert.story_id) != is_apart:
                continue
            is_good = row.alert.topics[:1] and row.alert.topics[0] in opportunities
            good, threats = (good + 1, threats) if is_good else (good, threats + 1)
        return threats, good

    async def record_decision(
        self, _: AsyncConnection, emergence_id: int, severity: Severity, decision: Decision, alert_id: int | None
    ) -> None:
        one = self._findings.get(emergence_id)
        one.severity, one.level = severity.score, severity.level.value
        one.verdict, one.reason, one.alert_id = decision.verdict.value, decision.reason, alert_id
        one.hold = decision.hold.value if decision.hold else ""
        if decision.told_by is not None:
            self._noted.add((decision.told_by, one.emergence.watch_id))
        mine = self._findings.of[one.emergence.watch_id]
        mine.undecided.remove(one)
        self._findings.decided.append(one)
        if not mine.undecided:
            self._findings.undecided.discard(one.emergence.watch_id)

    async def insert_alert(
        self,
        _: AsyncConnection,
        given: Emergence,
        severity: Severity,
        title: str,
        owner: str,
        signals: int,
        publishers: int,
        now: datetime,
    ) -> int:
        number = len(self._findings.alerts) + 1
        alert = Alert(
            id=number,
            watch_id=given.watch_id,
            story_id=given.story_id,
            state=AlertState.RAISED,
            title=title,
            severity=severity,
            topics=given.topics,
            because=given.because,
            raised_at=now,
            changed_at=now,
            signal_count=signals,
            publisher_count=publishers,
        )
        self._findings.alerts[number] = AlertRow(alert, given.source_id)
        self._findings.put_alert(alert)
        self._findings.of[given.watch_id].alerts.append(number)
        self._about.setdefault((given.watch_id, given.story_id), []).append(number)
        return number

    async def grow_alert(
        self, _: AsyncConnection, alert_id: int, given: Emergence, severity: Severity, signals: int, publishers: int
    ) -> None:
        alert = self._findings.alerts[alert_id].alert
        self._findings.put_alert(
            replace(
                alert,
                severity=replace(alert.severity, factors=severity.factors),
                topics=given.topics,
                because=given.because,
                signal_count=signals,
                publisher_count=publishers,
            )
        )

    async def merged_alerts(self, _: AsyncConnection) -> list[tuple[Alert, int, int | None]]:
        if not self._past.newly_merged:
            return []
        merged = []
        for key in sorted(self._findings.living):
            alert = self._findings.alerts[key].alert
            if alert.story_id in self._past.newly_merged:
                story_id = self._past.merged_into[alert.story_id]
                merged.append((alert, story_id, self._living_about(alert.watch_id, story_id)))
        self._past.newly_merged.clear()
        return merged

    async def linked_alerts(self, _: AsyncConnection) -> list[tuple[Alert, int]]:
        found = []
        for key in sorted(self._findings.living) if self._past.linked else ():
            alert = self._findings.alerts[key].alert
            older = [one for one in self._living_linked(alert.watch_id, alert.story_id) if one < key]
            if older and alert.state is AlertState.RAISED:
                found.append((alert, min(older)))
        return found

    def _living_linked(self, watch_id: int, story_id: int | None) -> list[int]:
        """Living alerts of a watch about the stories that one is linked with."""
        linked = self._past.linked.get(story_id, ()) if story_id is not None else ()
        about = (key for other in linked for key in self._about.get((watch_id, other), ()))
        return [key for key in about if key in self._findings.living]

    def _living_about(self, watch_id: int, story_id: int) -> int | None:
        about = self._about.get((watch_id, story_id), ())
        return next((key for key in about if key in self._findings.living), None)

    async def move_alert(self, _: AsyncConnection, alert_id: int, story_id: int) -> None:
        alert = self._findings.alerts[alert_id].alert
        self._about[alert.watch_id, alert.story_id].remove(alert_id)
        self._about.setdefault((alert.watch_id, story_id), []).append(alert_id)
        self._findings.put_alert(replace(alert, story_id=story_id))

    async def quiet_alerts(self, _: AsyncConnection, before: datetime) -> list[Alert]:
        if self._calm_until is not None and before <= self._calm_until:
            return []
        living = [self._findings.alerts[key].alert for key in sorted(self._findings.living)]
        quiet = [one for one in living if one.changed_at < before and self._last_fed(one) < before]
        rest = (max(one.changed_at, self._last_fed(one)) for one in living if one not in quiet)
        self._calm_until = min(rest, default=before)
        return quiet

    def _last_fed(self, alert: Alert) -> datetime:
        story = self._past.stories.get(alert.story_id) if alert.story_id is not None else None
        return story.last_seen_at if story else alert.changed_at

    async def close_alert(self, _: AsyncConnection, alert_id: int, now: datetime, dismiss_reason: str = "") -> None:
        self._findings.alerts[alert_id].dismiss_reason = dismiss_reason

    async def append_transition(
        self,
        _: AsyncConnection,
        alert_id: int,
        kind: TransitionKind,
        state: AlertState,
        severity: int,
        level: Level,
        now: datetime,
        *,
        reason: str = "",
        emergence_id: int | None = None,
    ) -> int:
        found = self._findings.get(emergence_id) if emergence_id is not None else None
        self._findings.change(Change(alert_id, kind, state, severity, level, now, reason, found))
        return len(self._findings.changes)
