"""Topics, trends and coverage over HTTP: what the charts are drawn from."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from app.api.doors import PROBLEMS, READ, Desk, Limit, Now, Reader, Word, to_filter_number
from app.api.models import CoverageOut, TopicOut, TopicsOut, TrendOut
from app.api.models.coverage import to_coverage_out
from app.records import Bucket, Subject, SubjectKind
from app.records.coverage import LedgerFilter, State
from classifiers.types import Tone
from signals.types import Stakeholder

router = APIRouter(tags=["trends"], dependencies=[Depends(READ)], responses=PROBLEMS)

DAY = timedelta(days=1)
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
    tone: Annotated[Tone | None, Query(description="Only signals of this tone toward the one they are about")] = None,
) -> TrendOut:
    """Where nobody listened `signals` is null: a gap, never a zero. The bucket still open is `is_partial`."""
    end = min(end or now, now)
    trend = await services.trends.get(
        caller,
        Subject(subject, name, tone or ""),
        bucket,
        start or end - WEEK,
        end,
        now,
        time_zone=time_zone,
        with_band=band,
    )
    return TrendOut.model_validate(trend)


class By(StrEnum):
    """How the ledger is to be read."""

    SUMMARY = "summary"
    HOUR = "hour"
    SOURCE = "source"


@router.get("/coverage", summary="Do we hear what we mean to hear?")
async def get_coverage(
    caller: Reader,
    services: Desk,
    now: Now,
    by: Annotated[By, Query(description="`hour` and `source` add those rows of the ledger")] = By.SUMMARY,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="Default: a day before `to`")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Default: now")] = None,
    watch: Annotated[str | None, Query(description="Only the sources that this watch listens to")] = None,
    stakeholder: Annotated[Stakeholder | None, Query(description="Only sources of this group")] = None,
    state: Annotated[State | None, Query(description="Only sources that had such an hour")] = None,
    limit: Limit = 200,
    skip: Annotated[int, Query(ge=0, le=100_000, description="Sources to leave out, those that miss most first")] = 0,
) -> CoverageOut:
    """Now, and in the ledger of a time: `share` is the part of what sources usually say, by the hour of the week,
    that fell into hours in which we heard them. Hours not yet over are not in the ledger."""
    end = min(end or now, now)
    ledger = await services.coverage.ledger(
        caller,
        start or end - DAY,
        end,
        LedgerFilter(stakeholder=stakeholder or "", state=state or ""),
        watch_id=to_filter_number(watch, "watch"),
        limit=limit if by is By.SOURCE else 0,
        skip=skip,
    )
    present = await services.coverage.get(caller, now)
    return to_coverage_out(present, ledger, with_hours=by is By.HOUR, with_sources=by is By.SOURCE)
