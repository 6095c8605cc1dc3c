"""The briefing: one screen on what is on its way; as text too; and what the budget held back."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from app.alerts.types import HoldReason
from app.api.doors import present, services_of
from app.dashboard.briefing_text import SHOWN, to_text
from app.dashboard.doors import Reader, Triager
from app.dashboard.forms import asked, number_of, one_of, path_number, text_of
from app.dashboard.rendering import go, page, speech_of

router = APIRouter()


@router.get("/")
async def show_briefing(request: Request, caller: Reader) -> HTMLResponse:
    services, now = services_of(request), present(request)
    briefing = await services.overviews.briefing(caller, now)
    return await page(
        request,
        caller,
        "briefing",
        briefing=briefing,
        day_ago=now - timedelta(days=1),
        now=now,
        shown=SHOWN,
        suggested=await services.radar.count_open(caller, now),
    )


@router.get("/briefing.txt")
async def show_text(request: Request, caller: Reader) -> Response:
    """The same as readable text, for a mail or a meeting."""
    services = services_of(request)
    now = present(request)
    briefing = await services.overviews.briefing(caller, now)
    suggested = await services.radar.count_open(caller, now)
    frame, say = await speech_of(request, caller)
    return PlainTextResponse(to_text(briefing, frame.organisation.name, say, services.topics, suggested))


@router.get("/held")
async def list_held(request: Request, caller: Reader) -> HTMLResponse:
    """What woke nobody, and why."""
    services, now = services_of(request), present(request)
    hold = one_of(HoldReason, asked(request, "hold"), "hold")
    watch_id = number_of(asked(request, "watch"), "watch")
    found = await services.held_back.list(caller, hold, watch_id=watch_id, before=asked(request, "before") or None)
    watches = await services.watches.list(caller, now)
    return await page(request, caller, "held", found=found, hold=hold, watch_id=watch_id, watches=watches)


@router.post("/held/{number}/raise")
async def raise_anyway(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    held_id = path_number(number, "finding that was held back")
    alert = await services_of(request).held_back.raise_anyway(
        caller, held_id, present(request), note=text_of(form, "note")
    )
    return go(f"/alerts/{alert.id}", "raised_anyway", alert.id)
