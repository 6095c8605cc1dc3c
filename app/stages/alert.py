"""Alert: each emergence is weighed; what a watch must know becomes an alert, with its outbox rows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts import hearing
from app.alerts.decide import SLOW, Budget, decide, midnight, share_of_day
from app.alerts.elsewhere import Elsewhere, give_way
from app.alerts.false_alarms import STATISTICAL
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
from app.alerts.weighing import headline, leaning, share_told, weightiest
from app.stages.batch import Transactions
from app.stages.stores import Deciding
from app.storage import deciding
from classifiers.taxonomy import Taxonomy
from classifiers.types import Emergence, Hit, Polarity
from signals.publishers import independent_publishers
from signals.types import Sensitivity

BUDGET_DAYS = 14
QUIET_UNTIL_FADED = timedelta(hours=72)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


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
        return headline(self.emergence, self.hits)

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
    def __init__(self, database: Transactions, taxonomy: Taxonomy, store: Deciding = deciding) -> None:
        self._database = database
        self._taxonomy = taxonomy
        self._store = store

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            waiting = await self._store.watches_with_undecided(connection)
            if len(waiting) > 1:  # the narrowest first: what it tells of, the broader ones need not
                places = await self._store.places(connection, waiting, now - WEEK)
                waiting = sorted(places, key=lambda key: places[key])
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
        """Decide everything that waits on one watch, the most serious first: it has the first call on the budget.

        Slow findings come last: what they count up may be told by then.
        """
        watch = await self._store.take_watch(connection, watch_id)
        if watch is None:
            return []
        await self._store.take_organisation(connection, watch_id)  # always before a transition: those have one turn
        cases = await self._cases(connection, watch)
        peaks = await self._store.peaks_since(connection, watch_id, now - BUDGET_DAYS * DAY)
        peaks += [case.severity.score for case in cases if not case.is_apart]
        begun = await self._store.first_emergence_at(connection, watch_id) or now
        days = min(float(BUDGET_DAYS), (now - begun) / DAY)
        is_by_numbers = any(case.emergence.kind in STATISTICAL for case in cases)
        borne = await self._store.take_false_alarms(connection, watch_id, now) if is_by_numbers else None
        lately = sum(await self._store.raised_since(connection, watch_id, now - BUDGET_DAYS * DAY, ()))
        elapsed = share_of_day(now, watch.time_zone)
        decisions = []
        for case in sorted(cases, key=lambda one: (one.emergence.kind in SLOW, -one.severity.score, one.id)):
            raised = await self._raised(connection, case, watch, now)
            latest = await self._store.latest_alert(
                connection, watch_id, case.emergence.story_id, case.emergence.source_id
            )
            budget = Budget(watch.alerts_per_day, raised, peaks, days, lately, elapsed)
            told = await self._told(connection, case, watch, now)
            decision = decide(case.emergence, case.severity, watch, latest, budget, borne, told)
            decision = await self._give_way(connection, case, decision, watch, now)
            if borne and case.emergence.kind in STATISTICAL and decision.verdict is Verdict.RAISE:
                borne = borne.spend()
            lately += decision.verdict is Verdict.RAISE
            alert_id = await self._carry_out(connection, case, decision, watch, latest, now)
            await self._store.record_decision(connection, case.id, case.severity, decision, alert_id)
            decisions.append(decision)
        return decisions

    async def _give_way(
        self, connection: AsyncConnection, case: Case, decision: Decision, watch: Watch, now: datetime
    ) -> Decision:
        """What is left of a decision where other watches tell of the same story; notes the watch on their alert."""
        story_id = case.emergence.story_id
        if decision.verdict is not Verdict.RAISE or story_id is None or case.is_apart:
            return decision
        others = await self._store.told_elsewhere(connection, watch, story_id)
        if not others:
            return decision
        places = await self._store.places(connection, [watch.id, *(one.watch_id for one in others)], now - WEEK)
        ranked = [(one, places[one.watch_id]) for one in others]
        decision = give_way(decision, case.severity, watch.owner, places[watch.id], ranked)
        for other in others:
            if other.alert_id == decision.told_by and other.state.is_living and not other.is_noted:
                await self._note(connection, case, watch, other, now)
        return decision

    async def _note(
        self, connection: AsyncConnection, case: Case, watch: Watch, other: Elsewhere, now: datetime
    ) -> None:
        severity = Severity(other.severity, other.level, ())
        reason = f"also: {watch.name}"
        await self._tell(
            connection, other.alert_id, TransitionKind.UPDATED, other.state, severity, now, reason, case.id
        )

    async def _told(self, connection: AsyncConnection, case: Case, watch: Watch, now: datetime) -> float:
        """What share of the signals behind a slow finding stand in stories that the watch has told of lately."""
        if case.emergence.kind not in SLOW:
            return 0.0
        stories = await self._store.alerted_stories(connection, watch.id, now - BUDGET_DAYS * DAY)
        return share_told(case.hits, stories)

    async def _raised(self, connection: AsyncConnection, case: Case, watch: Watch, now: datetime) -> int:
        """Alerts of today that share the case's budget: a storm of threats must not silence good news."""
        good = [topic.id for topic in self._taxonomy.topics.values() if topic.polarity is Polarity.OPPORTUNITY]
        threats, opportunities = await self._store.raised_since(
            connection, watch.id, midnight(now, watch.time_zone), good, is_apart=case.is_apart
        )
        return opportunities if case.emergence.topics[:1] and case.emergence.topics[0] in good else threats

    async def _cases(self, connection: AsyncConnection, watch: Watch) -> list[Case]:
        rows = await self._store.undecided(connection, watch.id)
        hits = await self._store.load_hits(connection, [key for _, one in rows for key in one.signal_ids])
        kinds = await self._store.kinds_so_far(connection, watch.id, [one.story_id for _, one in rows])
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
        """Alerts whose story was merged follow it, what two languages tell of one event becomes one; those that nobody
        took and nothing feeds fade."""
        async with self._database.transaction() as connection:
            moved: dict[tuple[int, int], int] = {}  # several stories may have become one at the same time
            for alert, story_id, other_id in await self._store.merged_alerts(connection):
                living = moved.setdefault((alert.watch_id, story_id), other_id or alert.id)
                if living == alert.id:
                    await self._store.move_alert(connection, alert.id, story_id)
                    await self._tell(
                        connection,
                        alert.id,
                        TransitionKind.UPDATED,
                        alert.state,
                        alert.severity,
                        now,
                        "part of an older story",
                    )
                else:
                    await self._close_as_duplicate(connection, alert, living, now)
            closed: dict[int, int] = {}
            for alert, older_id in await self._store.linked_alerts(connection):
                closed[alert.id] = closed.get(older_id, older_id)
                await self._close_as_duplicate(connection, alert, closed[alert.id], now)
            for alert in await self._store.quiet_alerts(connection, now - QUIET_UNTIL_FADED):
                await self._store.close_alert(connection, alert.id, now)
                await self._tell(
                    connection, alert.id, TransitionKind.FADED, AlertState.FADED, alert.severity, now, "quiet"
                )

    async def _carry_out(
        self,
        connection: AsyncConnection,
        case: Case,
        decision: Decision,
        watch: Watch,
        latest: Alert | None,
        now: datetime,
    ) -> int | None:
        """Do what was decided; returns the alert that it concerns."""
        if decision.verdict is Verdict.RAISE:
            alert_id = await self._store.insert_alert(
                connection,
                case.emergence,
                case.severity,
                case.title,
                watch.owner,
                case.signals,
                case.publishers,
                now,
            )
            await self._tell(
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
        signals, publishers = case.signals, case.publishers
        if latest.story_id != case.emergence.story_id:  # it tells of a story that this one is linked with
            signals, publishers = max(signals, latest.signal_count), max(publishers, latest.publisher_count)
        await self._store.grow_alert(connection, latest.id, case.emergence, severity, signals, publishers)
        kind = TransitionKind.ESCALATED if worse else TransitionKind.UPDATED
        await self._tell(connection, latest.id, kind, latest.state, severity, now, decision.reason, case.id)
        return latest.id

    async def _close_as_duplicate(
        self, connection: AsyncConnection, alert: Alert, other_id: int, now: datetime
    ) -> None:
        await self._store.close_alert(connection, alert.id, now, DismissReason.DUPLICATE.value)
        reason = f"the same story as alert {other_id}"
        await self._tell(
            connection, alert.id, TransitionKind.DISMISSED, AlertState.DISMISSED, alert.severity, now, reason
        )

    async def _tell(
        self,
        connection: AsyncConnection,
        alert_id: int,
        kind: TransitionKind,
        state: AlertState,
        severity: Severity,
        now: datetime,
        reason: str,
        emergence_id: int | None = None,
    ) -> None:
        await self._store.append_transition(
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


_NOTHING = Evidence("", 0.0, 0.0, 0, 3, 0.0, 0, 0.0, 3)


def _pace(case: Case) -> float:
    if not case.hits:
        return 0.0
    if case.emergence.story_id is None:
        return case.emergence.observed / max(case.emergence.window / timedelta(hours=1), 0.25)
    story = case.hits[0].story
    return (story.signals - 1) / max((story.last_seen_at - story.first_seen_at) / timedelta(hours=1), 1.0)
