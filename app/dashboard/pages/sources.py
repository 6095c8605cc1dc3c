"""Sources with their health, one source with its visits, adding and changing."""

from collections import Counter

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Reader
from app.dashboard.forms import asked, one_of, path_number, source_draft
from app.dashboard.kinds import kinds
from app.dashboard.rendering import go, page
from app.dashboard.source_wording import HEALTH
from app.errors import Conflict, Invalid
from app.records import Caller, SourceDraft, SourceFilter
from signals.types import Stakeholder

router = APIRouter()


@router.get("/sources")
async def list_sources(request: Request, caller: Reader) -> HTMLResponse:
    return await show_list(request, caller, SourceDraft(""))


async def show_list(
    request: Request, caller: Caller, draft: SourceDraft, status: int = 200, problem: Invalid | Conflict | None = None
) -> HTMLResponse:
    services, now = services_of(request), present(request)
    health = asked(request, "health")
    if health and health not in HEALTH:
        raise Invalid(f"`health` is one of: {', '.join(HEALTH)}", "health")
    which = SourceFilter(
        stakeholder=one_of(Stakeholder, asked(request, "stakeholder"), "stakeholder"), words=asked(request, "q")
    )
    rows = await services.sources.list(caller, now, which)
    counts = Counter(row.health for row in rows if row.is_active)
    shown = [row for row in rows if not health or (row.is_active and row.health == health)]
    return await page(
        request,
        caller,
        "sources",
        status,
        rows=shown,
        counts=counts,
        total=len(rows),
        days=await services.overviews.source_days(caller, now),
        health=health,
        which=which,
        given={"health": health, "stakeholder": asked(request, "stakeholder"), "q": asked(request, "q")},
        kinds=kinds(services.sources.kinds_on),
        draft=draft,
        problem=problem,
    )


@router.post("/sources")
async def add_source(request: Request, caller: Admin) -> Response:
    draft = SourceDraft("")
    try:
        draft = source_draft(await request.form())
        row = await services_of(request).sources.add(caller, draft, present(request))
    except (Invalid, Conflict) as problem:
        return await show_list(request, caller, draft, 409 if isinstance(problem, Conflict) else 422, problem)
    return go(f"/sources/{row.source.id}", "source_added")


@router.get("/sources/{number}")
async def show_source(request: Request, caller: Reader, number: str) -> HTMLResponse:
    return await show_one(request, caller, number)


async def show_one(
    request: Request,
    caller: Caller,
    number: str,
    draft: SourceDraft | None = None,
    status: int = 200,
    problem: Invalid | Conflict | None = None,
) -> HTMLResponse:
    services, now = services_of(request), present(request)
    row = await services.sources.get(caller, path_number(number, "source"), now)
    source = row.source
    present_draft = SourceDraft(
        address=source.address,
        kind=source.kind,
        name=source.name,
        stakeholder=source.stakeholder,
        tier=source.tier,
        family=source.family,
        country=source.country,
        language=source.language,
        is_priority=source.is_priority,
        is_own=source.is_own,
    )
    return await page(
        request,
        caller,
        "source",
        status,
        row=row,
        polls=await services.sources.polls(caller, source.id, now, limit=40),
        days=(await services.overviews.source_days(caller, now, source.id)).get(source.id),
        push=await services.pushes.of_source(caller, source.id),
        kind=next((one for one in kinds(services.sources.kinds_on) if one.key == source.kind), None),
        draft=draft or present_draft,
        problem=problem,
    )


@router.post("/sources/{number}")
async def change_source(request: Request, caller: Admin, number: str) -> Response:
    draft = None
    try:
        draft = source_draft(await request.form())
        await services_of(request).sources.change(caller, path_number(number, "source"), draft, present(request))
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return await show_one(request, caller, number, draft, status, problem)
    return go(f"/sources/{number}", "source_changed")


@router.post("/sources/{number}/rest")
async def rest_source(request: Request, caller: Admin, number: str) -> Response:
    await services_of(request).sources.deactivate(caller, path_number(number, "source"), present(request))
    return go(f"/sources/{number}", "source_rested")


@router.post("/sources/{number}/wake")
async def wake_source(request: Request, caller: Admin, number: str) -> Response:
    await services_of(request).sources.activate(caller, path_number(number, "source"), present(request))
    return go(f"/sources/{number}", "source_woken")
