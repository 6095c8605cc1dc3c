"""Stories over HTTP: what is being talked about, and who says it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from app.api.doors import (
    PROBLEMS,
    READ,
    Before,
    Desk,
    Limit,
    Now,
    Reader,
    Triager,
    Word,
    link_next,
    to_filter_number,
    to_number,
)
from app.api.models import (
    HorizonOut,
    MergeIn,
    OutlookBinOut,
    OutlookRecordOut,
    RegroupedOut,
    SplitIn,
    StageIn,
    StageOut,
    StoriesOut,
    StoryFullOut,
    UndoIn,
)
from app.records import StoryFilter
from app.services.checks import check_id
from signals.outlook import HORIZONS

router = APIRouter(prefix="/stories", tags=["stories"], dependencies=[Depends(READ)], responses=PROBLEMS)

outlook_router = APIRouter(prefix="/outlook", tags=["stories"], dependencies=[Depends(READ)], responses=PROBLEMS)


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


@router.post("/{story_id}/merge", summary="Say that two stories are one")
async def merge(story_id: str, caller: Triager, services: Desk, now: Now, body: MergeIn) -> RegroupedOut:
    """The older keeps its number, and one alert for each watch goes on. 409 when one of them is part of another by now;
    403 for a restricted tip."""
    number, other = to_number(story_id, "story"), check_id(body.other, "other")
    return RegroupedOut.model_validate(await services.stories.merge(caller, number, other, now, reason=body.reason))


@router.post("/{story_id}/split", summary="Say that some of its signals tell of something else")
async def split(story_id: str, caller: Triager, services: Desk, now: Now, body: SplitIn) -> RegroupedOut:
    """They stand in a story of their own from now on, which automatic merging never joins again."""
    number = to_number(story_id, "story")
    signals = [check_id(one, "signals") for one in body.signals]
    return RegroupedOut.model_validate(await services.stories.split(caller, number, signals, now, reason=body.reason))


@router.post("/{story_id}/undo", summary="Take back a merge or split")
async def undo(story_id: str, caller: Triager, services: Desk, now: Now, body: UndoIn) -> RegroupedOut:
    """What joined since stays where it joined. 409 when it was taken back already, or nothing of it is left."""
    number, change = to_number(story_id, "story"), check_id(body.change, "change")
    return RegroupedOut.model_validate(await services.stories.undo(caller, number, change, now, reason=body.reason))


@router.post("/{story_id}/stage", summary="Say where a story stands for a watch")
async def set_stage(story_id: str, caller: Triager, services: Desk, now: Now, body: StageIn) -> StageOut:
    """Forkant proposes, people decide. The stage that it has already declines the proposal, which comes back only when
    much has changed; 409 where nothing is proposed."""
    number, watch = to_number(story_id, "story"), check_id(body.watch, "watch")
    row = await services.stories.set_stage(caller, number, watch, body.stage, now, reason=body.reason)
    return StageOut.model_validate(row)


@outlook_router.get("/record", summary="What the outlooks of the last 90 days were worth")
async def get_record(caller: Reader, services: Desk, now: Now) -> OutlookRecordOut:
    """Each prediction gives a chance to fading, holding and growing. Of those that gave one about the same chance:
    how often it came. A chance is honest where `came` is near `predicted`."""
    record = await services.stories.outlook_record(caller, now)
    return OutlookRecordOut(
        since=record.since,
        horizons=tuple(
            HorizonOut(
                horizon_seconds=horizon,
                predictions=record.predictions(horizon),
                brier=record.brier(horizon),
                brier_of_usual=record.brier_of_usual(horizon),
            )
            for horizon in HORIZONS
        ),
        bins=tuple(map(OutlookBinOut.model_validate, record.bins)),
    )
