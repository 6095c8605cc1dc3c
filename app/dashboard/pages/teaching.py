"""Teach Forkant: what people judge of labels, what it asks them, and the models that come of it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Triager
from app.dashboard.forms import next_of, path_number, text_of
from app.dashboard.rendering import go, page
from app.errors import Conflict, Invalid
from app.records import Caller, Scope
from app.records.learning import Origin, Verdict
from app.services.checks import check_id

router = APIRouter()


@router.get("/teach")
async def teach(request: Request, caller: Triager) -> HTMLResponse:
    """What Forkant would like to know, and how far its learning has come."""
    services, now = services_of(request), present(request)
    is_admin = caller.may(Scope.ADMIN)
    return await page(
        request,
        caller,
        "teach",
        questions=await services.teaching.questions(caller, now),
        standing=await services.teaching.standing(caller, now) if is_admin else None,
        judgements=await services.teaching.judgements(caller) if is_admin else (),
        live=await services.models.find_live(caller),
        problem=None,
    )


@router.post("/teach/judge")
async def judge(request: Request, caller: Triager) -> Response:
    """Right or wrong, by the button that was pressed; where wrong, perhaps what instead."""
    form = await request.form()
    said = text_of(form, "right")
    if said not in ("yes", "no"):
        raise Invalid("Say whether it is right", "right")
    verdict = Verdict(
        check_id(text_of(form, "signal"), "signal"),
        text_of(form, "topic"),
        said == "yes",
        text_of(form, "instead") if said == "no" else "",
        text_of(form, "reason"),
    )
    origin = Origin.ASKED if text_of(form, "asked") == "yes" else Origin.LABEL
    await services_of(request).teaching.judge(caller, verdict, present(request), origin=origin)
    return go(next_of(form, f"/signals/{verdict.signal_id}"), "judged")


@router.post("/teach/pass")
async def pass_over(request: Request, caller: Triager) -> Response:
    form = await request.form()
    signal_id = check_id(text_of(form, "signal"), "signal")
    await services_of(request).teaching.pass_over(caller, signal_id, present(request))
    return go("/teach")


@router.post("/teach/judgements/{number}/withdraw")
async def withdraw(request: Request, caller: Triager, number: str) -> Response:
    await services_of(request).teaching.withdraw(caller, path_number(number, "judgement"), present(request))
    return go("/teach", "withdrawn")


@router.post("/teach/forget")
async def forget(request: Request, caller: Admin) -> Response:
    form = await request.form()
    await services_of(request).teaching.forget(caller, text_of(form, "judge"), present(request))
    return go("/teach", "forgotten")


@router.get("/models")
async def list_models(request: Request, caller: Admin) -> HTMLResponse:
    return await show_list(request, caller)


async def show_list(
    request: Request, caller: Caller, status: int = 200, problem: Conflict | Invalid | None = None
) -> HTMLResponse:
    services, now = services_of(request), present(request)
    return await page(
        request,
        caller,
        "models",
        status,
        rows=await services.models.list(caller),
        live=await services.models.find_live(caller),
        standing=await services.teaching.standing(caller, now),
        canaries=await services.teaching.canaries(caller),
        problem=problem,
    )


@router.post("/models/rollback")
async def rollback(request: Request, caller: Admin) -> Response:
    form = await request.form()
    try:
        await services_of(request).models.rollback(caller, text_of(form, "why"), present(request))
    except Conflict as problem:
        return await show_list(request, caller, 409, problem)
    return go("/models", "rolled_back")


@router.get("/models/{version}")
async def show_model(request: Request, caller: Admin, version: str) -> HTMLResponse:
    services = services_of(request)
    row = await services.models.get(caller, version)
    return await page(request, caller, "model", row=row, told=await services.models.told(caller, row))


@router.post("/models/{version}/promote")
async def promote(request: Request, caller: Admin, version: str) -> Response:
    form = await request.form()
    try:
        await services_of(request).models.promote(caller, version, text_of(form, "why"), present(request))
    except Conflict as problem:
        return await show_list(request, caller, 409, problem)
    return go("/models", "promoted")
