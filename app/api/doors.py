"""What every door needs: the services, the time, the caller, numbers behind opaque ids, entity tags."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, StringConstraints

from app.api.access import needs
from app.api.problems import Problem
from app.errors import Invalid, NotFound
from app.records import Caller, Scope
from app.services.checks import check_id
from app.services.directory import Services

READ: Final = needs(Scope.READ)
TRIAGE: Final = needs(Scope.TRIAGE)
ADMIN: Final = needs(Scope.ADMIN)
COSTLY: Final = needs(Scope.ADMIN, costly=True)

Reader = Annotated[Caller, Depends(READ)]
Triager = Annotated[Caller, Depends(TRIAGE)]
Admin = Annotated[Caller, Depends(ADMIN)]

# Every error of every route has this shape.
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "model": Problem,
        "description": "A problem (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}

POLLED: Final = "private, no-cache"


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def present(request: Request) -> datetime:
    now: datetime = request.app.state.now()
    return now


Desk = Annotated[Services, Depends(services_of)]
Now = Annotated[datetime, Depends(present)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many rows at most")]
Before = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
Word = Annotated[str, StringConstraints(max_length=200)]


def to_number(given: str, what: str) -> int:
    """The number behind an opaque id; NotFound for one that we never gave."""
    try:
        return check_id(given, "id")
    except Invalid:
        raise NotFound(f"There is no {what} {given[:40]}") from None


def to_filter_number(given: str | None, field: str) -> int | None:
    return None if given is None else check_id(given, field)


def link_next(request: Request, response: Response, place: str | None) -> None:
    """RFC 8288, for those who page by header."""
    if place:
        address = request.url.include_query_params(before=place)
        response.headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'


def tag_of(*parts: object) -> str:
    """A strong entity tag of what an answer is made of."""
    return '"' + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest() + '"'


def is_known(request: Request, tag: str) -> bool:
    """Does the client hold the answer with this tag (CV-33)?"""
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return tag in known or known == ["*"]


def unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": POLLED, "Vary": "Authorization, Cookie"})


def tagged(body: BaseModel, tag: str) -> Response:
    return Response(
        body.model_dump_json(),
        headers={"ETag": tag, "Cache-Control": POLLED, "Vary": "Authorization, Cookie"},
        media_type="application/json",
    )


def version_asked(request: Request) -> int | None:
    """The version in If-Match, which stands before the dot in our tags; None: none was asked for."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    version = given.strip().strip('"').partition(".")[0]
    try:
        return check_id(version, "If-Match")
    except Invalid:
        return -1  # a tag of another kind matches nothing
