"""The web application: API, pages, health and metrics on one FastAPI app."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from app.api import (
    alerts,
    health,
    held,
    labels,
    metrics,
    models_in_use,
    push,
    radar,
    readings,
    receivers,
    replays,
    scorecards,
    signals,
    source_lists,
    sources,
    stories,
    tips,
    trends,
    watch_drafts,
    watches,
)
from app.api.access import SignInNeeded, sign_in_address
from app.api.guard import Guard, refuse_deep_json
from app.api.metrics import Requests
from app.api.problems import add_problems
from app.api.rates import Rates
from app.api.waiting import Waiting
from app.clock import now as present
from app.config import Settings
from app.services.directory import Services

BASE = "/api/v1"
STATIC = Path(__file__).resolve().parent.parent / "dashboard" / "static"

DESCRIPTION = """Forkant notices early that something is on its way.

**Access**: send a key as `Authorization: Bearer fk_...` (`forkant key create`). Scopes: `read:alerts`,
`write:triage`, `admin`; each includes those before it; and `write:tips`, which may give tips and nothing else.

**Following alerts**: `GET /alerts` gives the current ones and a `cursor`; `GET /alerts?after=<cursor>&wait=30` then
gives every change exactly once, in commit order. Ask again with the cursor of each answer.

**Rules**: ids are opaque strings; times are RFC 3339 in UTC; ignore fields and values that you do not know. Errors
are problems (RFC 9457). At most 600 requests a minute for each key, 20 for adding sources and sending tests.
"""

ROUTERS = (
    alerts.router,
    held.router,
    signals.router,
    stories.router,
    stories.outlook_router,
    source_lists.router,
    sources.router,
    watch_drafts.router,  # before what begins with the same and goes on with an id
    watches.router,
    replays.router,
    radar.router,
    tips.router,
    trends.router,
    scorecards.router,
    receivers.router,
    labels.router,
    readings.router,
    models_in_use.router,
    health.description,
)


def make_app(services: Services, settings: Settings, *, now: Callable[[], datetime] = present) -> FastAPI:
    """Routes find what they need in `request.app.state`: `services`, `settings` and `now` (call it)."""
    app = FastAPI(
        title="Forkant",
        version="1",
        summary="Early warning for communications teams",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        form_limits={"max_fields": 100, "max_files": 10},
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.services = services
    app.state.settings = settings
    app.state.now = now
    app.state.rates = Rates()
    app.state.requests = Requests()
    app.state.waiting = Waiting(services.alerts.latest_position)
    add_problems(app)
    app.add_middleware(Guard, observe=app.state.requests.observe)
    for router in ROUTERS:
        app.include_router(router, prefix=BASE, dependencies=[Depends(refuse_deep_json)])
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(push.router)
    add_pages(app)
    return app


def add_pages(app: FastAPI) -> None:
    """The dashboard, where it is installed: its routes, its files, and where to go to sign in."""
    app.add_exception_handler(SignInNeeded, lead_to_sign_in)
    if find_spec("app.dashboard.routes") is None:
        return
    dashboard = import_module("app.dashboard.routes")
    app.include_router(dashboard.router)
    app.state.error_page = getattr(dashboard, "error_page", None)
    if STATIC.is_dir():
        app.mount("/static", StaticFiles(directory=STATIC), name="static")


def lead_to_sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    return RedirectResponse(sign_in_address(error.path), 303)
