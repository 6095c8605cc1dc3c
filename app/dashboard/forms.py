"""What comes in from addresses and forms: texts to values, and plain words where they make none."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from fastapi import Request
from starlette.datastructures import FormData

from app.alerts.types import AlertState, DismissReason, Level, Sensitivity
from app.api.access import safe_next
from app.errors import Invalid, NotFound
from app.records import Copies, ReceiverDraft, SignalFilter, SourceDraft, WatchDraft
from app.services.checks import check_id
from classifiers.types import Tone
from signals.types import Stakeholder

Choice = TypeVar("Choice", bound=StrEnum)


def asked(request: Request, name: str) -> str:
    """A parameter of the address, trimmed; empty: not given."""
    return request.query_params.get(name, "").strip()[:500]


def one_of(choices: type[Choice], given: str, field: str) -> Choice | None:
    if not given:
        return None
    try:
        return choices(given)
    except ValueError:
        raise Invalid(f"`{field}` is one of: {', '.join(choices)}", field) from None


def number_of(given: str, field: str) -> int | None:
    return check_id(given, field) if given else None


def path_number(given: str, what: str) -> int:
    """The number in a path; NotFound where there is none."""
    try:
        return check_id(given, "id")
    except Invalid:
        raise NotFound(f"There is no such {what}") from None


def moment_of(given: str, field: str) -> datetime | None:
    """A time with its zone; without one it is UTC."""
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError:
        raise Invalid(f"`{field}` is no time such as 2026-03-11T12:00Z", field) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def states_of(request: Request) -> frozenset[AlertState]:
    given = [state for state in request.query_params.getlist("state") if state not in ("", "all")]
    return frozenset(state for one in given[:10] if (state := one_of(AlertState, one, "state")))


def level_of(request: Request) -> Level | None:
    return one_of(Level, asked(request, "level"), "level")


def signal_filter(request: Request) -> SignalFilter:
    return SignalFilter(
        words=asked(request, "q"),
        source_id=number_of(asked(request, "source"), "source"),
        language=asked(request, "language"),
        topic=asked(request, "topic"),
        watch_id=number_of(asked(request, "watch"), "watch"),
        story_id=number_of(asked(request, "story"), "story"),
        since=moment_of(asked(request, "since"), "since"),
        until=moment_of(asked(request, "until"), "until"),
        copies=one_of(Copies, asked(request, "copies"), "copies") or Copies.ALL,
        tone=one_of(Tone, asked(request, "tone"), "tone") or "",
    )


def text_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def whole_of(form: FormData, name: str, default: int) -> int:
    given = text_of(form, name)
    if not given:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise Invalid("This is not a whole number", name)
    return int(given)


def list_of(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(value for value in form.getlist(name) if isinstance(value, str) and value)


def codes_of(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(text_of(form, name).replace(",", " ").split())


def next_of(form: FormData, default: str) -> str:
    """Where to go after a change: a path of our own (SE-23)."""
    given = text_of(form, "next")
    return safe_next(given) if given else default


def position_of(form: FormData) -> int | None:
    return number_of(text_of(form, "position"), "position")


def reason_of(form: FormData) -> DismissReason | None:
    return one_of(DismissReason, text_of(form, "reason"), "reason")


def source_draft(form: FormData) -> SourceDraft:
    return SourceDraft(
        address=text_of(form, "address"),
        kind=text_of(form, "kind") or "feed",
        name=text_of(form, "name"),
        stakeholder=one_of(Stakeholder, text_of(form, "stakeholder"), "stakeholder") or Stakeholder.MEDIA,
        tier=whole_of(form, "tier", 2),
        family=text_of(form, "family"),
        country=text_of(form, "country"),
        language=text_of(form, "language"),
        is_priority=text_of(form, "is_priority") == "yes",
        is_own=text_of(form, "is_own") == "yes",
    )


def watch_draft(form: FormData) -> WatchDraft:
    return WatchDraft(
        name=text_of(form, "name"),
        query=text_of(form, "query"),
        languages=codes_of(form, "languages"),
        topics=list_of(form, "topics"),
        owner=text_of(form, "owner"),
        sensitivity=one_of(Sensitivity, text_of(form, "sensitivity"), "sensitivity") or Sensitivity.INTERNAL,
        priority=whole_of(form, "priority", 2),
        alerts_per_day=whole_of(form, "alerts_per_day", 3),
        time_zone=text_of(form, "time_zone"),
    )


def receiver_draft(form: FormData) -> ReceiverDraft:
    return ReceiverDraft(
        name=text_of(form, "name"),
        kind=text_of(form, "kind") or "slack",
        address=text_of(form, "address"),
        secret=text_of(form, "secret"),
        min_level=one_of(Level, text_of(form, "min_level"), "min_level") or Level.LOW,
        is_active=text_of(form, "is_active") != "no",
    )
