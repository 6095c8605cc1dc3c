"""Readiness as JSON."""

from app.api.models.parts import Out


class CheckOut(Out):
    name: str
    ok: bool
    because: str


class ReadinessOut(Out):
    is_ready: bool
    checks: tuple[CheckOut, ...]
