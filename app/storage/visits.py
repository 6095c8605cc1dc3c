"""How visits to sources went: held by their leases, and written down many at a time, in one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.queries import query
from app.storage.sources import Account, Claim, Learnt
from signals.item_text import storable
from signals.rhythm import Health, Plan
from signals.types import Catch, Source

# The transaction need not wait for the disk: if it is lost in a crash, items and cursor are lost together, the lease
# ends by itself, and the next visit brings the same.
HOLD = text("""
    select
        held.source_id,
        nextval(pg_get_serial_sequence('poll', 'id')) as poll_id,
        set_config('synchronous_commit', 'off', true)
    from (
        select status.source_id
        from source_status as status
        join unnest(cast(:ids as bigint[]), cast(:nodes as text[]), cast(:untils as timestamptz[]))
            as given(source_id, node, until)
            on given.source_id = status.source_id and given.node = status.leased_by and given.until = status.lease_until
        order by status.source_id
        for update of status
    ) as held
""")


@dataclass(frozen=True, slots=True)
class Report:
    """What becomes of a source and its status after a visit. A value that is None leaves the column as it was."""

    source_id: int
    status: Mapping[str, object]
    poll: Mapping[str, object]
    about: Mapping[str, object]  # columns of the source itself; mostly none


async def hold_leases(connection: AsyncConnection, claims: Sequence[Claim]) -> dict[int, int]:
    """Lock the status of the sources that are still ours, in order of id, and number their polls.

    Who is missing has lost its lease, and with it the visit.
    """
    given = {
        "ids": [taken.source.id for taken in claims],
        "nodes": [taken.node for taken in claims],
        "untils": [taken.lease_until for taken in claims],
    }
    return {row.source_id: row.poll_id for row in await connection.execute(HOLD, given)}


def report_catch(taken: Claim, account: Account, catch: Catch, plan: Plan, learnt: Learnt) -> Report:
    """A visit that went well. The items are stored in the same transaction."""
    cursor, at = catch.cursor, account.at.isoformat()
    has_news = account.counts.stored or account.counts.edited
    status = {
        **_status(plan, account),
        "went_well": True,
        "etag": storable(cursor.etag),
        "last_modified": storable(cursor.last_modified),
        "body_hash": cursor.body_hash,
        "position": storable(cursor.position),
        "moved_to": storable(cursor.moved_to),
        "last_success_at": at,
        "last_error_kind": "",
        "last_new_at": at if has_news else None,
        "habit": None if learnt.habit == taken.pace.habit else learnt.habit.to_numbers(),
        "not_modified_at": _moment(learnt.not_modified_at),
        "doubted_until": _moment(learnt.doubted_until),
        "oddity": learnt.oddity or None,
        "oddity_at": at if learnt.oddity else None,
        **_said_of_itself(catch),
    }
    return Report(taken.source.id, status, _poll(account), _learnt_name(taken.source, catch))


def report_failure(taken: Claim, account: Account, kind: str, plan: Plan) -> Report:
    """A visit that failed. What we knew of the source stays as it was."""
    status = {**_status(plan, account), "went_well": False, "last_error_kind": kind}
    about = {"is_active": False} if plan.health is Health.RETIRED else {}
    return Report(taken.source.id, status, _poll(account), about)


async def write_down(connection: AsyncConnection, reports: Sequence[Report]) -> None:
    """Statuses, polls, and what the sources tell of themselves."""
    rows = [{"source_id": one.source_id, **one.status, **one.poll, **one.about} for one in reports]
    await connection.execute(query("visits.write_down"), {"rows": json.dumps(rows)})


def _status(plan: Plan, account: Account) -> dict[str, object]:
    return {
        "every": plan.every.total_seconds(),
        "next_poll_at": plan.next_poll_at.isoformat(),
        "health": plan.health,
        "failures": plan.failures,
        "error": storable(account.error),
        "at": account.at.isoformat(),
    }


def _poll(account: Account) -> dict[str, object]:
    counts, dropped = account.counts, dict(account.dropped)
    return {
        "poll_id": account.poll_id,
        "outcome": account.outcome,
        "took_ms": round(account.took / timedelta(milliseconds=1)),
        "size": account.size,
        "entries": counts.stored + counts.edited + counts.known + sum(dropped.values()),
        "stored": counts.stored,
        "edited": counts.edited,
        "known": counts.known,
        "dropped": dropped,
    }


def _said_of_itself(catch: Catch) -> dict[str, object]:
    """What only a document that we read can tell."""
    if catch.unchanged and (catch.goes_on or catch.remarks):  # a session tells of itself, also of an empty one
        return {"remarks": [*map(storable, catch.remarks)]}
    return {} if catch.unchanged else {"skips": list(catch.skips), "remarks": [*map(storable, catch.remarks)]}


def _learnt_name(known: Source, catch: Catch) -> dict[str, object]:
    """A source without a name, or named after its host, gets the name it gives itself; language likewise."""
    host = urlsplit(known.address).hostname or ""
    unnamed = known.name in ("", known.address, host, host.removeprefix("www."))
    name = storable(catch.title).strip() if unnamed else ""
    language = "" if known.language else storable(catch.language)
    return {key: value for key, value in (("name", name), ("language", language)) if value}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
