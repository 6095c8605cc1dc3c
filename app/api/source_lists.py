"""Adding sources over HTTP: finding feeds behind an address, reading lists in and out."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.doors import COSTLY, PROBLEMS, READ, Desk, Now, Reader
from app.api.models.source_lists import DiscoverIn, FoundSourcesOut, ListReportOut
from app.records import Caller, SourceDraft
from signals.types import Stakeholder

router = APIRouter(tags=["sources"], dependencies=[Depends(READ)], responses=PROBLEMS)

OPML: Final = "text/x-opml"
FILE_NAME: Final = "forkant-sources.opml"
BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "OPML, at most 5 MB and 2,000 feeds; folders become stakeholder groups",
        "content": {OPML: {"schema": {"type": "string"}}, "application/xml": {"schema": {"type": "string"}}},
    }
}


@router.post("/sources/discover", summary="Find the feeds behind any address")
async def discover(
    body: DiscoverIn, caller: Annotated[Caller, Depends(COSTLY)], services: Desk, now: Now
) -> FoundSourcesOut:
    """Visits the address and what it names, at most twenty seconds; adds nothing."""
    return FoundSourcesOut.model_validate(await services.discoveries.find(caller, body.address, now))


@router.post("/sources/opml", summary="Look through a reading list, or add what is new in it", openapi_extra=BODY)
async def take_opml(
    request: Request,
    caller: Annotated[Caller, Depends(COSTLY)],
    services: Desk,
    now: Now,
    apply: Annotated[bool, Query(description="Add the new ones; else only look")] = False,
    stakeholder: Annotated[Stakeholder, Query(description="Where no folder tells")] = Stakeholder.MEDIA,
    tier: Annotated[int, Query(ge=1, le=3)] = 2,
) -> ListReportOut:
    """Nothing is fetched now. Each feed is answered for: new, known, repeated or refused, with the reason."""
    defaults = SourceDraft("", stakeholder=stakeholder, tier=tier)
    report = await services.source_lists.take(caller, await request.body(), defaults, now, apply=apply)
    return ListReportOut.model_validate(report)


@router.get(
    "/sources.opml",
    summary="All sources that we listen to, as OPML 2.0",
    response_class=Response,
    responses={200: {"content": {OPML: {}}}},
)
async def export_opml(caller: Reader, services: Desk, now: Now) -> Response:
    """Folders are stakeholder groups. Taken in again it gives the same sources."""
    organisation = await services.overviews.organisation(caller)
    text = await services.source_lists.export(caller, f"Sources of {organisation.name}", now)
    return Response(text, media_type=OPML, headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'})
