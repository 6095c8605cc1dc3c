"""Stories over HTTP: what is being talked about, and who says it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from app.api.doors import PROBLEMS, READ, Before, Desk, Limit, Reader, Word, link_next, to_filter_number, to_number
from app.api.models import StoriesOut, StoryFullOut
from app.records import StoryFilter

router = APIRouter(prefix="/stories", tags=["stories"], dependencies=[Depends(READ)], responses=PROBLEMS)


def asked(
    watch: Annotated[Word | None, Query(description="Id of a watch that a signal of it hit")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Grown at or after")] = None,
    independent: Annotated[int, Query(ge=1, le=1000, description="At least so many independent publishers")] = 1,
) -> StoryFilter:
    return StoryFilter(to_filter_number(watch, "watch"), since, independent)


@router.get("", summary="List stories")
async def list_stories(
    request: Request,
    response: Response,
    caller: Reader,
    services: Desk,
    which: Annotated[StoryFilter, Depends(asked)],
    before: Before = None,
    limit: Limit = 50,
) -> StoriesOut:
    """Those that grew last come first."""
    page = await services.stories.list(caller, which, before=before, limit=limit)
    link_next(request, response, page.next)
    return StoriesOut.model_validate(page)


@router.get("/{story_id}", summary="One story with its signals")
async def get_story(story_id: str, caller: Reader, services: Desk) -> StoryFullOut:
    return StoryFullOut.model_validate(await services.stories.get(caller, to_number(story_id, "story")))
