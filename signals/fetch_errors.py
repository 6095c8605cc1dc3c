"""What can go wrong between us and a site, each with a sentence for the person who must act on it."""

import math
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp

from signals.errors import CollectError

LONGEST_WAIT = timedelta(days=7)
BY_ITSELF = "Forkant tries again by itself."


class FetchErrorKind(StrEnum):
    UNREACHABLE = "unreachable"
    NO_SUCH_HOST = "no_such_host"
    TIMEOUT = "timeout"
    TLS = "tls"
    TOO_BIG = "too_big"
    BOMB = "bomb"
    BAD_ADDRESS = "bad_address"
    REFUSED_ADDRESS = "refused_address"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_ANSWER = "bad_answer"
    BAD_STATUS = "bad_status"
    NOT_FOUND = "not_found"
    GONE = "gone"
    BLOCKED = "blocked"
    TOO_OFTEN = "too_often"
    SERVER_ERROR = "server_error"


class FetchError(CollectError):
    """One visit that failed."""

    status = 0  # what the server answered, where it answered at all


class RefusedDial(OSError):
    """The name leads to an address that we do not call."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(f"{host} is not a public address ({why})")


def too_slow(address: str, seconds: float) -> FetchError:
    return FetchError(
        FetchErrorKind.TIMEOUT,
        f"{_host(address)} had not answered in full after {seconds:g} seconds. {BY_ITSELF} If it goes on, open the"
        " address in a browser to see whether the site is up.",
    )


def from_exception(address: str, error: Exception) -> FetchError:
    """Put what the HTTP library says into words."""
    host = _host(address)
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, RefusedDial):
        return FetchError(
            FetchErrorKind.REFUSED_ADDRESS,
            f"{host} leads into a private network: {cause}. We do not go there, unless the operator adds the host"
            " to FORKANT_PRIVATE_HOSTS.",
        )
    kind, what = _in_words(error)
    return FetchError(kind, f"{host} {what} ({_cut(str(cause))}). {BY_ITSELF}")


def _in_words(error: Exception) -> tuple[FetchErrorKind, str]:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchErrorKind.NO_SUCH_HOST, "cannot be found: check the spelling of the address"
        case aiohttp.ClientConnectorCertificateError():
            return FetchErrorKind.TLS, "has a certificate that cannot be trusted; its owner must renew it"
        case aiohttp.ClientSSLError():
            return FetchErrorKind.TLS, "does not manage a secure connection"
        case aiohttp.ServerTimeoutError():
            return FetchErrorKind.TIMEOUT, "does not answer"
        case aiohttp.ClientConnectorError():
            return FetchErrorKind.UNREACHABLE, "cannot be reached"
        case aiohttp.ClientPayloadError():
            return FetchErrorKind.BAD_ANSWER, "broke off in the middle of its answer"
        case aiohttp.InvalidURL():
            return FetchErrorKind.BAD_ADDRESS, "is not an address that can be called"
        case aiohttp.ClientResponseError():
            return FetchErrorKind.BAD_ANSWER, "answered with something that is not HTTP"
    return FetchErrorKind.UNREACHABLE, "broke the connection"


def from_status(address: str, status: int, retry_after: str = "", date: str = "") -> FetchError:
    """The error for a status that brings no document."""
    host = _host(address)
    match status:
        case 410:
            kind, what = FetchErrorKind.GONE, f"{host} says that this feed is gone for good. Find its new address."
        case 404:
            kind = FetchErrorKind.NOT_FOUND
            what = f"{host} has nothing at this address (404). Look up on the site where its feed is now."
        case 429:
            kind, what = FetchErrorKind.TOO_OFTEN, f"{host} asks us to come less often (429). We wait."
        case 401 | 402 | 403 | 407 | 451:
            kind = FetchErrorKind.BLOCKED
            what = f"{host} does not let us in ({status}). Ask the site for permission, or find an open feed."
        case _ if status >= 500:
            kind, what = FetchErrorKind.SERVER_ERROR, f"{host} has an error of its own ({status}). {BY_ITSELF}"
        case _:
            kind = FetchErrorKind.BAD_STATUS
            what = f"{host} answered {status} instead of a feed. Open the address in a browser to see why."
    error = FetchError(kind, what, retry_after=to_wait(retry_after, date), is_permanent=status == 410)
    error.status = status
    return error


def to_wait(retry_after: str, date: str = "") -> timedelta | None:
    """How long Retry-After asks us to wait. Its form with a date counts from the answer's own Date."""
    try:
        seconds = float(retry_after)
    except ValueError:
        seconds = _seconds_between(date, retry_after)
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())) if 0 <= seconds < math.inf else None


def _seconds_between(date: str, until: str) -> float:
    try:
        return (parsedate_to_datetime(until) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address[:80]
    except ValueError:
        return address[:80]


def _cut(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"
