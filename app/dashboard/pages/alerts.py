"""The inbox, one alert with its why, and what people decide about it."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app.alerts.types import AlertState, TransitionKind
from app.api.doors import present, services_of
from app.dashboard.doors import Reader, Triager
from app.dashboard.explaining import explain, signs_of, untold
from app.dashboard.forms import (
    asked,
    level_of,
    moment_of,
    next_of,
    number_of,
    path_number,
    position_of,
    reason_of,
    states_of,
    text_of,
)
from app.dashboard.rendering import go, page
from app.dashboard.storytelling import foreseen, stage_for
from app.errors import NotFound
from app.records import AlertFilter, AlertRow, Caller, StoryFull
from app.services.directory import Services

router = APIRouter()
LIVING = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED})
Change = Callable[..., Awaitable[AlertRow]]  # of the service of alerts: taken, handled, opened again


@router.get("/alerts")
async def list_alerts(request: Request, caller: Reader) -> HTMLResponse:
    """Those that wait or are worked on, unless the address asks for others."""
    services, now = services_of(request), present(request)
    states = states_of(request)
    which = AlertFilter(
        states=states or (frozenset() if asked(request, "state") == "all" else LIVING),
        level=level_of(request),
        watch_id=number_of(asked(request, "watch"), "watch"),
        topic=asked(request, "topic"),
        story_id=number_of(asked(request, "story"), "story"),
        since=moment_of(asked(request, "since"), "since"),
        until=moment_of(asked(request, "until"), "until"),
    )
    found = await services.alerts.list(caller, which, before=asked(request, "before") or None, limit=40)
    return await page(
        request,
        caller,
        "inbox",
        found=found,
        which=which,
        state=asked(request, "state"),
        given={name: asked(request, name) for name in ("state", "level", "watch", "topic", "story", "since", "until")},
        watches=await services.watches.list(caller, now),
    )


@router.get("/pulse")
async def pulse(request: Request, caller: Reader) -> Response:
    """How many alerts were raised after a position: for the pill that says so (UX-61)."""
    after = number_of(asked(request, "after"), "after") or 0
    changes = await services_of(request).alerts.changes(caller, after, limit=100)
    raised = sum(change.transition.kind is TransitionKind.RAISED for change in changes.rows)
    return JSONResponse({"changes": len(changes.rows), "raised": raised, "position": changes.position})


@router.get("/alerts/{number}")
async def show_alert(request: Request, caller: Reader, number: str) -> HTMLResponse:
    services, now = services_of(request), present(request)
    found = await services.alerts.get(caller, path_number(number, "alert"))
    watch = await services.watches.get(caller, found.alert.watch_id, now)
    story = await find_story(services, caller, found.alert.story_id)
    return await page(
        request,
        caller,
        "alert",
        found=found,
        alert=found.alert,
        watch=watch,
        reasons=[explain(one) for one in found.emergences],
        signs=signs_of(found, await services.overviews.labels([one.id for one in found.signals])),
        story=story,
        stage=stage_for(story, found.alert.watch_id),
        foreseen=foreseen(story, await services.stories.outlook_record(caller, now)) if story else (),
        untold=untold(found, watch, await services.receivers.list(caller)),
        own=await services.teaching.own(caller, [one.id for one in found.signals]),
    )


async def find_story(services: Services, caller: Caller, story_id: int | None) -> StoryFull | None:
    if story_id is None:
        return None
    try:
        return await services.stories.get(caller, story_id)
    except NotFound:
        return None


async def change(request: Request, caller: Caller, number: str, act: Change, said: str) -> Response:
    """What somebody does about an alert, with a note where they wrote one."""
    form = await request.form()
    alert = await act(
        caller, path_number(number, "alert"), present(request), position=position_of(form), note=text_of(form, "note")
    )
    return go(next_of(form, f"/alerts/{alert.id}"), said, alert.id)


@router.post("/alerts/{number}/acknowledge")
async def acknowledge(request: Request, caller: Triager, number: str) -> Response:
    return await change(request, caller, number, services_of(request).alerts.acknowledge, "acknowledged")


@router.post("/alerts/{number}/handle")
async def handle(request: Request, caller: Triager, number: str) -> Response:
    return await change(request, caller, number, services_of(request).alerts.handle, "handled")


@router.post("/alerts/{number}/dismiss")
async def dismiss(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    alert = await services_of(request).alerts.dismiss(
        caller,
        path_number(number, "alert"),
        reason_of(form),
        present(request),
        position=position_of(form),
        note=text_of(form, "note"),
    )
    return go(next_of(form, f"/alerts/{alert.id}"), "dismissed", alert.id)


@router.post("/alerts/{number}/reopen")
async def reopen(request: Request, caller: Triager, number: str) -> Response:
    return await change(request, caller, number, services_of(request).alerts.reopen, "reopened")
