"""The radar: what might be worth a watch, and what people answer."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Reader, Triager
from app.dashboard.forms import one_of, path_number, text_of
from app.dashboard.rendering import go, page
from app.errors import Conflict, Invalid
from app.records import Caller
from app.records.radar import NotWanted

router = APIRouter()


@router.get("/radar")
async def show_radar(request: Request, caller: Reader) -> HTMLResponse:
    return await show(request, caller)


async def show(
    request: Request, caller: Caller, status: int = 200, problem: Invalid | Conflict | None = None
) -> HTMLResponse:
    found = await services_of(request).radar.get(caller, present(request))
    return await page(request, caller, "radar", status, found=found, reasons=NotWanted, problem=problem)


@router.post("/radar/{number}/dismiss")
async def dismiss(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    suggestion_id = path_number(number, "suggestion")
    try:
        reason = one_of(NotWanted, text_of(form, "reason"), "reason")
        if reason is None:
            raise Invalid("Say why it is not wanted", "reason")
        services, now = services_of(request), present(request)
        await services.radar.dismiss(caller, suggestion_id, reason, now, note=text_of(form, "note"))
    except (Invalid, Conflict) as problem:
        return await show(request, caller, 409 if isinstance(problem, Conflict) else 422, problem)
    return go("/radar", "suggestion_dismissed")
