"""Labels over HTTP: what people judge of them, examples of their own, canaries, and what Forkant asks."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.doors import PROBLEMS, Admin, Desk, Now, Triager, to_number
from app.api.models.learning import (
    AnswerIn,
    CanariesOut,
    CanaryIn,
    CanaryOut,
    ExamplesOut,
    FeedbackIn,
    FeedbackOut,
    ForgetIn,
    ForgottenOut,
    InfluenceOut,
    JudgementOut,
    JudgementsOut,
    QuestionOut,
    QuestionsOut,
)
from app.errors import Invalid
from app.records.learning import QuestionRow, Verdict
from app.services.checks import check_id
from app.services.examples import read_examples, read_given

router = APIRouter(prefix="/labels", tags=["labels"], responses=PROBLEMS)
SHAPE = {
    "type": "object",
    "required": ["text", "lang", "topics"],
    "properties": {
        "text": {"type": "string"},
        "lang": {"type": "string"},
        "topics": {"type": "array", "items": {"type": "string"}},
    },
}
EXAMPLES_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {"schema": SHAPE},
            "application/json": {
                "schema": {"type": "object", "properties": {"examples": {"type": "array", "items": SHAPE}}}
            },
        },
    }
}


@router.post("/feedback", status_code=201, summary="Say that a label is right, or wrong and what would be right")
async def judge(body: FeedbackIn, caller: Triager, services: Desk, now: Now) -> FeedbackOut:
    """What you said of the same topic of the same signal before is replaced. 409 for restricted tips."""
    verdict = Verdict(check_id(body.signal, "signal"), body.topic, body.right, body.instead, body.reason)
    await services.teaching.judge(caller, verdict, now)
    return FeedbackOut(signal_id=str(verdict.signal_id), topic=body.topic, right=body.right, instead=body.instead)


@router.get("/feedback", summary="What people judged, and how much of it counts")
async def list_judgements(caller: Admin, services: Desk, now: Now) -> JudgementsOut:
    """The latest 200, newest first; those taken back have `withdrawn_at`."""
    rows = await services.teaching.judgements(caller)
    standing = await services.teaching.standing(caller, now)
    return JudgementsOut(
        judgements=tuple(map(JudgementOut.model_validate, rows)),
        total=standing.judgements,
        new=standing.new,
        note=standing.note,
        influence=tuple(
            InfluenceOut(
                judge=one.influence.judge,
                name=one.name,
                judgements=one.influence.judgements,
                given=one.influence.given,
                counted=one.influence.counted,
            )
            for one in standing.influence
        ),
    )


@router.post("/feedback/forget", summary="Take back all that one person or key has judged")
async def forget(body: ForgetIn, caller: Admin, services: Desk, now: Now) -> ForgottenOut:
    """The next model knows nothing of it; roll back one that has learned it."""
    return ForgottenOut(withdrawn=await services.teaching.forget(caller, body.judge, now))


@router.post("/feedback/{judgement_id}/withdraw", status_code=204, summary="Take back one judgement")
async def withdraw(judgement_id: str, caller: Triager, services: Desk, now: Now) -> Response:
    """One's own; administrators anybody's."""
    await services.teaching.withdraw(caller, to_number(judgement_id, "judgement"), now)
    return Response(status_code=204)


@router.post("/examples", summary="Give examples of your own", openapi_extra=EXAMPLES_BODY)
async def give_examples(request: Request, caller: Admin, services: Desk, now: Now) -> ExamplesOut:
    """JSON Lines of `{"text", "lang", "topics"}`, or `{"examples": [...]}`. Good ones are kept, each other one is
    refused with its line and the reason; 422 where none is kept."""
    content = request.headers.get("content-type", "").partition(";")[0].strip()
    body = (await request.body()).decode("utf-8", "replace")
    if content == "application/json":
        good, bad = read_given(_rows_of(body))
    else:
        good, bad = read_examples(body.splitlines())
    if not good:
        reason = f"line {bad[0].line}: {bad[0].because}" if bad else "there are none"
        raise Invalid(f"No example was kept; {reason}", "examples")
    return ExamplesOut.model_validate(await services.teaching.give_examples(caller, good, bad, now))


def _rows_of(body: str) -> list[Any]:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    rows = given.get("examples") if isinstance(given, dict) else None
    if not isinstance(rows, list):
        raise Invalid('A body of JSON is {"examples": [...]}', "examples")
    return rows


@router.get("/questions", summary="What Forkant would like to know")
async def list_questions(caller: Triager, services: Desk, now: Now) -> QuestionsOut:
    """Texts that the model is unsure of and that many say, a few new ones each day, best first."""
    rows = await services.teaching.questions(caller, now)
    return QuestionsOut(questions=tuple(map(to_question, rows)))


def to_question(row: QuestionRow) -> QuestionOut:
    return QuestionOut(
        signal_id=str(row.signal.id),
        title=row.signal.title,
        text=row.signal.text,
        language=row.signal.language,
        topic=row.topic,
        score=row.score,
        threshold=row.threshold,
        alike=row.alike,
        asked_at=row.asked_at,
    )


@router.post("/questions/{signal_id}", status_code=201, summary="Answer")
async def answer(signal_id: str, body: AnswerIn, caller: Triager, services: Desk, now: Now) -> FeedbackOut:
    """The topic need not be the one that was asked about."""
    verdict = Verdict(to_number(signal_id, "signal"), body.topic, body.right, body.instead, body.reason)
    await services.teaching.answer(caller, verdict, now)
    return FeedbackOut(signal_id=signal_id, topic=body.topic, right=body.right, instead=body.instead)


@router.post("/questions/{signal_id}/pass", status_code=204, summary="Do not ask about it again")
async def pass_over(signal_id: str, caller: Triager, services: Desk, now: Now) -> Response:
    await services.teaching.pass_over(caller, to_number(signal_id, "signal"), now)
    return Response(status_code=204)


@router.get("/canaries", summary="Examples that no model may get wrong")
async def list_canaries(caller: Admin, services: Desk) -> CanariesOut:
    """Your own; Forkant has others, in `classifiers/canaries.tsv`."""
    rows = await services.teaching.canaries(caller)
    return CanariesOut(canaries=tuple(map(CanaryOut.model_validate, rows)))


@router.post("/canaries", status_code=201, summary="Add a canary")
async def add_canary(body: CanaryIn, caller: Admin, services: Desk, now: Now) -> CanaryOut:
    row = await services.teaching.add_canary(caller, body.text, body.language, body.must, body.must_not, body.note, now)
    return CanaryOut.model_validate(row)


@router.delete("/canaries/{canary_id}", status_code=204, summary="Remove a canary")
async def remove_canary(canary_id: str, caller: Admin, services: Desk) -> Response:
    await services.teaching.remove_canary(caller, to_number(canary_id, "canary"))
    return Response(status_code=204)
