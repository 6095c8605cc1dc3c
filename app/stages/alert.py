"""Alert: each emergence is weighed; what a watch must know becomes an alert, with its outbox rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts import hearing
from app.alerts.decide import Budget, decide
from app.alerts.hearing import assess_hearing
from app.alerts.severity import Evidence, assess
from app.alerts.types import (
    Alert,
    AlertState,
    Decision,
    DismissReason,
    Severity,
    Tally,
    TransitionKind,
    Verdict,
    Watch,
)
from app.storage import deciding, noticing
from app.storage.database import Database
from app.storage.transitions import append_transition
from classifiers.taxonomy import Taxonomy
from classifiers.types import Emergence, Hit, LabelKind, Polarity, Tone
from signals.publishers import independent_publishers
from signals.types import Sensitivity

BUDGET_DAYS = 14
QUIET_UNTIL_FADED = timedelta(hours=72)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """An emergence with the signals behind it and how serious it is."""

    id: int
    emergence: Emergence
    hits: tuple[Hit, ...]
    severity: Severity

    @property
    def is_apart(self) -> bool:
        """Of a restricted tip, which must show in nothing that others see."""
        return any(hit.signal.sensitivity is Sensitivity.RESTRICTED for hit in self.hits)

    @property
    def title(self) -> str:
        return self.hits[0].story.title if self.hits else self.emergence.because

    @property
    def publishers(self) -> int:
        """Independent voices: of the story where there is one, else of what moved the series."""
        if self.emergence.story_id is not None and self.hits:
            return self.hits[0].story.independent
        return len(independent_publishers([hit.signal for hit in self.hits]))

    @property
    def signals(self) -> int:
        return self.hits[0].story.signals if self.emergence.story_id is not None and self.hits else len(self.hits)


class AlertStage:
    def __init__(self, database: Database, taxonomy: Taxonomy) -> None:
        self._database = database
        self._taxonomy = taxonomy

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            waiting = await deciding.watches_with_undecided(connection)
        taken = made = 0
        held: dict[str, int] = {}
        for watch_id in waiting:
            async with self._database.transaction() as connection:
                for decision in await self._weigh(connection, watch_id, now):
                    taken += 1
                    made += decision.hold is None
                    if decision.hold:
                        held[decision.hold.value] = held.get(decision.hold.value, 0) + 1
        await self._tidy(now)
        return Tally("alert", taken, made, tuple(held.items()))

    async def _weigh(self, connection: AsyncConnection, watch_id: int, now: datetime) -> list[Decision]:
        """Decide everything that waits on one watch, the most serious first: it has the first call on the budget."""
        watch = await deciding.take_watch(connection, watch_id)
        if watch is None:
            return []
        cases = await self._cases(connection, watch)
        peaks = await deciding.peaks_since(connection, watch_id, now - BUDGET_DAYS * DAY)
        peaks += [case.severity.score for case in cases if not case.is_apart]
        begun = await deciding.first_emergence_at(connection, watch_id) or now
        days = min(float(BUDGET_DAYS), (now - begun) / DAY)
        decisions = []
        for case in sorted(cases, key=lambda one: (-one.severity.score, one.id)):
            raised = await self._raised(connection, case, watch_id, now)
            latest = await deciding.latest_alert(
                connection, watch_id, case.emergence.story_id, case.emergence.source_id
            )
            budget = Budget(watch.alerts_per_day, raised, peaks, days)
            decision = decide(case.emergence, case.severity, watch, latest, budget)
            alert_id = await _carry_out(connection, case, decision, watch, latest, now)
            await deciding.record_decision(connection, case.id, case.severity, decision, alert_id)
            decisions.append(decision)
        return decisions

    async def _raised(self, connection: AsyncConnection, case: Case, watch_id: int, now: datetime) -> int:
        """Alerts of the last day that share the case's budget: a storm of threats must not silence good news."""
        good = [topic.id for topic in self._taxonomy.topics.values() if topic.polarity is Polarity.OPPORTUNITY]
        threats, opportunities = await deciding.raised_since(
            connection, watch_id, now - DAY, good, is_apart=case.is_apart
        )
        return opportunities if case.emergence.topics[:1] and case.emergence.topics[0] in good else threats

    async def _cases(self, connection: AsyncConnection, watch: Watch) -> list[Case]:
        rows = await deciding.undecided(connection, watch.id)
        hits = await noticing.load_hits(connection, [key for _, one in rows for key in one.signal_ids])
        kinds = await deciding.kinds_so_far(connection, watch.id, [one.story_id for _, one in rows])
        cases = []
        for emergence_id, one in rows:
            moved = tuple(hits[key] for key in one.signal_ids if key in hits)
            seen = kinds.get(one.story_id or 0, frozenset()) | {one.kind}
            case = Case(emergence_id, one, moved, assess(_NOTHING))
            evidence = self._evidence(case, len(seen) if one.story_id else 1, watch.priority)
            severity = assess_hearing(one) if one.kind in hearing.KINDS else assess(evidence)
            cases.append(replace(case, severity=severity))
        return cases

    def _evidence(self, case: Case, kinds: int, priority: int) -> Evidence:
        topic, weight, score = weightiest(case.emergence.topics, case.hits, self._taxonomy)
        return Evidence(
            topic=topic,
            topic_weight=weight,
            topic_score=score,
            publishers=case.publishers,
            best_tier=min((hit.signal.tier for hit in case.hits), default=3),
            signals_per_hour=_pace(case),
            kinds=kinds,
            novelty=case.hits[0].story.novelty if case.hits else 0.0,
            priority=priority,
            tone=leaning(topic, case.hits, self._taxonomy),
        )

    async def _tidy(self, now: datetime) -> None:
        """Alerts whose story was merged follow it; those that nobody took and nothing feeds fade."""
        async with self._database.transaction() as connection:
            moved: dict[tuple[int, int], int] = {}  # several stories may have become one at the same time
            for alert, story_id, other_id in await deciding.merged_alerts(connection):
                living = moved.setdefault((alert.watch_id, story_id), other_id or alert.id)
                if living == alert.id:
                    await deciding.move_alert(connection, alert.id, story_id)
                    await _tell(
                        connection,
                        alert.id,
                        TransitionKind.UPDATED,
                        alert.state,
                        alert.severity,
                        now,
                        "part of an older story",
                    )
                else:
                    await _close_as_duplicate(connection, alert, living, now)
            for alert in await deciding.quiet_alerts(connection, now - QUIET_UNTIL_FADED):
                await deciding.close_alert(connection, alert.id, now)
                await _tell(connection, alert.id, TransitionKind.FADED, AlertState.FADED, alert.severity, now, "quiet")


