"""Will a story fade, hold or grow: honest probabilities for the next half hour and hour, from how it has come so far.

What is predicted. Of a story of two signals or more, seen at a moment: how many signals come within the horizon (30 or
60 minutes), compared with its pace of the last six hours. More than that is growing; none, or less than half of it, is
fading; the rest is holding. `what_came` is that rule, and the only one: predictions are scored with it.

How. A count is expected from a few features (log-linear), and scatters around it as such counts do (negative binomial);
the three probabilities follow from it and from the pace. So a story quicker than any that taught it is still judged
soberly, where functions fitted to the three outcomes themselves went wild. Fitted by benchmarks/fit_outlook.py on the
first part of the replay streams and tried on a later part; the coefficients are in outlook.toml. Copies count a
quarter: a text sent to forty papers is one voice.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import cos, exp, log, log1p, pi, sin

HORIZONS = (timedelta(minutes=30), timedelta(minutes=60))
FEWEST = 2  # signals from which there is anything to say
USUAL_PRIOR = 0.05  # share of stories that become large: what is known of an unknown publisher
HOUR = timedelta(hours=1)
LONGEST_GAP = 72.0  # hours
PACE = timedelta(hours=6)  # at most so far back, and at least a horizon, is its pace measured
MOST_REASONS = 3
MOST_EXPECTED = 7.0  # a thousand; the logarithm of it
BY = "outlook@2026-11-22"  # names the coefficients; kept with each prediction


class Outlook(StrEnum):
    """What a story does within a horizon."""

    FADING = "fading"  # nothing more, or less than half of its pace so far
    HOLDING = "holding"
    GROWING = "growing"  # more than its pace so far


class Reason(StrEnum):
    """What spoke for the likeliest outcome. Said in people's languages by the pages."""

    MANY_VOICES = "many_voices"  # several independent publishers tell it
    ONE_VOICE = "one_voice"
    QUICK = "quick"  # signals come close upon each other
    SLOW = "slow"
    JUST_NOW = "just_now"  # the latest signal is fresh
    QUIET_FOR_A_WHILE = "quiet_for_a_while"
    GAINING = "gaining"  # more in this hour than in the one before
    LOSING = "losing"
    YOUNG = "young"
    OLD = "old"
    MOSTLY_COPIES = "mostly_copies"
    OWN_WORDS = "own_words"  # most signals are in words of their own
    NOVEL = "novel"  # unlike all earlier stories
    WELL_KNOWN = "well_known"
    EARLY_TELLERS = "early_tellers"  # what its publishers tell first often becomes large
    RARE_TELLERS = "rare_tellers"
    LARGE = "large"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Told:
    """One signal of a story, as the outlook sees it."""

    at: datetime  # when we saw it
    publisher: str  # whose voice: `signals.publishers.voice_of`
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a story at a moment."""

    signals: int  # seen by then, copies too
    weighted: float  # the same, copies counting a quarter
    publishers: int  # voices among those that are no copies
    span_hours: float  # from the first signal to the latest
    silence_hours: float  # from the latest signal to now
    last_gap_hours: float  # between the latest two
    last_half_hour: int
    last_hour: int
    hour_before: int  # in the hour before the last one
    last_six_hours: int
    unique_share: float  # of the signals, those that are no copies
    novelty: float
    prior: float  # how often what its publishers tell early becomes large
    hour: float  # of the day, UTC


@dataclass(frozen=True, slots=True)
class Prediction:
    """Probabilities that sum to one, and what spoke for the likeliest outcome, weightiest first."""

    horizon: timedelta
    fading: float
    holding: float
    growing: float
    because: tuple[Reason, ...]
    by: str = BY
    expected: float = 0.0  # how many signals

    @property
    def likeliest(self) -> Outlook:
        return max(Outlook, key=lambda outcome: self.chance_of(outcome))

    def chance_of(self, outcome: Outlook) -> float:
        return {Outlook.FADING: self.fading, Outlook.HOLDING: self.holding, Outlook.GROWING: self.growing}[outcome]


NAMES = (
    "signals", "weighted", "publishers", "span", "silence", "last_gap", "last_half_hour", "last_hour", "hour_before",
    "last_six_hours", "rate", "unique_share", "novelty", "prior", "night", "late",
)  # fmt: skip


def features_of(told: Sequence[Told], now: datetime, novelty: float = 1.0, prior: float = USUAL_PRIOR) -> Features:
    """What the signals of a story, in any order, tell at `now`; later ones are left out. None by then: ValueError."""
    seen = sorted((one for one in told if one.at <= now), key=lambda one: one.at)
    if not seen:
        raise ValueError("an outlook needs at least one signal seen by now")
    own = [one for one in seen if not one.is_copy]
    ages = [(now - one.at) / HOUR for one in seen]
    return Features(
        signals=len(seen),
        weighted=len(own) + (len(seen) - len(own)) / 4,
        publishers=max(1, len({one.publisher for one in own})),
        span_hours=ages[0] - ages[-1],
        silence_hours=ages[-1],
        last_gap_hours=ages[-2] - ages[-1] if len(seen) > 1 else LONGEST_GAP,
        last_half_hour=sum(age < 0.5 for age in ages),
        last_hour=sum(age < 1.0 for age in ages),
        hour_before=sum(1.0 <= age < 2.0 for age in ages),
        last_six_hours=sum(age < 6.0 for age in ages),
        unique_share=len(own) / len(seen),
        novelty=novelty,
        prior=prior,
        hour=now.astimezone(UTC).hour + now.minute / 60,
    )


def values_of(features: Features) -> tuple[float, ...]:
    """The features as the logistic functions take them, in the order of `NAMES`; counts and hours count by orders of
    magnitude. The hour of the day is that of a reader in Western or Northern Europe, an hour or two ahead of UTC."""
    turn = 2 * pi * features.hour / 24
    return (
        log1p(features.signals),
        log1p(features.weighted),
        log1p(features.publishers),
        log1p(features.span_hours),
        log1p(features.silence_hours),
        log1p(min(features.last_gap_hours, LONGEST_GAP)),
        log1p(features.last_half_hour),
        log1p(features.last_hour),
        log1p(features.hour_before),
        log1p(features.last_six_hours),
        log(features.signals / (features.span_hours + features.silence_hours + 0.5)),
        features.unique_share,
        features.novelty,
        log(max(features.prior, 0.001)),
        cos(turn),
        sin(turn),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A linear function of the features, and how widely counts scatter around what it expects."""

    intercept: float
    slopes: tuple[float, ...]
    scatter: float

    def at(self, values: Sequence[float]) -> float:
        return self.intercept + sum(slope * value for slope, value in zip(self.slopes, values, strict=True))


