"""Sources over HTTP: where we listen, and how that goes."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.api.doors import COSTLY, PROBLEMS, READ, Admin, Desk, Now, Reader, Word, to_number
from app.api.models import PollOut, PushOut, SourceChangeIn, SourceFullOut, SourceIn, SourceOut, SourcesOut
from app.records import Caller, SourceDraft, SourceFilter
from signals.types import Stakeholder

router = APIRouter(prefix="/sources", tags=["sources"], dependencies=[Depends(READ)], responses=PROBLEMS)


@router.get("", summary="List sources with their health")
async def list_sources(
    caller: Reader,
    services: Desk,
    now: Now,
    health: Annotated[Word, Query(description="new, heard, silent, late, failing, blocked or retired")] = "",
    stakeholder: Stakeholder | None = None,
    q: Annotated[Word, Query(description="In name or address")] = "",
    active: Annotated[bool, Query(description="Only those that we listen to")] = False,
) -> SourcesOut:
    """The worst come first. All are listed: there are no pages."""
    which = SourceFilter(health, stakeholder, q, active)
    rows = await services.sources.list(caller, now, which)
    return SourcesOut(sources=tuple(map(SourceOut.model_validate, rows)))


@router.post("", status_code=201, summary="Listen to one more source")
async def add_source(body: SourceIn, caller: Annotated[Caller, Depends(COSTLY)], services: Desk, now: Now) -> SourceOut:
    """422 when the address may not be fetched, with the reason; 409 when we listen to it already."""
    return SourceOut.model_validate(await services.sources.add(caller, SourceDraft(**body.model_dump()), now))


@router.get("/{source_id}", summary="One source with its last visits")
async def get_source(source_id: str, caller: Reader, services: Desk, now: Now) -> SourceFullOut:
    number = to_number(source_id, "source")
    row = SourceOut.model_validate(await services.sources.get(caller, number, now))
    polls = tuple(map(PollOut.model_validate, await services.sources.polls(caller, number, now)))
    found = await services.pushes.of_source(caller, number)
    push = PushOut.model_validate(found) if found else None
    return SourceFullOut.model_construct(**dict(row), polls=polls, push=push)


@router.patch("/{source_id}", summary="Change a source, or stop listening to it")
async def change_source(source_id: str, body: SourceChangeIn, caller: Admin, services: Desk, now: Now) -> SourceOut:
    """`is_active: false` stops the polling and keeps what was said."""
    number = to_number(source_id, "source")
    row = await services.sources.get(caller, number, now)
    given = body.model_dump(exclude_none=True, exclude={"is_active"})
    if given:
        place = row.source
        draft = SourceDraft(
            address=place.address,
            name=place.name,
            kind=place.kind,
            stakeholder=place.stakeholder,
            tier=place.tier,
            family=place.family,
            country=place.country,
            language=place.language,
            is_priority=place.is_priority,
            is_own=place.is_own,
        )
        row = await services.sources.change(caller, number, replace(draft, **given), now)
    if body.is_active is not None and body.is_active != row.is_active:
        change = services.sources.activate if body.is_active else services.sources.deactivate
        row = await change(caller, number, now)
    return SourceOut.model_validate(row)
