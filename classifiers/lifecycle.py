"""Life cycle: which stage a story has reached for a watch, proposed from facts alone, with what spoke for it.

Read from the top, the first that holds is proposed. "Lately" is within a day. What is needed to stay where a story
stands is a little less than to get there (one voice, ten points of severity), so that proposals do not swing.

| stage | proposed when |
|---|---|
| dormant | nothing has come for 48 h |
| opportunity | good news for those it is about weighs 0.25 or more, and more than any threat |
| crisis | a threat weighs 0.25, severity is 75, and four voices lately with tier 1 among them; or 85 and three voices |
| paracrisis | a charge: half of the signals, two or more, are the public's own, and under three media voices lately |
| current | three or more voices lately; or two, one of them tier 1 |
| emerging | two or more voices lately; or severity is 55 or more; or it more likely grows within the hour than not |
| potential | otherwise |

A weight is the topic's own times the classifier's certainty, on average over the signals. A charge is a topic that is
brought up against somebody in public (`CHARGES`); the public are customers, neighbours, activists and employees. Once
people have declined a proposal, it is made again only when much has changed: twice the voices (and two more), 15 points
of severity, a first tier 1 voice, 0.25 of a threat or an opportunity; for dormant: something has come since, or the
silence is twice as long.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from classifiers.taxonomy import Taxonomy
from classifiers.types import Hit, Polarity
from signals.publishers import independent_publishers
from signals.types import Stakeholder


class Stage(StrEnum):
    POTENTIAL = "potential"
    EMERGING = "emerging"
    CURRENT = "current"
    CRISIS = "crisis"
    DORMANT = "dormant"
    PARACRISIS = "paracrisis"  # answer in public; no crisis team
    OPPORTUNITY = "opportunity"


LATELY: Final = timedelta(hours=24)
SILENT: Final = 48.0  # hours
PUBLIC: Final = frozenset({Stakeholder.CUSTOMERS, Stakeholder.COMMUNITY, Stakeholder.ACTIVISTS, Stakeholder.EMPLOYEES})
CHARGES: Final = frozenset(
    {
        "customer_backlash",
        "public_pressure",
        "misinformation_fraud",
        "discrimination_rights",
        "environment",
        "misconduct",
        "working_conditions",
    }
)


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What is known of a story for a watch at a moment."""

    voices: int = 1  # independent publishers so far
    voices_lately: int = 1  # within the last day
    media_lately: int = 1  # of these, without the public's own
    tier: int = 3  # of the best source so far
    signals_lately: int = 1
    topic: str = ""  # of the weightiest threat
    threat: float = 0.0  # weight of that topic x certainty, 0 to 1
    opportunity: float = 0.0  # the same of the weightiest opportunity
    public: int = 0  # signals in words of their own from the public itself
    public_share: float = 0.0  # of all signals in words of their own
    hours_silent: float = 0.0
    severity: int = 0  # of the latest alert or emergence; 0: there is none
    growing: float | None = None  # probability that it grows within the hour; None: no outlook yet

    def to_state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "StageFacts":
        """What was written down, also by an older version of us."""
        return cls(**{name: state[name] for name in cls.__slots__ if name in state})


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that spoke for a proposal."""

    name: str  # voices_lately, tier, severity, threat, opportunity, public, silent, growing
    value: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a story should stand, and why."""

    stage: Stage
    because: tuple[Reason, ...]


Rule = Callable[[StageFacts, bool], "tuple[Reason, ...] | None"]


def propose(facts: StageFacts, held: Stage = Stage.POTENTIAL) -> Proposal:
    """The stage that the facts speak for. `held`: where the story stands, which takes a little less."""
    for stage, rule in RULES:
        because = rule(facts, stage is held)
        if because is not None:
            return Proposal(stage, because)
    return Proposal(Stage.POTENTIAL, (Reason("voices_lately", facts.voices_lately),))


def is_worth_repeating(stage: Stage, then: StageFacts, now: StageFacts) -> bool:
    """Whether so much has changed since people declined a proposal that it may be made again."""
    if stage is Stage.DORMANT:
        return now.hours_silent < then.hours_silent or now.hours_silent >= 2 * max(then.hours_silent, SILENT)
    return (
        now.voices >= max(2 * then.voices, then.voices + 2)
        or now.severity >= then.severity + 15
        or (now.tier == 1 < then.tier)
        or now.threat >= then.threat + 0.25
        or now.opportunity >= then.opportunity + 0.25
    )


