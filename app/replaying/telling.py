"""Says what a step of a replay has changed, in the names that its owner has for signals."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.alerts.types import Verdict
from app.alerts.weighing import headline
from app.replaying.findings import Change, Findings, Found
from app.replaying.heard import Telling
from app.replaying.past import Past
from app.replaying.understanding import Read


class Teller:
    def __init__(self, past: Past, findings: Findings, watches: Mapping[int, str]) -> None:
        self._past, self._findings, self._watches = past, findings, watches
        self._names: dict[int, str] = {}

    def hear(self, read: Iterable[Read]) -> None:
        for one in read:
            self._names[one.heard.signal.id] = one.heard.name

    def tell(self, now: datetime) -> tuple[tuple[Telling, ...], tuple[Telling, ...]]:
        """What was told and what was held since the last time."""
        if not self._findings.changes and not self._findings.decided:
            return (), ()
        told = tuple(self._of_change(one) for one in self._findings.changes)
        held = sorted((one for one in self._findings.decided if one.verdict == Verdict.HOLD), key=lambda one: one.id)
        held_back = tuple(self._of_held(one, now) for one in held)
        self._findings.told()
        return told, held_back

    def _of_change(self, change: Change) -> Telling:
        alert = self._findings.alerts[change.alert_id].alert
        found = change.found.emergence if change.found else None
        return Telling(
            at=change.at,
            alert=alert.id,
            change=change.kind.value,
            state=change.state.value,
            watch_id=alert.watch_id,
            watch=self._watches[alert.watch_id],
            kind=found.kind.value if found else "",
            severity=change.severity,
            level=change.level.value,
            title=alert.title,
            topics=tuple((found.topics if found else ()) or alert.topics),
            story=self._name_of(alert.story_id),
            items=self._names_of(found.signal_ids if found else ()),
            observed=float(found.observed) if found else None,
            expected=float(found.expected) if found else None,
            because=(found.because if found else "") or alert.because,
            coverage=found.coverage if found else None,
            reason=change.reason,
            story_began_at=self._began(alert.story_id, found.signal_ids if found else ()),
            facts=found.facts if found else {},
        )

    def _of_held(self, one: Found, now: datetime) -> Telling:
        found = one.emergence
        story_id = self._past.root_of(found.story_id)
        hits = self._past.load_hits(found.signal_ids)
        return Telling(
            at=now,
            alert=one.alert_id,
            change="held",
            state="held",
            watch_id=found.watch_id,
            watch=self._watches[found.watch_id],
            kind=found.kind.value,
            severity=one.severity or 0,
            level=one.level,
            title=headline(replace(found, story_id=story_id), [hits[key] for key in found.signal_ids if key in hits]),
            topics=found.topics,
            story=self._name_of(story_id),
            items=self._names_of(found.signal_ids),
            observed=float(found.observed),
            expected=float(found.expected),
            because=found.because,
            coverage=found.coverage,
            reason=one.reason,
            hold=one.hold,
            story_began_at=self._began(story_id, found.signal_ids),
            facts=found.facts,
        )

    def _name_of(self, story_id: int | None) -> str | None:
        return None if story_id is None else self._names.get(story_id)

    def _names_of(self, signal_ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._names[key] for key in signal_ids if key in self._names)

    def _began(self, story_id: int | None, signal_ids: Iterable[int]) -> datetime | None:
        """When the first signal of the story was seen, or of what moved the watch."""
        if story_id is not None and story_id in self._past.stories:
            return self._past.stories[story_id].first_seen_at
        return min((self._past.signals[key].seen_at for key in signal_ids if key in self._past.signals), default=None)
