"""Replays: what would these settings have told us? Asking, following, and two settings side by side."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from app.alerts.side_by_side import Matter, Place, Placed
from app.api.doors import present, services_of
from app.dashboard.doors import Reader, Triager
from app.dashboard.forms import asked, codes_of, list_of, number_of, one_of, path_number, text_of, whole_of
from app.dashboard.rendering import Frame, find_frame, go, page
from app.errors import ForkantError, Invalid, NotFound, TooMany
from app.records import Caller, Page, WatchDraft
from app.records.replays import Outcome, ReplayAsk, ReplayRow
from app.records.watches import to_draft

router = APIRouter()

USUAL_DAYS: Final = 28
NAME: Final = "Draft"
TOLD_BY: Final = ("name", "query", "languages", "topics", "priority", "alerts_per_day")  # the settings that are shown


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form."""

    watch_id: int | None
    draft: WatchDraft
    since: str
    until: str  # the last day, which is told of too


@router.get("/replays")
async def list_replays(request: Request, caller: Reader) -> HTMLResponse:
    services, now = services_of(request), present(request)
    watch_id = number_of(asked(request, "watch"), "watch")
    draft = to_draft(await services.watches.get(caller, watch_id, now)) if watch_id is not None else WatchDraft(NAME)
    frame = await find_frame(services, caller, now)
    begun = await services.replays.history_begins(caller)
    first = max(now - timedelta(days=USUAL_DAYS), begun) if begun else now
    given = Asked(watch_id, draft, to_day(first, frame), to_day(now, frame))
    return await show_list(request, caller, frame, given)


async def show_list(
    request: Request,
    caller: Caller,
    frame: Frame,
    given: Asked,
    status: int = 200,
    problem: ForkantError | None = None,
) -> HTMLResponse:
    services = services_of(request)
    begun = await services.replays.history_begins(caller)
    return await page(
        request,
        caller,
        "replays",
        status,
        frame=frame,
        found=await services.replays.list(caller, before=asked(request, "before") or None),
        watches=[row for row in await services.watches.list(caller, present(request)) if not row.is_own],
        given=given,
        begun=to_day(begun, frame) if begun else "",
        problem=problem,
    )


def to_day(at: datetime, frame: Frame) -> str:
    """The day where the organisation is."""
    return at.astimezone(ZoneInfo(frame.organisation.time_zone)).date().isoformat()


@router.post("/replays")
async def ask(request: Request, caller: Triager) -> Response:
    services, now = services_of(request), present(request)
    form = await request.form()
    frame = await find_frame(services, caller, now)
    watch_id = number_of(text_of(form, "watch"), "watch")
    live = to_draft(await services.watches.get(caller, watch_id, now)) if watch_id is not None else WatchDraft(NAME)
    given = Asked(watch_id, live, text_of(form, "from"), text_of(form, "to"))
    try:
        given = replace(given, draft=draft_of(form, live))
        begins_at = midnight(given.since, "from", frame)
        ends_at = midnight(given.until, "to", frame, after=1)
        row = await services.replays.ask(caller, ReplayAsk(begins_at, ends_at, watch_id, given.draft), now)
    except (Invalid, TooMany) as problem:
        return await show_list(request, caller, frame, given, 429 if isinstance(problem, TooMany) else 422, problem)
    return go(f"/replays/{row.id}", "replay_asked")


def draft_of(form: FormData, live: WatchDraft) -> WatchDraft:
    """The settings of the form; what it does not ask for is as in the watch."""
    return replace(
        live,
        name=text_of(form, "name") or live.name,
        query=text_of(form, "query"),
        languages=codes_of(form, "languages"),
        topics=list_of(form, "topics"),
        priority=whole_of(form, "priority", live.priority),
        alerts_per_day=whole_of(form, "alerts_per_day", live.alerts_per_day),
    )


def midnight(given: str, field: str, frame: Frame, after: int = 0) -> datetime:
    """When a day begins where the organisation is, or one that many days later."""
    try:
        day = date.fromisoformat(given) + timedelta(days=after)
    except (ValueError, OverflowError):
        raise Invalid("This is not a day such as 2026-03-11", field) from None
    return datetime.combine(day, time(), ZoneInfo(frame.organisation.time_zone))


@router.get("/replays/{number}")
async def show_replay(request: Request, caller: Reader, number: str) -> HTMLResponse:
    services, replay_id = services_of(request), path_number(number, "replay")
    full = await services.replays.get(caller, replay_id)
    where, before = one_of(Place, asked(request, "where"), "where"), asked(request, "before") or None
    is_held = one_of(Outcome, asked(request, "outcome"), "outcome") is Outcome.HELD
    held: Page[Placed] = Page(())
    matters: Page[Matter] = Page(())
    if is_held:
        held = await services.replays.results(caller, replay_id, outcome=Outcome.HELD, before=before)
    else:
        matters = await services.replays.matters(caller, replay_id, where=where, before=before)
    return await page(
        request,
        caller,
        "replay",
        replay=full.replay,
        comparison=full.comparison,
        held=held,
        matters=matters,
        where=where,
        is_held=is_held,
        given={name: asked(request, name) for name in ("where", "outcome")},
        changes=changes_of(full.replay),
        watch_is_there=await is_there(request, caller, full.replay.watch_id),
    )


async def is_there(request: Request, caller: Caller, watch_id: int | None) -> bool:
    if watch_id is None:
        return False
    try:
        await services_of(request).watches.get(caller, watch_id, present(request))
    except NotFound:
        return False
    return True


def changes_of(row: ReplayRow) -> tuple[tuple[str, object, object], ...]:
    """Name of each setting that is told, its live value, and the draft's; without a side to compare, None."""
    names = [one.name for one in fields(WatchDraft) if one.name in TOLD_BY]
    pairs = [(name, getattr(row.live, name, None), getattr(row.draft, name, None)) for name in names]
    return tuple(pair for pair in pairs if row.live is None or row.draft is None or pair[1] != pair[2])


@router.post("/replays/{number}/cancel")
async def cancel(request: Request, caller: Triager, number: str) -> Response:
    row = await services_of(request).replays.cancel(caller, path_number(number, "replay"), present(request))
    return go(f"/replays/{row.id}", "replay_cancelled")


@router.post("/replays/{number}/remove")
async def remove(request: Request, caller: Triager, number: str) -> Response:
    await services_of(request).replays.remove(caller, path_number(number, "replay"))
    return go("/replays", "replay_removed")
