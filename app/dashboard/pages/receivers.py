"""Receivers: where Forkant tells, how the last telling went, tests."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Reader
from app.dashboard.forms import path_number, receiver_draft
from app.dashboard.rendering import go, page
from app.errors import Conflict, Invalid
from app.records import Caller, ReceiverDraft, ReceiverRow, TestOutcome

router = APIRouter()


@router.get("/receivers")
async def list_receivers(request: Request, caller: Reader) -> HTMLResponse:
    return await show_list(request, caller, ReceiverDraft("", kind="slack"))


async def show_list(
    request: Request,
    caller: Caller,
    draft: ReceiverDraft,
    status: int = 200,
    problem: Invalid | Conflict | None = None,
    made: tuple[ReceiverRow, str] | None = None,
) -> HTMLResponse:
    rows = await services_of(request).receivers.list(caller)
    return await page(request, caller, "receivers", status, rows=rows, draft=draft, problem=problem, made=made)


@router.post("/receivers")
async def add_receiver(request: Request, caller: Admin) -> Response:
    """The page that answers shows a new secret this once; it is in no address and no cookie."""
    draft = ReceiverDraft("", kind="slack")
    try:
        draft = receiver_draft(await request.form())
        row, secret = await services_of(request).receivers.add(caller, draft, present(request))
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return await show_list(request, caller, draft, status, problem)
    if secret:
        return await show_list(request, caller, ReceiverDraft("", kind="slack"), 201, None, (row, secret))
    return go(f"/receivers/{row.id}", "receiver_added")


@router.get("/receivers/{number}")
async def show_receiver(request: Request, caller: Reader, number: str) -> HTMLResponse:
    return await show_one(request, caller, number)


async def show_one(
    request: Request,
    caller: Caller,
    number: str,
    status: int = 200,
    problem: Invalid | Conflict | None = None,
    outcome: TestOutcome | None = None,
) -> HTMLResponse:
    services = services_of(request)
    row = await services.receivers.get(caller, path_number(number, "receiver"))
    return await page(
        request,
        caller,
        "receiver",
        status,
        row=row,
        draft=ReceiverDraft(row.name, row.kind, min_level=row.min_level, is_active=row.is_active),
        deliveries=await services.receivers.deliveries(caller, row.id),
        problem=problem,
        outcome=outcome,
    )


@router.post("/receivers/{number}")
async def change_receiver(request: Request, caller: Admin, number: str) -> Response:
    try:
        draft = receiver_draft(await request.form())
        await services_of(request).receivers.change(caller, path_number(number, "receiver"), draft, present(request))
    except (Invalid, Conflict) as problem:
        return await show_one(request, caller, number, 409 if isinstance(problem, Conflict) else 422, problem)
    return go(f"/receivers/{number}", "receiver_changed")


@router.post("/receivers/{number}/test")
async def test_receiver(request: Request, caller: Admin, number: str) -> Response:
    outcome = await services_of(request).receivers.test(caller, path_number(number, "receiver"), present(request))
    return await show_one(request, caller, number, outcome=outcome)
