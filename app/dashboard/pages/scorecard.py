"""The scorecard: how well Forkant and those who answer its alerts do; and how many false alarms are borne."""

from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Reader
from app.dashboard.forms import asked, one_of, text_of, whole_of
from app.dashboard.rendering import go, page
from app.errors import Invalid
from app.records import Caller
from app.records.scorecards import Load, Span
from app.services.scoring import LEAST

router = APIRouter()

DAY: Final = timedelta(days=1)
MOST_POINTS: Final = 31  # of a small chart; a quarter is drawn by week
WEEK: Final = 7


@router.get("/scorecard")
async def show_scorecard(request: Request, caller: Reader) -> HTMLResponse:
    return await show(request, caller)


async def show(request: Request, caller: Caller, status: int = 200, problem: Invalid | None = None) -> HTMLResponse:
    services, now = services_of(request), present(request)
    first, last = day_of(asked(request, "from"), "from"), day_of(asked(request, "until"), "until")
    span = one_of(Span, asked(request, "span"), "span") or (Span.CUSTOM if first else Span.MONTH)
    day = day_of(asked(request, "day"), "day")
    found = await services.scorecards.get(caller, now, span, day=day, first=first, last=last)
    given = {"span": span.value}
    if span is Span.CUSTOM:
        given |= {"from": found.period.first.isoformat(), "until": found.period.last.isoformat()}
    elif day:
        given["day"] = found.period.first.isoformat()
    return await page(
        request,
        caller,
        "scorecard",
        status,
        found=found,
        given=given,
        spans=Span,
        later=(found.period.last + DAY).isoformat() if found.period.until < now else "",
        is_over=found.period.until <= now,
        borne=await services.scorecards.false_alarms(caller, now),
        drawn=drawn,
        least=LEAST,
        problem=problem,
    )


@router.post("/scorecard/false-alarms")
async def bear_false_alarms(request: Request, caller: Admin) -> Response:
    form = await request.form()
    try:
        number = whole_of(form, "a_month", 0) if text_of(form, "a_month") else None
        await services_of(request).scorecards.bear(caller, number, present(request))
    except Invalid as problem:
        return await show(request, caller, 422, problem)
    return go("/scorecard", "false_alarms_set")


def day_of(given: str, field: str) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid(f"`{field}` is no day such as 2026-03-11", field) from None


def drawn(load: Load) -> tuple[int, ...]:
    """What the small chart of a load shows: days, or weeks where there are many; nothing where it would tell nothing.

    >>> drawn(Load(1.0, 3, 3, 0, (3, 0, 2)))
    (3, 0, 2)
    >>> drawn(Load(1.0, 3, 2, 0, (2, 0, 2)))
    ()
    """
    days = load.by_day
    if sum(days) < LEAST or len(days) < 2:
        return ()
    if len(days) <= MOST_POINTS:
        return days
    return tuple(sum(days[start : start + WEEK]) for start in range(0, len(days), WEEK))
