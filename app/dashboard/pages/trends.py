"""Trends: one subject over time, with what is usual, alerts and gaps; range and subject stand in the address."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.charts import find, per_thousand, to_json
from app.dashboard.doors import Reader
from app.dashboard.forms import asked, one_of
from app.dashboard.rendering import page, speech_of
from app.errors import Invalid
from app.records import Bucket, Subject, SubjectKind, Trend
from app.services.checks import LANGUAGES
from classifiers.types import Tone

router = APIRouter()

RANGES: Final = {
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
WIDTHS: Final = ((timedelta(hours=6), Bucket.QUARTER), (timedelta(days=8), Bucket.HOUR))


@dataclass(frozen=True, slots=True)
class Range:
    """What the address asks for; `name` is a key of RANGES or `custom`."""

    name: str
    start: datetime
    end: datetime
    bucket: Bucket


@router.get("/trends")
async def show_trend(request: Request, caller: Reader) -> HTMLResponse:
    services, now = services_of(request), present(request)
    frame, say = await speech_of(request, caller)
    subject = subject_of(asked(request, "subject"))
    subject = replace(subject, tone=one_of(Tone, asked(request, "tone"), "tone") or "")
    span = range_of(request, now, frame.organisation.time_zone)
    trend = await services.trends.get(caller, subject, span.bucket, span.start, span.end, now)
    if is_too_fine(request, trend):
        span = replace(span, bucket=Bucket.DAY)
        trend = await services.trends.get(caller, subject, span.bucket, span.start, span.end, now)
    finding = find(trend, say)
    is_share = asked(request, "per") == "1000" and (subject.kind is not SubjectKind.EVERYTHING or bool(subject.tone))
    drawn = trend
    if is_share:
        everything = await services.trends.get(
            caller, Subject(), span.bucket, span.start, span.end, now, with_band=False
        )
        drawn = per_thousand(trend, everything)
    unit = "signals per 1,000 heard" if is_share else "independent signals"
    return await page(
        request,
        caller,
        "trends",
        frame=frame,
        trend=trend,
        drawn=drawn,
        chart=to_json(drawn, say, unit),
        finding=finding,
        unit=unit,
        is_share=is_share,
        span=span,
        subject=asked(request, "subject") or "everything",
        ranges=tuple(RANGES),
        given={name: asked(request, name) for name in ("subject", "range", "from", "until", "bucket", "per", "tone")},
        watches=await services.watches.list(caller, now),
        sources=sorted(await services.sources.list(caller, now), key=lambda row: row.source.name.casefold()),
        languages=LANGUAGES,
        drill=drill(subject),
    )


def subject_of(given: str) -> Subject:
    """`watch:3`, `topic:health_safety`, `source:12`, `language:nb` or `everything`."""
    if not given:
        return Subject()
    kind, _, name = given.partition(":")
    return Subject(one_of(SubjectKind, kind, "subject") or SubjectKind.EVERYTHING, name)


def drill(subject: Subject) -> dict[str, str]:
    """The search that opens exactly what a subject counts (UX-08)."""
    toned = {"tone": subject.tone} if subject.tone else {}
    if subject.kind is SubjectKind.EVERYTHING:
        return {**toned, "copies": "none"}
    return {subject.kind.value: subject.name, **toned, "copies": "none"}


def range_of(request: Request, now: datetime, zone_name: str) -> Range:
    name = asked(request, "range") or ("custom" if asked(request, "from") else "7d")
    zone = ZoneInfo(zone_name)
    if name == "custom":
        start = day_of(asked(request, "from"), "from", zone)
        until = asked(request, "until")
        end = day_of(until, "until", zone) + timedelta(days=1) if until else now
    elif name in RANGES:
        start, end = now - RANGES[name], now
    else:
        raise Invalid(f"`range` is one of: {', '.join(RANGES)}, custom", "range")
    bucket = one_of(Bucket, asked(request, "bucket"), "bucket") or width_for(end - start)
    return Range(name, start, end, bucket)


def width_for(span: timedelta) -> Bucket:
    return next((bucket for longest, bucket in WIDTHS if span <= longest), Bucket.DAY)


def is_too_fine(request: Request, trend: Trend) -> bool:
    """Hours of a week in which little is said make a comb, not a line; nobody asked for hours."""
    is_long = trend.end - trend.start > timedelta(days=3)
    is_free = not asked(request, "bucket")
    return is_free and is_long and trend.bucket is Bucket.HOUR and trend.total < len(trend.points)


def day_of(given: str, field: str, zone: ZoneInfo) -> datetime:
    """Local midnight of a day such as 2026-03-11."""
    try:
        return datetime.combine(datetime.strptime(given, "%Y-%m-%d").date(), time(), zone)  # noqa: DTZ007
    except ValueError:
        raise Invalid("Give a day such as 2026-03-11", field) from None