def facts_from(
    hits: Sequence[Hit], now: datetime, taxonomy: Taxonomy, severity: int = 0, growing: float | None = None
) -> StageFacts:
    """The facts of a story from its signals with their labels; it needs one at least."""
    own = [hit for hit in hits if hit.signal.copy_of is None] or list(hits)
    lately = [hit for hit in hits if now - hit.signal.seen_at <= LATELY]
    public = [hit for hit in own if hit.signal.stakeholder in PUBLIC]
    topic, threat = _weightiest(own, taxonomy, Polarity.THREAT)
    return StageFacts(
        voices=max(1, len(independent_publishers(hit.signal for hit in hits))),
        voices_lately=len(independent_publishers(hit.signal for hit in lately)),
        media_lately=len(independent_publishers(hit.signal for hit in lately if hit.signal.stakeholder not in PUBLIC)),
        tier=min(hit.signal.tier for hit in hits),
        signals_lately=len(lately),
        topic=topic,
        threat=threat,
        opportunity=_weightiest(own, taxonomy, Polarity.OPPORTUNITY)[1],
        public=len(public),
        public_share=round(len(public) / len(own), 3),
        hours_silent=round(max(0.0, (now - max(hit.signal.seen_at for hit in hits)) / timedelta(hours=1)), 2),
        severity=severity,
        growing=growing,
    )


def _weightiest(hits: Sequence[Hit], taxonomy: Taxonomy, polarity: Polarity) -> tuple[str, float]:
    """The topic of one polarity that weighs most on average over the signals, and how much."""
    sums: dict[str, float] = {}
    for hit in hits:
        for label in hit.topics():
            known = taxonomy.find_topic(label.name)  # a model of another taxonomy may know more
            if known is not None and known.polarity is polarity:
                sums[label.name] = sums.get(label.name, 0.0) + known.weight * max(label.score, 0.0)
    if not sums:
        return "", 0.0
    best = min(sums, key=lambda name: (-sums[name], name))
    return best, round(sums[best] / len(hits), 3)


def _dormant(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    return (Reason("silent", facts.hours_silent),) if facts.hours_silent >= SILENT else None


def _opportunity(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    least = 0.2 if is_held else 0.25
    if facts.opportunity < least or facts.opportunity <= facts.threat:
        return None
    return Reason("opportunity", facts.opportunity), Reason("voices_lately", facts.voices_lately)


def _crisis(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    voices, points = facts.voices_lately + is_held, facts.severity + 10 * is_held
    is_wide = points >= 75 and voices >= 4 and facts.tier == 1
    if facts.threat < 0.25 or not (is_wide or (points >= 85 and voices >= 3)):
        return None
    return (
        Reason("severity", facts.severity),
        Reason("voices_lately", facts.voices_lately),
        Reason("tier", facts.tier),
        Reason("threat", facts.threat),
    )


def _paracrisis(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    share = facts.public_share + 0.1 * is_held
    if facts.topic not in CHARGES or share < 0.5 or facts.public < 2 or facts.media_lately >= 3 + is_held:
        return None
    return Reason("public", facts.public), Reason("threat", facts.threat)


def _current(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    voices = facts.voices_lately + is_held
    if voices < 3 and not (voices >= 2 and facts.tier == 1 and facts.voices_lately):
        return None
    return Reason("voices_lately", facts.voices_lately), Reason("tier", facts.tier)


def _emerging(facts: StageFacts, is_held: bool) -> tuple[Reason, ...] | None:
    if facts.voices_lately + is_held >= 2 and facts.voices_lately:
        return (Reason("voices_lately", facts.voices_lately),)
    if facts.severity + 10 * is_held >= 55 and facts.voices_lately:
        return (Reason("severity", facts.severity),)
    if facts.growing is not None and facts.growing >= 0.5:
        return (Reason("growing", facts.growing),)
    return None


RULES: Final[tuple[tuple[Stage, Rule], ...]] = (
    (Stage.DORMANT, _dormant),
    (Stage.OPPORTUNITY, _opportunity),
    (Stage.CRISIS, _crisis),
    (Stage.PARACRISIS, _paracrisis),
    (Stage.CURRENT, _current),
    (Stage.EMERGING, _emerging),
)
