"""Topics, trends and coverage over HTTP: what the charts are drawn from."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from app.api.doors import PROBLEMS, READ, Desk, Now, Reader, Word
from app.api.models import CoverageOut, TopicOut, TopicsOut, TrendOut
from app.records import Bucket, Subject, SubjectKind

router = APIRouter(tags=["trends"], dependencies=[Depends(READ)], responses=PROBLEMS)

WEEK = timedelta(days=7)


@router.get("/topics", summary="The risks and opportunities that we know by name")
async def list_topics(
    services: Desk, language: Annotated[Word, Query(description="Of `label`", examples=["nb"])] = "en"
) -> TopicsOut:
    return TopicsOut(topics=tuple(map(TopicOut.model_validate, services.topics.list(language))))


@router.get("/trends", summary="Signals of a subject over time")
async def get_trend(
    caller: Reader,
    services: Desk,
    now: Now,
    subject: Annotated[SubjectKind, Query(description="What it is about")] = SubjectKind.EVERYTHING,
    name: Annotated[Word, Query(description="Id of the watch or source or topic, or a language")] = "",
    bucket: Bucket = Bucket.HOUR,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="Default: a week before `to`")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Default: now")] = None,
    time_zone: Annotated[Word, Query(description="IANA name; default: the organisation's")] = "",
    band: Annotated[bool, Query(description="With what is usual")] = True,
) -> TrendOut:
    """Where nobody listened `signals` is null: a gap, never a zero. The bucket still open is `is_partial`."""
    end = min(end or now, now)
    trend = await services.trends.get(
        caller, Subject(subject, name), bucket, start or end - WEEK, end, now, time_zone=time_zone, with_band=band
    )
    return TrendOut.model_validate(trend)


@router.get("/coverage", summary="Do we hear what we mean to hear?")
async def get_coverage(caller: Reader, services: Desk, now: Now) -> CoverageOut:
    return CoverageOut.model_validate(await services.coverage.get(caller, now))
