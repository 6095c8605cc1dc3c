"""Coverage: hour by hour what was to be heard and what was, and where all that was fetched has gone."""

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Reader
from app.dashboard.forms import asked, moment_of, number_of, one_of
from app.dashboard.heat import SIGNS, lines, totals
from app.dashboard.rendering import page, speech_of
from app.records.coverage import LedgerFilter, State, hour_of, last_closed
from signals.types import Stakeholder

router = APIRouter()

HOUR: Final = timedelta(hours=1)
SHOWN: Final = 24
ROWS: Final = 100
ASKED: Final = ("state", "stakeholder", "watch", "until")


@router.get("/coverage")
async def show_coverage(request: Request, caller: Reader) -> HTMLResponse:
    services, now = services_of(request), present(request)
    frame, say = await speech_of(request, caller)
    until = end_of(moment_of(asked(request, "until"), "until"), now)
    hours = [until - (SHOWN - number) * HOUR for number in range(SHOWN)]
    which = LedgerFilter(
        stakeholder=one_of(Stakeholder, asked(request, "stakeholder"), "stakeholder") or "",
        state=one_of(State, asked(request, "state"), "state") or "",
    )
    skip = number_of(asked(request, "skip"), "skip") or 0
    watch_id = number_of(asked(request, "watch"), "watch")
    # The hour that still runs is in no row of the ledger, but what it brought is on the books.
    accounted_until = now if until == last_closed(now) else until
    ledger = await services.coverage.ledger(
        caller, hours[0], until, which, watch_id=watch_id, limit=ROWS + 1, skip=skip, accounted_until=accounted_until
    )
    return await page(
        request,
        caller,
        "coverage",
        frame=frame,
        ledger=ledger,
        hours=hours,
        totals=totals(ledger.hours, hours),
        lines=lines(ledger.sources[:ROWS], hours, say),
        more=skip + ROWS if len(ledger.sources) > ROWS else None,
        signs=SIGNS,
        which=which,
        given={name: asked(request, name) for name in ASKED},
        earlier=hours[0],
        later=until + SHOWN * HOUR if until < last_closed(now) else None,
        watches=await services.watches.list(caller, now),
    )


def end_of(asked_for: datetime | None, now: datetime) -> datetime:
    """The end of the hours shown: the newest that is closed, or an earlier one."""
    newest = last_closed(now)
    return min(hour_of(asked_for), newest) if asked_for else newest
