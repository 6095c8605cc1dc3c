"""The web application: API, pages, health and metrics on one FastAPI app."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from app.clock import now as present
from app.config import Settings
from app.services.directory import Services


def make_app(services: Services, settings: Settings, *, now: Callable[[], datetime] = present) -> FastAPI:
    """Routes find what they need in `request.app.state`: `services`, `settings` and `now` (call it)."""
    raise NotImplementedError