_NOTHING = Evidence("", 0.0, 0.0, 0, 3, 0.0, 0, 0.0, 3)


def weightiest(topics: Sequence[str], hits: Sequence[Hit], taxonomy: Taxonomy) -> tuple[str, float, float]:
    """The topic that weighs most, its weight, and the best score any signal gave it; ("", 0, 0) where there is none."""
    best = {
        label.name: max(label.score, 0.0)
        for hit in hits
        for label in sorted(hit.topics(), key=lambda one: one.score)
        if label.name in topics and taxonomy.find_topic(label.name)  # a model of another taxonomy may know more
    }
    found = [(taxonomy.weight(name) * score, name, score) for name, score in best.items()]
    if not found:
        return "", 0.0, 0.0
    _, name, score = max(found)
    return name, taxonomy.weight(name), score


def leaning(topic: str, hits: Sequence[Hit], taxonomy: Taxonomy) -> float:
    """How surely the signals are said in the tone that the topic implies, on average; 0 without a topic."""
    known = taxonomy.find_topic(topic)
    if known is None or not hits:
        return 0.0
    wanted = Tone.POSITIVE if known.polarity is Polarity.OPPORTUNITY else Tone.NEGATIVE
    sure = [
        label.score for hit in hits for label in hit.labels if label.kind is LabelKind.TONE and label.name == wanted
    ]
    return sum(sure) / len(hits)


def _pace(case: Case) -> float:
    if not case.hits:
        return 0.0
    if case.emergence.story_id is None:
        return case.emergence.observed / max(case.emergence.window / timedelta(hours=1), 0.25)
    story = case.hits[0].story
    return (story.signals - 1) / max((story.last_seen_at - story.first_seen_at) / timedelta(hours=1), 1.0)


async def _carry_out(
    connection: AsyncConnection,
    case: Case,
    decision: Decision,
    watch: Watch,
    latest: Alert | None,
    now: datetime,
) -> int | None:
    """Do what was decided; returns the alert that it concerns."""
    if decision.verdict is Verdict.RAISE:
        alert_id = await deciding.insert_alert(
            connection,
            case.emergence,
            case.severity,
            case.title,
            watch.owner,
            case.signals,
            case.publishers,
            now,
        )
        await _tell(
            connection,
            alert_id,
            TransitionKind.RAISED,
            AlertState.RAISED,
            case.severity,
            now,
            decision.reason,
            case.id,
        )
        return alert_id
    if latest is None or decision.verdict is Verdict.HOLD:
        return latest.id if latest else None
    worse = decision.verdict is Verdict.ESCALATE
    severity = max(case.severity, latest.severity, key=lambda one: one.score)
    await deciding.grow_alert(connection, latest.id, case.emergence, severity, case.signals, case.publishers)
    kind = TransitionKind.ESCALATED if worse else TransitionKind.UPDATED
    await _tell(connection, latest.id, kind, latest.state, severity, now, decision.reason, case.id)
    return latest.id


async def _close_as_duplicate(connection: AsyncConnection, alert: Alert, other_id: int, now: datetime) -> None:
    await deciding.close_alert(connection, alert.id, now, DismissReason.DUPLICATE.value)
    reason = f"the same story as alert {other_id}"
    await _tell(connection, alert.id, TransitionKind.DISMISSED, AlertState.DISMISSED, alert.severity, now, reason)


async def _tell(
    connection: AsyncConnection,
    alert_id: int,
    kind: TransitionKind,
    state: AlertState,
    severity: Severity,
    now: datetime,
    reason: str,
    emergence_id: int | None = None,
) -> None:
    await append_transition(
        connection,
        alert_id,
        kind,
        state,
        severity.score,
        severity.level,
        now,
        reason=reason,
        emergence_id=emergence_id,
    )
