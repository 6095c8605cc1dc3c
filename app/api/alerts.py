"""Alerts over HTTP: the current ones, every change exactly once, one with its why, and what people decide."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from app.alerts.types import AlertState, Level
from app.api.cursors import from_cursor, to_cursor
from app.api.doors import (
    PROBLEMS,
    READ,
    Before,
    Desk,
    Limit,
    Now,
    Reader,
    Triager,
    Word,
    is_known,
    link_next,
    tag_of,
    tagged,
    to_filter_number,
    to_number,
    unchanged,
    version_asked,
)
from app.api.models import AlertFullOut, AlertOut, AlertsOut, DismissIn, NoteIn, TransitionOut
from app.errors import Expired
from app.records import AlertFilter, AlertRow, Caller, ChangePage
from app.services.directory import Services

router = APIRouter(prefix="/alerts", tags=["alerts"], dependencies=[Depends(READ)], responses=PROBLEMS)

Note = Annotated[NoteIn | None, Body()]


def asked(
    state: Annotated[list[AlertState] | None, Query(description="Any of these; several may be given")] = None,
    level: Annotated[Level | None, Query(description="At least this serious")] = None,
    watch: Annotated[Word | None, Query(description="Id of the watch")] = None,
    topic: Annotated[Word, Query(description="Id of a topic")] = "",
    story: Annotated[Word | None, Query(description="Id of the story")] = None,
) -> AlertFilter:
    return AlertFilter(
        states=frozenset(state or ()),
        level=level,
        watch_id=to_filter_number(watch, "watch"),
        topic=topic,
        story_id=to_filter_number(story, "story"),
    )


@router.get("", summary="List the current alerts, or follow every change of them", response_model=AlertsOut)
async def list_alerts(
    request: Request,
    response: Response,
    caller: Reader,
    services: Desk,
    now: Now,
    which: Annotated[AlertFilter, Depends(asked)],
    before: Before = None,
    after: Annotated[str | None, Query(max_length=200, description="A `cursor` we gave: changes since")] = None,
    wait: Annotated[float, Query(ge=0, le=30, description="With `after`: seconds to wait for a change")] = 0,
    limit: Limit = 50,
) -> Response:
    """Without `after`: alerts as they are now, newest raised first, in pages, and a `cursor` to follow from.

    With `after`: every change since, exactly once and in commit order, each with its alert as it is now. Ask again
    with the `cursor` of the answer, at once when `more` is true. A cursor is good for 30 days.
    """
    if after is not None:
        return await follow(request, caller, services, which, after, wait, limit)
    tag = tag_of(await services.alerts.version(), str(request.url.query), caller.sight, now.date())
    if is_known(request, tag):
        return unchanged(tag)
    page = await services.alerts.list(caller, which, before=before, limit=limit)
    body = AlertsOut(
        alerts=tuple(map(AlertOut.model_validate, page.rows)), cursor=to_cursor(page.position, now), more=False
    )
    answer = tagged(body, tag)
    link_next(request, answer, page.next)
    return answer


async def follow(
    request: Request, caller: Caller, services: Services, which: AlertFilter, after: str, wait: float, limit: int
) -> Response:
    now = request.app.state.now
    position = from_cursor(after, now())
    until = asyncio.get_running_loop().time() + wait
    page = await services.alerts.changes(caller, position, which, limit=limit)
    if page.latest < position:
        raise Expired("This cursor is ahead of us: the database was restored. List the current alerts")
    while not page.rows and (left := until - asyncio.get_running_loop().time()) > 0:
        if await request.app.state.waiting.beyond(page.position, left):
            page = await services.alerts.changes(caller, page.position, which, limit=limit)
    body = to_changes(page, to_cursor(page.position, now()))
    tag = tag_of(body.model_dump_json())
    return unchanged(tag) if is_known(request, tag) else tagged(body, tag)


def to_changes(page: ChangePage, cursor: str) -> AlertsOut:
    lines = (
        AlertOut.model_validate(one.alert).model_copy(update={"change": TransitionOut.model_validate(one.transition)})
        for one in page.rows
    )
    return AlertsOut(alerts=tuple(lines), cursor=cursor, more=page.more)


@router.get("/{alert_id}", summary="One alert, with why it was raised", response_model=AlertFullOut)
async def get_alert(request: Request, alert_id: str, caller: Reader, services: Desk) -> Response:
    """Explanation, signals, transitions and who was told. The part of the ETag before the dot is its version."""
    found = await services.alerts.get(caller, to_number(alert_id, "alert"))
    body = AlertFullOut.model_validate(found)
    digest = tag_of(body.model_dump_json()).strip('"')
    tag = f'"{found.alert.position}.{digest}"'
    return unchanged(tag) if is_known(request, tag) else tagged(body, tag)


def changed(row: AlertRow) -> Response:
    return tagged(AlertOut.model_validate(row), f'"{row.position}.changed"')


@router.post("/{alert_id}/acknowledge", summary="Take an alert: I answer", response_model=AlertOut)
async def acknowledge(
    request: Request, alert_id: str, caller: Triager, services: Desk, now: Now, body: Note = None
) -> Response:
    """412 when `If-Match` names an older version; 409 when somebody has taken or closed it."""
    number, note = to_number(alert_id, "alert"), (body or NoteIn()).note
    position = version_asked(request)
    return changed(await services.alerts.acknowledge(caller, number, now, position=position, note=note))


@router.post("/{alert_id}/handle", summary="Say that an alert has been answered", response_model=AlertOut)
async def handle(
    request: Request, alert_id: str, caller: Triager, services: Desk, now: Now, body: Note = None
) -> Response:
    """412 when `If-Match` names an older version; 409 when it is closed already."""
    number, note = to_number(alert_id, "alert"), (body or NoteIn()).note
    position = version_asked(request)
    return changed(await services.alerts.handle(caller, number, now, position=position, note=note))


@router.post("/{alert_id}/dismiss", summary="Say that it was none, and why", response_model=AlertOut)
async def dismiss(
    request: Request, alert_id: str, caller: Triager, services: Desk, now: Now, body: DismissIn
) -> Response:
    """The reason is what Forkant learns from. 412 when `If-Match` names an older version."""
    number, position = to_number(alert_id, "alert"), version_asked(request)
    row = await services.alerts.dismiss(caller, number, body.reason, now, position=position, note=body.note)
    return changed(row)


@router.post("/{alert_id}/reopen", summary="Take back a closing", response_model=AlertOut)
async def reopen(
    request: Request, alert_id: str, caller: Triager, services: Desk, now: Now, body: Note = None
) -> Response:
    """409 when it is not closed, or when another alert about the same story has been raised since."""
    number, note = to_number(alert_id, "alert"), (body or NoteIn()).note
    position = version_asked(request)
    return changed(await services.alerts.reopen(caller, number, now, position=position, note=note))
