"""The dashboard: which pages there are."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.dashboard import assets
from app.dashboard.pages import (
    adding,
    alerts,
    briefing,
    coverage,
    radar,
    receivers,
    replays,
    scorecard,
    session,
    signals,
    sources,
    stories,
    teaching,
    tips,
    trends,
    watch_drafts,
    watches,
)
from app.dashboard.rendering import error_page

__all__ = ["error_page", "router"]

PAGES = (
    briefing,
    alerts,
    trends,
    signals,
    stories,
    adding,
    sources,
    coverage,
    tips,
    teaching,
    watch_drafts,  # before /watches/{number}
    watches,
    replays,
    radar,
    receivers,
    scorecard,
    session,
)

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
for page in PAGES:
    router.include_router(page.router)
router.include_router(assets.router)
