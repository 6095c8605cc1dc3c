"""The headers that every answer has (SE-06)."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

CONTENT_SECURITY_POLICY: Final = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
))  # fmt: skip

# SE-06. A route may set its own Cache-Control; without one, nothing is kept anywhere.
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
YEAR: Final = 365 * 24 * 3600


def secure(scope: Scope, headers: MutableHeaders) -> None:
    """The headers that every answer has, and those that this request earned."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    state = scope.get("state", {})
    headers["X-Request-Id"] = str(state.get("request_id", ""))
    for name, value in state.get("rate_headers", {}).items():
        headers[name] = value
