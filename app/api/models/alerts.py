"""Alerts as JSON."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

from app.alerts.types import AlertState, DismissReason, Level, TransitionKind
from app.api.models.parts import Id, In, OptionalId, Out, Seconds, Words
from app.api.models.signals import SignalOut
from app.api.models.stories import StageOut
from classifiers.types import EmergenceKind


class FactorOut(Out):
    name: str
    value: str
    points: float


class TransitionOut(Out):
    id: Id
    alert_id: Id
    kind: TransitionKind
    state: AlertState
    level: Level
    at: AwareDatetime
    actor: str
    reason: str


class AlertOut(Out):
    id: Id
    watch_id: Id
    watch_name: str
    story_id: OptionalId
    state: AlertState
    title: str
    severity: Annotated[int, Field(ge=0, le=100)]
    level: Level
    factors: tuple[FactorOut, ...]
    topics: tuple[str, ...]
    because: str
    owner: str
    signal_count: int
    publisher_count: int
    raised_at: AwareDatetime
    changed_at: AwareDatetime
    acknowledged_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    dismiss_reason: DismissReason | None
    also: Annotated[tuple[str, ...], Field(description="Other watches that hit the story and left telling to this one")]
    version: Annotated[str, BeforeValidator(str), Field(validation_alias="position", description="For If-Match")]
    change: Annotated[
        TransitionOut | None, Field(description="With `after`: the change that this line is about; else null")
    ] = None


class AlertsOut(Out):
    alerts: tuple[AlertOut, ...]
    cursor: Annotated[str, Field(description="Ask with `after=` this for every change from here on")]
    more: Annotated[bool, Field(description="With `after`: there are more changes already")]


class EmergenceOut(Out):
    """What raised or fed an alert; it recomputes from the signals it names."""

    id: Id
    kind: EmergenceKind
    at: AwareDatetime
    observed: float
    expected: float
    window_seconds: Annotated[Seconds, Field(validation_alias="window")]
    tail: Annotated[float, Field(description="Probability of at least this much in ordinary times")]
    strength: float
    signal_ids: tuple[Id, ...]
    topics: tuple[str, ...]
    terms: tuple[str, ...]
    because: str
    by: str
    coverage: float
    facts: dict[str, Any]
    severity: int | None
    verdict: str
    hold: str
    decided: str


class DeliveryOut(Out):
    id: Id
    transition_id: Id
    receiver_id: Id
    receiver_name: str
    receiver_kind: str
    state: str
    attempts: int
    next_try_at: AwareDatetime
    last_error: str
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class AlertFullOut(Out):
    alert: AlertOut
    explanation: Annotated[tuple[EmergenceOut, ...], Field(validation_alias="emergences")]
    signals: tuple[SignalOut, ...]
    transitions: tuple[TransitionOut, ...]
    deliveries: tuple[DeliveryOut, ...]
    stage: Annotated[StageOut | None, Field(description="Where its story stands for its watch; null: nowhere yet")]


class NoteIn(In):
    note: Annotated[Words, Field(max_length=2000, examples=["The head of the school answers"])] = ""


class DismissIn(NoteIn):
    reason: DismissReason
