"""Signals: the search that every number opens, and one signal."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Reader
from app.dashboard.explaining import Sign
from app.dashboard.forms import asked, path_number, signal_filter
from app.dashboard.highlight import mark
from app.dashboard.rendering import page
from app.services.checks import LANGUAGES

router = APIRouter()
ASKED = ("q", "source", "language", "topic", "watch", "story", "since", "until", "copies", "tone")


@router.get("/signals")
async def search_signals(request: Request, caller: Reader) -> HTMLResponse:
    services, now = services_of(request), present(request)
    which = signal_filter(request)
    found = await services.signals.search(caller, which, before=asked(request, "before") or None, limit=50)
    labels = await services.overviews.labels([row.id for row in found.rows])
    source = await services.sources.get(caller, which.source_id, now) if which.source_id is not None else None
    return await page(
        request,
        caller,
        "signals",
        found=found,
        signs=[Sign(row, labels.get(row.id, ()), mark(row, labels.get(row.id, ()))) for row in found.rows],
        count=await services.signals.count(caller, which),
        which=which,
        given={name: asked(request, name) for name in ASKED},
        watches=await services.watches.list(caller, now),
        languages=LANGUAGES,
        source=source,
    )


@router.get("/signals/{number}")
async def show_signal(request: Request, caller: Reader, number: str) -> HTMLResponse:
    found = await services_of(request).signals.get(caller, path_number(number, "signal"))
    topics = tuple(label for label in found.labels if label.kind == "topic")
    sign = Sign(found.signal, topics, mark(found.signal, topics))
    own = await services_of(request).teaching.own(caller, [found.signal.id])
    return await page(request, caller, "signal", found=found, sign=sign, own=own)
