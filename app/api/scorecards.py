"""Scorecards over HTTP, as JSON and CSV; and how many false alarms the organisation bears."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response

from app.alerts.types import HoldReason
from app.api.doors import PROBLEMS, READ, Admin, Desk, Now, Reader
from app.api.models.scorecards import FalseAlarmsIn, FalseAlarmsOut, ScorecardOut
from app.api.sheets import Cell, Dialect, Sheet, attached
from app.records.scorecards import Card, Figures, Period, Scorecard, Span, Times

router = APIRouter(tags=["scorecard"], dependencies=[Depends(READ)], responses=PROBLEMS)

Which = Annotated[Span, Query(description="Of the calendar, in the organisation's time zone; `custom` needs `from`")]
Day = Annotated[date | None, Query(description="A day of the week, month or quarter; default: today")]
First = Annotated[date | None, Query(alias="from", description="First day of a custom period; default: today")]
Last = Annotated[date | None, Query(alias="until", description="Its last day, counted in; default: today")]

HEADING: Final = (
    *("kind", "name", "period", "from", "until", "alerts", "alerts_a_day", "budget_a_day", "busiest_day"),
    *("days_above_budget", "useful", "judged", "precision", "precision_low", "precision_high"),
    *("peak_lead_alerts", "peak_lead_ahead", "peak_lead_median_minutes"),
    *("tier1_lead_alerts", "tier1_lead_ahead", "tier1_lead_median_minutes"),
    *("acknowledged", "acknowledge_median_minutes", "acknowledge_ninth_minutes"),
    *("handled", "handle_median_minutes", "handle_ninth_minutes", "untaken"),
    *(f"held_{reason}" for reason in HoldReason),
    "coverage",
)


@router.get("/scorecard", summary="How well it goes, by watch, team and organisation")
async def get_scorecard(
    caller: Reader,
    services: Desk,
    now: Now,
    span: Which = Span.MONTH,
    day: Day = None,
    first: First = None,
    last: Last = None,
) -> ScorecardOut:
    """Beside the period before. Figures made of fewer than five alerts are null; their counts are there."""
    found = await services.scorecards.get(caller, now, span, day=day, first=first, last=last)
    return ScorecardOut.model_validate(found)


@router.get(
    "/scorecard.csv",
    summary="The same as a table: two rows for each, this period and the one before",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
async def export_scorecard(
    caller: Reader,
    services: Desk,
    now: Now,
    span: Which = Span.MONTH,
    day: Day = None,
    first: First = None,
    last: Last = None,
    dialect: Annotated[Dialect, Query(description="`excel`: as Excel in our countries opens it")] = Dialect.PLAIN,
) -> Response:
    found = await services.scorecards.get(caller, now, span, day=day, first=first, last=last)
    name = f"Forkant {found.organisation.name} {found.period.first} {found.period.last}.csv"
    return attached(Sheet(HEADING, to_rows(found)), dialect, name)


@router.get("/false-alarms", summary="How many alarms of numbers alone are borne in 30 days, and how many are spent")
async def get_false_alarms(caller: Reader, services: Desk, now: Now) -> FalseAlarmsOut:
    return FalseAlarmsOut.model_validate(await services.scorecards.false_alarms(caller, now))


@router.put("/false-alarms", summary="Bear so many")
async def put_false_alarms(body: FalseAlarmsIn, caller: Admin, services: Desk, now: Now) -> FalseAlarmsOut:
    """It holds from the next finding on. What is held back is listed with its reason, never lost."""
    return FalseAlarmsOut.model_validate(await services.scorecards.bear(caller, body.a_month, now))


def to_rows(found: Scorecard) -> Iterator[tuple[Cell, ...]]:
    for card in found.cards:
        yield _row(card, "this", found.period, card.now)
        yield _row(card, "before", found.before, card.before)


def _row(card: Card, which: str, period: Period, figures: Figures) -> tuple[Cell, ...]:
    load, precision = figures.load, figures.precision
    return (
        *(card.kind.value, card.name, which, period.first.isoformat(), period.last.isoformat(), figures.alerts),
        *(round(load.a_day, 2), load.limit, load.busiest, load.days_above),
        *(precision.count, precision.of, _rounded(precision.share), _rounded(precision.low), _rounded(precision.high)),
        *_lead(figures.to_peak),
        *_lead(figures.to_tier1),
        *_took(figures.to_acknowledge),
        *_took(figures.to_handle),
        figures.untaken,
        *(figures.held.get(reason, 0) for reason in HoldReason),
        _rounded(figures.coverage),
    )


def _lead(times: Times) -> tuple[Cell, ...]:
    return times.count, times.ahead, _minutes(times.median)


def _took(times: Times) -> tuple[Cell, ...]:
    return times.count, _minutes(times.median), _minutes(times.ninth)


def _minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(minutes=1), 1)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
