"""Opaque places to go on from: keyset tokens that callers hand back unchanged."""

import base64
import binascii
import json
from datetime import datetime

from app.errors import Invalid
from app.services.checks import check_number

MOST = 200


def to_token(*parts: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def from_token(token: str, kinds: tuple[type, ...], field: str) -> list[str | int]:
    """The parts of a token; Invalid when it is not one that we gave for this question."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise Invalid("This is not a place that we gave to go on from", field)
    return parts


def to_place(at: datetime, number: int) -> str:
    """The place after a row in a list ordered by time, then number."""
    return to_token(at.isoformat(), number)


def from_place(token: str | None, field: str = "before") -> tuple[datetime, int] | None:
    if not token:
        return None
    at, number = from_token(token, (str, int), field)
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        raise Invalid("This is not a place that we gave to go on from", field) from None
    return moment, check_number(int(number), field)


def check_limit(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise Invalid(f"Ask for 1 to {MOST} rows", "limit")
    return limit
