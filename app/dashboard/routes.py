"""The dashboard: which pages there are."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.dashboard import assets
from app.dashboard.pages import (
    adding,
    alerts,
    briefing,
    coverage,
    receivers,
    session,
    signals,
    sources,
    teaching,
    tips,
    trends,
    watches,
)
from app.dashboard.rendering import error_page

__all__ = ["error_page", "router"]

PAGES = (briefing, alerts, trends, signals, adding, sources, coverage, tips, teaching, watches, receivers, session)

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
for page in PAGES:
    router.include_router(page.router)
router.include_router(assets.router)
