"""Judgements, questions, canaries and models as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.models.parts import Id, In, OptionalId, Out, Short, Words
from app.records.learning import ModelState, Origin

Topic = Annotated[Short, Field(description="Id of a topic, or `none`", examples=["environment"])]
Reason = Annotated[Words, Field(max_length=500)]


class FeedbackIn(In):
    signal: Annotated[Short, Field(description="Id of the signal")]
    topic: Topic
    right: Annotated[bool, Field(description="Does the signal carry this topic?")]
    instead: Annotated[Short, Field(description="Where it does not: the topic that it carries, or `none`")] = ""
    reason: Reason = ""


class AnswerIn(In):
    topic: Topic
    right: bool
    instead: Short = ""
    reason: Reason = ""


class FeedbackOut(Out):
    signal_id: Id
    topic: str
    right: bool
    instead: str


class JudgementOut(Out):
    id: Id
    signal_id: OptionalId
    text: str
    topic: str
    is_right: bool
    origin: Origin
    reason: str
    judge: str
    judged_by: str
    at: datetime
    withdrawn_at: datetime | None


class InfluenceOut(Out):
    judge: str
    name: str
    judgements: int
    given: Annotated[float, Field(description="What these would weigh without bounds")]
    counted: Annotated[float, Field(description="What they weigh")]


class JudgementsOut(Out):
    judgements: tuple[JudgementOut, ...]
    total: Annotated[int, Field(description="That count")]
    new: Annotated[int, Field(description="Since the last model")]
    note: Annotated[str, Field(description="What came of the last training")]
    influence: tuple[InfluenceOut, ...]


class ForgetIn(In):
    judge: Annotated[Short, Field(description="As in `influence`: their judge or their name")]


class ForgottenOut(Out):
    withdrawn: int


class BadLineOut(Out):
    line: int
    because: str


class ExamplesOut(Out):
    taken: int
    refused: tuple[BadLineOut, ...]


class QuestionOut(Out):
    signal_id: Id
    title: str
    text: str
    language: str
    topic: str
    score: Annotated[float, Field(description="How sure the model is that it carries the topic")]
    threshold: float
    alike: Annotated[int, Field(description="How many signals say the same")]
    asked_at: datetime


class QuestionsOut(Out):
    questions: tuple[QuestionOut, ...]


class CanaryIn(In):
    text: Annotated[Words, Field(max_length=2000)]
    language: Short
    must: Annotated[tuple[Short, ...], Field(max_length=3, description="Topics that must be given")] = ()
    must_not: Annotated[
        tuple[Short, ...], Field(max_length=20, description="Topics that must not; `any`: none at all")
    ] = ()
    note: Reason = ""


class CanaryOut(Out):
    id: Id
    text: str
    language: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    note: str
    made_by: str
    made_at: datetime


class CanariesOut(Out):
    canaries: tuple[CanaryOut, ...]


class BinOut(Out):
    low: float
    labels: int
    score: float
    right: float


class FiguresOut(Out):
    name: Annotated[str, Field(description="`all`, or a language")]
    texts: int
    right: int
    precision: float
    recall: float
    topic_f1: float


class SeedOut(Out):
    precision: float
    recall: float
    f1: float
    topic_f1: float


class ComparisonOut(Out):
    against: str
    texts: int
    only_before: int
    only_now: int
    chance: Annotated[float, Field(description="Of losing so many more by luck alone; below .05: it is worse")]
    is_worse: bool


class FlipOut(Out):
    text: str
    language: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    given: tuple[str, ...]


class CanaryReportOut(Out):
    sung: int
    well: int
    flips: tuple[FlipOut, ...]
    ill: tuple[FlipOut, ...]


class MetricsOut(Out):
    lessons: int
    people: int
    held_out: tuple[FiguresOut, ...]
    bins: tuple[BinOut, ...]
    seed: SeedOut | None
    seed_before: SeedOut | None
    canaries: CanaryReportOut
    comparison: ComparisonOut | None
    blocked: Annotated[str, Field(description="Why it cannot be promoted; empty: it can")]


class ShadowOut(Out):
    signals: int
    flags_before: int
    flags_now: int
    gained: int
    lost: int
    moved: int


class ShadowExampleOut(Out):
    signal_id: Id
    before: tuple[str, ...]
    now: tuple[str, ...]


class ToldOut(Out):
    right: int
    wrong: int


class ModelOut(Out):
    version: str
    by: str
    is_shipped: bool
    state: ModelState
    hash: str
    threshold: float
    made_at: datetime
    made_by: str
    promoted_at: datetime | None
    promoted_by: str
    why: str
    retired_at: datetime | None
    metrics: MetricsOut | None
    shadow: ShadowOut | None


class ModelFullOut(ModelOut):
    examples: tuple[ShadowExampleOut, ...]
    told: Annotated[ToldOut, Field(description="What people said of its labels since it came into use")]


class ModelsOut(Out):
    models: tuple[ModelOut, ...]


class WhyIn(In):
    why: Reason = ""
