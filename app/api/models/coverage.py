"""Coverage as JSON: now, and as the ledger has it."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import Id, Out
from app.records import Coverage
from app.records.coverage import Account, Ledger, SourceHours, State
from signals.types import Stakeholder


class AccountOut(Out):
    """`entries` = `known` + `dropped` + `own` + `copies` + `waiting` + `set_aside` + `taken_back`."""

    entries: Annotated[int, Field(description="In the documents that were fetched")]
    known: Annotated[int, Field(description="Known before, and unchanged")]
    dropped: Annotated[dict[str, int], Field(description="By reason")]
    stored: Annotated[int, Field(description="New items")]
    edited: Annotated[int, Field(description="New versions of known items")]
    own: Annotated[int, Field(description="Of those, signals that say something of their own")]
    copies: Annotated[dict[str, int], Field(description="By kind of copy")]
    waiting: Annotated[int, Field(description="On their way")]
    set_aside: Annotated[int, Field(description="Tried three times in vain")]
    taken_back: Annotated[int, Field(description="By their author, before they were understood")]
    is_balanced: bool


class LedgerHourOut(Out):
    hour: AwareDatetime
    share: float
    expected: float
    heard: Annotated[float, Field(description="Of what was expected, the part in hours that were heard")]
    not_asked: Annotated[float, Field(description="The part while nobody listened")]
    seen: int
    sources: int
    heard_sources: int


class SourceHourOut(Out):
    hour: AwareDatetime
    state: State
    expected: float
    seen: int


class LedgerSourceOut(Out):
    source_id: Id
    name: str
    stakeholder: Stakeholder
    tier: int
    is_priority: bool
    share: float
    expected: float
    seen: int
    silent_after: Annotated[
        AwareDatetime | None, Field(description="If it says nothing until then, it is silent; null: cannot be said")
    ]
    hours: tuple[SourceHourOut, ...]


class WindowOut(Out):
    start: AwareDatetime
    end: AwareDatetime
    share: Annotated[float | None, Field(description="Null: no hour of it is in the ledger")]
    expected: float
    heard: float
    seen: int
    sources: int
    states: Annotated[dict[str, int], Field(description="State to how many sources had such an hour")]


class CoverageOut(Out):
    at: AwareDatetime
    sources: int
    by_health: dict[str, int]
    share: Annotated[float, Field(description="Of what the sources usually say, the part of those heard at present")]
    is_listening: bool
    is_blind: bool
    is_stale: bool
    last_poll_at: AwareDatetime | None
    last_signal_at: AwareDatetime | None
    because: str
    window: WindowOut
    account: AccountOut
    by_hour: tuple[LedgerHourOut, ...] | None
    by_source: tuple[LedgerSourceOut, ...] | None


def to_coverage_out(coverage: Coverage, ledger: Ledger, *, with_hours: bool, with_sources: bool) -> CoverageOut:
    return CoverageOut(
        at=coverage.at,
        sources=coverage.sources,
        by_health=dict(coverage.by_health),
        share=coverage.share,
        is_listening=coverage.is_listening,
        is_blind=coverage.is_blind,
        is_stale=coverage.is_stale,
        last_poll_at=coverage.last_poll_at,
        last_signal_at=coverage.last_signal_at,
        because=coverage.because,
        window=_to_window(ledger),
        account=_to_account(ledger.account),
        by_hour=_to_hours(ledger) if with_hours else None,
        by_source=tuple(map(_to_source, ledger.sources)) if with_sources else None,
    )


def _to_window(ledger: Ledger) -> WindowOut:
    return WindowOut(
        start=ledger.begin,
        end=ledger.until,
        share=ledger.share,
        expected=round(sum(one.heard.expected for one in ledger.hours), 2),
        heard=round(sum(one.heard.heard for one in ledger.hours), 2),
        seen=sum(one.seen for one in ledger.hours),
        sources=ledger.total,
        states=dict(ledger.states),
    )


def _to_hours(ledger: Ledger) -> tuple[LedgerHourOut, ...]:
    return tuple(
        LedgerHourOut(
            hour=one.hour,
            share=one.heard.share,
            expected=round(one.heard.expected, 2),
            heard=round(one.heard.heard, 2),
            not_asked=round(one.heard.not_asked, 2),
            seen=one.seen,
            sources=one.sources,
            heard_sources=one.heard_sources,
        )
        for one in ledger.hours
    )


def _to_source(one: SourceHours) -> LedgerSourceOut:
    return LedgerSourceOut(
        source_id=str(one.source_id),
        name=one.name,
        stakeholder=Stakeholder(one.stakeholder),
        tier=one.tier,
        is_priority=one.is_priority,
        share=one.share,
        expected=round(one.expected, 2),
        seen=one.seen,
        silent_after=one.silent_after,
        hours=tuple(
            SourceHourOut(hour=hour, state=State(state), expected=round(expected, 2), seen=seen)
            for hour, state, expected, seen in one.hours
        ),
    )


def _to_account(account: Account) -> AccountOut:
    return AccountOut(
        entries=account.entries,
        known=account.known,
        dropped=dict(account.dropped),
        stored=account.stored,
        edited=account.edited,
        own=account.own,
        copies=dict(account.copies),
        waiting=account.waiting,
        set_aside=account.set_aside,
        taken_back=account.taken_back,
        is_balanced=account.is_balanced,
    )