@cache
def _table(name: str) -> Table:
    table = tomllib.loads((files("signals") / "outlook.toml").read_text("utf-8"))[name]
    return Table(table["intercept"], tuple(table[key] for key in NAMES), table.get("scatter", 0.0))


def outlook(features: Features, horizon: timedelta) -> Prediction:
    """What is likely to come within one of `HORIZONS`."""
    if horizon not in HORIZONS:
        raise ValueError(f"no outlook over {horizon}; known are {', '.join(map(str, HORIZONS))}")
    table = _table(f"minutes_{horizon // timedelta(minutes=1)}")
    expected = exp(min(table.at(values_of(features)), MOST_EXPECTED))
    chances = chances_of(expected, table.scatter, usual_of(features, horizon))
    likeliest = max(Outlook, key=lambda outcome: chances[outcome])
    return Prediction(
        horizon,
        fading=chances[Outlook.FADING],
        holding=chances[Outlook.HOLDING],
        growing=chances[Outlook.GROWING],
        because=_reasons(features, is_growing=likeliest is not Outlook.FADING),
        expected=expected,
    )


def usual_of(features: Features, horizon: timedelta) -> float:
    """How many signals its pace of the last six hours brings within a horizon; see `what_came`."""
    lived = min(PACE / HOUR, features.span_hours + features.silence_hours)
    return features.last_six_hours * (horizon / HOUR) / max(lived, horizon / HOUR)


def chances_of(expected: float, scatter: float, usual: float) -> Mapping[Outlook, float]:
    """How likely it is that as many come as is called fading, holding or growing."""
    size = 1.0 / max(scatter, 0.01)
    chance = (size / (size + expected)) ** size
    fading = holding = 0.0
    for count in range(int(usual) + 1):
        if count == 0 or 2 * count < usual:
            fading += chance
        else:
            holding += chance
        chance *= (count + size) / (count + 1) * expected / (size + expected)
    return {Outlook.FADING: fading, Outlook.HOLDING: holding, Outlook.GROWING: max(0.0, 1.0 - fading - holding)}


def chance_of_large(features: Features) -> float:
    """The chance that the story becomes one of the largest twentieth of all stories within 72 hours of its first
    signal."""
    return 1.0 / (1.0 + exp(-_table("hours_72").at(values_of(features))))


def _reasons(features: Features, *, is_growing: bool) -> tuple[Reason, ...]:
    """Plain observations that speak for the outcome, weightiest first, at most three."""
    alive = (
        (features.last_hour > features.hour_before > 0, Reason.GAINING),
        (features.last_half_hour >= 2, Reason.QUICK),
        (features.publishers >= 3, Reason.MANY_VOICES),
        (features.signals >= 10, Reason.LARGE),
        (features.silence_hours < 0.25, Reason.JUST_NOW),
        (features.unique_share >= 0.75 and features.signals > 2, Reason.OWN_WORDS),
        (features.prior >= 2 * USUAL_PRIOR, Reason.EARLY_TELLERS),
        (features.span_hours < 2, Reason.YOUNG),
        (features.novelty >= 0.8, Reason.NOVEL),
    )
    dying = (
        (features.silence_hours >= 1, Reason.QUIET_FOR_A_WHILE),
        (features.last_hour < features.hour_before, Reason.LOSING),
        (features.last_gap_hours >= 2, Reason.SLOW),
        (features.publishers == 1, Reason.ONE_VOICE),
        (features.unique_share < 0.5, Reason.MOSTLY_COPIES),
        (features.signals <= 3, Reason.SMALL),
        (features.span_hours >= 24, Reason.OLD),
        (features.novelty < 0.5, Reason.WELL_KNOWN),
        (features.prior < USUAL_PRIOR / 2, Reason.RARE_TELLERS),
        (True, Reason.SLOW),
    )
    found = [reason for holds, reason in (alive if is_growing else dying) if holds]
    return tuple(dict.fromkeys(found))[:MOST_REASONS]


def what_came(told: Sequence[Told], at: datetime, horizon: timedelta) -> Outlook:
    """What a story did in the time after a moment, compared with its pace until then."""
    ages = [(at - one.at) for one in told if timedelta(0) <= at - one.at < PACE]
    lived = min(PACE, max((at - one.at for one in told if one.at <= at), default=PACE))
    usual = len(ages) * (horizon / max(lived, horizon))
    after = sum(at < one.at <= at + horizon for one in told)
    if after > usual:
        return Outlook.GROWING
    return Outlook.FADING if after == 0 or 2 * after < usual else Outlook.HOLDING
