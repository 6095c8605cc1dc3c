"""Errors as RFC 9457 problems: one table from what went wrong to what is answered, for ours and the framework's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.api.headers import secure
from app.errors import (
    Conflict,
    DatabaseUnavailable,
    Expired,
    ForkantError,
    Invalid,
    NotFound,
    Refused,
    Stale,
    TooMany,
)

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
UNREADABLE: Final = "There was an error parsing the body"  # FastAPI's words for it
RETRY_SOON: Final = 5  # seconds, when the database does not answer

ErrorPage = Callable[[Request, int, str, str], Response]


class Unauthorized(ForkantError):
    """Nobody we know asks."""


class FieldProblem(BaseModel):
    field: str
    problem: str
    position: Annotated[int | None, Field(description="At which character of the field, from 0")] = None


class Problem(BaseModel):
    """What went wrong (RFC 9457). `type` is stable; `request_id` is in our log too."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problems/not-found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no alert 17",
                "instance": "/api/v1/alerts/17",
                "request_id": "5f2c9a7be01d",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[FieldProblem] | None = None
    resync: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    slug: str
    title: str


# The most special first: Stale is a Conflict.
KINDS: Final[tuple[tuple[type[ForkantError], Kind], ...]] = (
    (Unauthorized, Kind(401, "unauthorized", "Not signed in")),
    (Refused, Kind(403, "refused", "Not allowed")),
    (NotFound, Kind(404, "not-found", "Not found")),
    (Stale, Kind(412, "stale", "Changed since you saw it")),
    (Conflict, Kind(409, "conflict", "Conflict")),
    (Expired, Kind(410, "expired", "No longer valid")),
    (Invalid, Kind(422, "invalid", "Cannot be used")),
    (TooMany, Kind(429, "too-many-requests", "Too many requests")),
    (DatabaseUnavailable, Kind(503, "unavailable", "Unavailable for the moment")),
)
INTERNAL: Final = Kind(500, "internal", "Our mistake")


def add_problems(app: FastAPI) -> None:
    """Every answer that is an error becomes a problem, or a page where the pages set `app.state.error_page`."""
    app.add_exception_handler(ForkantError, on_forkant_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(Exception, on_exception)


def on_forkant_error(request: Request, error: Exception) -> Response:
    kind = next((kind for kinds, kind in KINDS if isinstance(error, kinds)), INTERNAL)
    headers: dict[str, str] = {}
    errors = None
    resync = None
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="forkant"'
    elif isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, DatabaseUnavailable):
        headers["Retry-After"] = str(RETRY_SOON)
    elif isinstance(error, Invalid) and error.field:
        errors = [FieldProblem(field=error.field, problem=str(error), position=error.position)]
    elif isinstance(error, Expired):
        resync = request.url.path
        headers["Link"] = f'<{resync}>; rel="resync"'
    # Where our database is, is nobody's business but the log's.
    detail = "The database does not answer" if kind.status == 503 else str(error)
    return answer(request, kind, detail, headers, errors=errors, resync=resync)


def on_http_exception(request: Request, error: Exception) -> Response:
    """The framework's own: 404 and 405 of the router, 400 and 413 of the body."""
    assert isinstance(error, HTTPException)
    if error.detail == UNREADABLE:  # nested too deeply for the parser, say
        return answer(request, Kind(422, "invalid", "Cannot be used"), "The body cannot be read", {})
    title = HTTPStatus(error.status_code).phrase
    kind = Kind(error.status_code, title.lower().replace(" ", "-"), title)
    detail = {
        404: "There is nothing at this address",
        405: f"{request.method} is not possible at this address",
    }.get(error.status_code, str(error.detail))
    return answer(request, kind, detail, error.headers or {})


def on_validation_error(request: Request, error: Exception) -> Response:
    """What was sent cannot be used. What it was is not echoed: it may be a secret, or hostile."""
    assert isinstance(error, RequestValidationError)
    errors = [FieldProblem(field=to_field(one["loc"]), problem=str(one["msg"])) for one in error.errors()[:50]]
    detail = "; ".join(f"{one.field}: {one.problem}" for one in errors[:5])
    return answer(request, Kind(422, "invalid", "Cannot be used"), detail, {}, errors=errors)


def on_exception(request: Request, error: Exception) -> Response:
    """Anything else is our mistake: logged with its trace, told without."""
    log.error("a request failed", request_id=request_id_of(request), path=request.url.path, exc_info=error)
    told = answer(request, INTERNAL, "Something went wrong here. The log has more under the request id.", {})
    secure(request.scope, told.headers)  # this answer is made outside the guard
    return told


def to_field(place: tuple[Any, ...]) -> str:
    """`body.note`: without the framework's words for a path into a union."""
    return ".".join(str(part) for part in place if part not in ("query", "path")) or "request"


def request_id_of(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def answer(
    request: Request,
    kind: Kind,
    detail: str,
    headers: Mapping[str, str],
    *,
    errors: list[FieldProblem] | None = None,
    resync: str | None = None,
) -> Response:
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is not None and wants_page(request):
        shown = page(request, kind.status, kind.title, detail)
        shown.headers.update(headers)
        return shown
    problem = Problem(
        type=f"/problems/{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=clean(detail),
        instance=clean(request.url.path),
        request_id=request_id_of(request),
        errors=errors,
        resync=resync,
    )
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, kind.status, headers=dict(headers), media_type=MEDIA_TYPE)


def clean(words: str) -> str:
    """Without what JSON in UTF-8 cannot carry."""
    return words.encode("utf-8", "replace").decode()


def wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
