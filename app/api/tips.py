"""Tips over HTTP: what colleagues and other systems tell us, and what Alertmanager does."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.api.access import needs
from app.api.doors import PROBLEMS, Desk, Now, Word
from app.api.models.tips import (
    MOST_TIPS,
    AlertmanagerIn,
    FiredIn,
    RefusedTipOut,
    TakenTipOut,
    TipIn,
    TipsIn,
    TipsOut,
)
from app.errors import Invalid
from app.records import Caller, GivenTip, RefusedTip, Repeat, Scope, TipOutcome, TipReport
from signals.tips import from_alert
from signals.types import Sensitivity

router = APIRouter(prefix="/tips", tags=["tips"], responses=PROBLEMS)

Model = TypeVar("Model", bound=BaseModel)
Giver = Annotated[Caller, Depends(needs(Scope.TIPS))]
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": TipsOut, "description": "All were known already, or are new words for known ones"},
    201: {"model": TipsOut, "description": "All are kept, at least one is new"},
    207: {"model": TipsOut, "description": "Some are kept; `refused` says why the others are not"},
}


async def asked_again(
    request: Request,
    name: Annotated[
        str | None,
        Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$",
               description="The same again within 24 hours gets the first answer"),
    ] = None,
) -> Repeat | None:  # fmt: skip
    if name is None:
        return None
    asked = f"{request.url.path}?{request.url.query}\n".encode()
    return Repeat(name, hashlib.sha256(asked + await request.body()).hexdigest())


Again = Annotated[Repeat | None, Depends(asked_again)]


@router.post("", status_code=201, summary="Give tips", responses=ANSWERS, response_model=TipsOut)
async def give_tips(body: TipsIn, caller: Giver, services: Desk, now: Now, again: Again) -> Response:
    """One tip, or a list of at most 100: the good ones are kept, each other one is refused with its place and the
    reason. 422 when none is kept. The same `reference` with the same words is the same tip; with other words it is
    an edit."""
    rows: list[Any] = body if isinstance(body, list) else [body]
    if not 1 <= len(rows) <= MOST_TIPS:
        raise Invalid(f"A list holds from 1 to {MOST_TIPS} tips, this one {len(rows)}", "body")
    given, refused = [], []
    for index, row in enumerate(rows):
        tip = read(TipIn, row, index)
        if isinstance(tip, RefusedTip):
            refused.append(tip)
        else:
            given.append(GivenTip(index, tip.to_tip(), tip.source))
    return to_answer(await services.tips.give(caller, given, now, refused=refused, repeat=again))


@router.post(
    "/alertmanager",
    status_code=201,
    summary="Take a notification of Prometheus Alertmanager",
    responses=ANSWERS,
    response_model=TipsOut,
)
async def take_alerts(
    body: AlertmanagerIn,
    caller: Giver,
    services: Desk,
    now: Now,
    source: Annotated[Word, Query(description="Name or id of an inbound source")] = "",
    sensitivity: Sensitivity = Sensitivity.INTERNAL,
) -> Response:
    """Each alert is a tip, named by its fingerprint and start; when it is resolved, its words say so."""
    if body.version != "4":
        raise Invalid(f"This is version {body.version[:20]} of the body, and only version 4 can be read", "version")
    given, refused = [], []
    for index, row in enumerate(body.alerts):
        fired = read(FiredIn, row, index)
        if isinstance(fired, RefusedTip):
            refused.append(fired)
        else:
            given.append(GivenTip(index, from_alert(fired.to_alert(), sensitivity), source))
    return to_answer(await services.tips.give(caller, given, now, refused=refused))


def read(model: type[Model], row: Any, index: int) -> Model | RefusedTip:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        return RefusedTip(index, field, problem["msg"].removeprefix("Value error, "))


def to_answer(report: TipReport) -> Response:
    if report.refused and not report.taken:
        raise RequestValidationError([_to_error(one) for one in report.refused])
    is_new = any(one.outcome is TipOutcome.NEW for one in report.taken)
    body = TipsOut(
        tips=tuple(map(TakenTipOut.model_validate, report.taken)),
        refused=tuple(_to_refusals(report.refused)),
    )
    status = 207 if report.refused else 201 if is_new else 200
    return Response(body.model_dump_json(), status, media_type="application/json")


def _to_refusals(refused: Sequence[RefusedTip]) -> Iterable[RefusedTipOut]:
    return (RefusedTipOut(index=one.index, field=one.field, detail=one.because) for one in refused)


def _to_error(one: RefusedTip) -> dict[str, Any]:
    place = ("body", one.index, *filter(None, one.field.split(".")))
    return {"loc": place, "msg": one.because, "type": "value_error"}
