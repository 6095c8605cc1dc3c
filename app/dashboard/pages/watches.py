"""Watches: all of them, adding, changing, letting rest."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Reader
from app.dashboard.forms import asked, number_of, path_number, text_of, watch_draft
from app.dashboard.rendering import go, page
from app.errors import Conflict, Invalid
from app.records import Caller, WatchDraft, WatchRow
from app.records.watches import to_draft

router = APIRouter()


@router.get("/watches")
async def list_watches(request: Request, caller: Reader) -> HTMLResponse:
    rows = await services_of(request).watches.list(caller, present(request))
    return await page(request, caller, "watches", rows=rows)


@router.get("/watches/new")
async def new_watch(request: Request, caller: Admin) -> HTMLResponse:
    number = number_of(asked(request, "suggestion"), "suggestion")
    draft = await services_of(request).radar.draft(caller, number) if number is not None else WatchDraft("")
    return await show_form(request, caller, draft, suggestion=number)


async def show_form(
    request: Request,
    caller: Caller,
    draft: WatchDraft,
    row: WatchRow | None = None,
    status: int = 200,
    problem: Invalid | Conflict | None = None,
    suggestion: int | None = None,
    **tried: object,
) -> HTMLResponse:
    """`suggestion`: of the radar, that the draft was made of. `tried`: a preview as it is `shown`, the query
    `explained`, or the `attempt` that failed."""
    return await page(
        request,
        caller,
        "watch",
        status,
        draft=draft,
        row=row,
        problem=problem,
        pointer=pointer(draft.query, problem),
        suggestion=suggestion,
        shown=tried.get("shown"),
        explained=tried.get("explained"),
        is_tried=bool(tried),
    )


def pointer(query: str, problem: Invalid | Conflict | None) -> tuple[str, str] | None:
    """A query cut where its error stands: what comes before, and the rest."""
    if not isinstance(problem, Invalid) or problem.field != "query":
        return None
    place = problem.position
    if place is None or not 0 <= place <= len(query):
        return None
    return query[:place], query[place:]


@router.post("/watches/new")
async def add_watch(request: Request, caller: Admin) -> Response:
    services, now = services_of(request), present(request)
    draft, number = WatchDraft(""), None
    form = await request.form()
    try:
        draft = watch_draft(form)
        number = number_of(text_of(form, "suggestion"), "suggestion")
        if number is None:
            row = await services.watches.add(caller, draft, now)
        else:
            row = await services.radar.accept(caller, number, draft, now)
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return await show_form(request, caller, draft, None, status, problem, number)
    return go(f"/watches/{row.id}", "watch_added" if number is None else "suggestion_accepted")


@router.get("/watches/{number}")
async def show_watch(request: Request, caller: Reader, number: str) -> HTMLResponse:
    row = await services_of(request).watches.get(caller, path_number(number, "watch"), present(request))
    return await show_form(request, caller, to_draft(row), row)


@router.post("/watches/{number}")
async def change_watch(request: Request, caller: Admin, number: str) -> Response:
    services, now = services_of(request), present(request)
    row = await services.watches.get(caller, path_number(number, "watch"), now)
    draft = to_draft(row)
    form = await request.form()
    try:
        draft = watch_draft(form)
        version = number_of(text_of(form, "version"), "version")
        await services.watches.change(caller, row.id, draft, now, version=version)
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return await show_form(request, caller, draft, row, status, problem)
    return go(f"/watches/{row.id}", "watch_changed")


@router.post("/watches/{number}/rest")
async def rest_watch(request: Request, caller: Admin, number: str) -> Response:
    await services_of(request).watches.rest(caller, path_number(number, "watch"), present(request))
    return go(f"/watches/{number}", "watch_rested")


@router.post("/watches/{number}/wake")
async def wake_watch(request: Request, caller: Admin, number: str) -> Response:
    await services_of(request).watches.wake(caller, path_number(number, "watch"), present(request))
    return go(f"/watches/{number}", "watch_woken")
