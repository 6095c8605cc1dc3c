"""What an answer to a delivery means: common ground of all notifiers that post over HTTP."""

from collections.abc import Mapping
from datetime import timedelta

from app.notifiers.types import Outcome, Result
from signals.fetch import Answer, Outbound
from signals.fetch_errors import FetchError, to_wait

TIMEOUT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=6)  # however long the other side asks for
BUSY = frozenset({429, 502, 503, 504})


async def post(outbound: Outbound, address: str, body: bytes, headers: Mapping[str, str]) -> Answer | Outcome:
    """The answer, or the outcome where none came: a reason to wait, unless the address itself is the fault."""
    try:
        return await outbound.post(address, body, headers, TIMEOUT)
    except FetchError as error:
        return Outcome(Result.DISABLE if error.is_permanent else Result.WAIT, error=str(error))


def outcome_of(answer: Answer) -> Outcome:
    """2xx is taken, 410 gone for good; a redirect is a failure and is not followed (CV-22)."""
    said = answer.body[:200].decode("utf-8", "replace").strip()
    error = f"HTTP {answer.status}" + (f": {said}" if said else "")
    if 200 <= answer.status < 300:
        return Outcome(Result.SENT, answer.status)
    if answer.status == 410:
        return Outcome(Result.DISABLE, answer.status, error)
    if answer.status in BUSY:
        return Outcome(Result.WAIT, answer.status, error, _asked(answer))
    if 300 <= answer.status < 400:
        error = f"HTTP {answer.status}: it redirects, which deliveries do not follow; enter the final address"
    return Outcome(Result.AGAIN, answer.status, error)


def _asked(answer: Answer) -> timedelta | None:
    wait = to_wait(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
    return min(wait, LONGEST_WAIT) if wait is not None else None
