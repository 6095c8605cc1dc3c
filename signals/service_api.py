"""Asks a service's API: waits its turn, reads JSON, and says in words what is wrong with an answer."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.parsed import ParseError, ParseErrorKind
from signals.turns import Pace, Turns

AFTER_TOO_OFTEN = timedelta(minutes=5)  # how long we stay away when a service does not say how long
MISSING = frozenset({FetchErrorKind.NOT_FOUND, FetchErrorKind.GONE})

_ESCAPE = re.compile(rb'\\(["\\/bfnrtu])|\\')

Answer = Any  # JSON as it came: whoever reads it believes nothing


class Api:
    """One visit's conversation with one service."""

    def __init__(self, outbound: Outbound, turns: Turns, pace: Pace, base: str, token: str = "") -> None:
        self._outbound, self._turns, self._pace, self._base = outbound, turns, pace, base
        self._headers = {"Accept": "application/json"} | bearer(token)
        self._host = urlsplit(base).netloc
        self.size = 0  # bytes read so far

    async def ask(self, path: str, query: Mapping[str, str | Sequence[str]]) -> Answer:
        """The JSON at a path. CollectError when it cannot be had, with all later visitors told to wait after a 429."""
        await self._turns.wait(self._host, self._pace)
        asked = urlencode({name: value for name, value in query.items() if value}, doseq=True)
        try:
            answer = await self._outbound.get(f"{self._base}{path}?{asked}", self._headers)
        except FetchError as error:
            stay_away(self._turns, self._host, error)
            raise
        self.size += len(answer.body)
        return read_json(answer.body, self._host)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def stay_away(turns: Turns, host: str, error: FetchError) -> None:
    """After a 429, all later visitors of the service wait."""
    if error.kind is FetchErrorKind.TOO_OFTEN:
        turns.close(host, error.retry_after or AFTER_TOO_OFTEN)


def read_json(body: bytes, host: str) -> Answer:
    """JSON, with the two faults that services make: bare control characters and escapes that there are not."""
    try:
        try:
            return json.loads(body, strict=False)
        except ValueError:
            return json.loads(_ESCAPE.sub(lambda found: found[0] if found[1] else b"", body), strict=False)
    except (ValueError, RecursionError):
        raise ParseError(
            ParseErrorKind.BROKEN,
            f"{host} sent something else than the data we asked for (it begins {_beginning(body)!r}). Perhaps the"
            " address is not one of this service, or the service is at work; we try again.",
        ) from None


def broken(host: str, missing: str) -> ParseError:
    """The error for data that has not the form it should have."""
    return ParseError(
        ParseErrorKind.BROKEN,
        f"{host} sent data without {missing}. Perhaps it is not the service that the source's kind says; check the"
        " kind. We try again.",
    )


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def bad_address(service: str, address: str, forms: str) -> FetchError:
    """The error for an address that this kind of source cannot read."""
    return FetchError(
        FetchErrorKind.BAD_ADDRESS, f"{address} is not an address that we can listen to on {service}. Write {forms}."
    )


def text_of(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def fields_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; whatever else is in it does not count."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def moment_of(value: object) -> datetime | None:
    """An ISO 8601 time, or seconds since 1970."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(text_of(value))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _beginning(body: bytes) -> str:
    return body[:80].decode("utf-8", errors="replace")
