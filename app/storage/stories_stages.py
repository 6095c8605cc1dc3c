"""Where stories stand for watches: opened, looked at by the rules, decided by people."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Sight, StageChange, StageChangeKind, StageRow
from app.schema.lifecycle import stage_change, story_stage
from app.schema.story import story, story_member
from app.schema.watch import watch
from app.storage.seeing import is_seen
from classifiers.lifecycle import Reason, Stage, StageFacts

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SIGNALS = 300  # of a story, the latest: more would tell no more


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a story stands for a watch, as the rules find it."""

    story_id: int
    watch_id: int
    stage: Stage
    proposed: Stage | None
    declined: Stage | None
    declined_facts: StageFacts


@cache
def _query(name: str) -> Any:
    return text((Path(__file__).parent / "queries" / f"stories_stages.{name}.sql").read_text("utf-8"))


async def follow_merged(
    connection: AsyncConnection, now: datetime, *, since: datetime = LONG_AGO, young: int | None = None
) -> None:
    """Where stories stood that are part of others by now, the whole stands; of one, or of all that grew since."""
    await connection.execute(_query("follow"), {"now": now, "since": since, "young": young})


async def open_stages(connection: AsyncConnection, since: datetime, now: datetime) -> int:
    """Stories that an alert of a watch is about, or that two independent voices tell and a watch hears, stand
    somewhere from now on; those that grew since. Returns how many."""
    return (await connection.execute(_query("open"), {"since": since, "now": now})).rowcount


async def take_due(connection: AsyncConnection, now: datetime, since: datetime, limit: int) -> list[Standing]:
    """Those to be looked at, locked; others skip them: of stories that grew since, and those whose time has come."""
    rows = await connection.execute(_query("due"), {"now": now, "since": since, "limit": limit})
    return [
        Standing(
            row.story_id,
            row.watch_id,
            Stage(row.stage),
            Stage(row.proposed) if row.proposed else None,
            Stage(row.declined) if row.declined else None,
            StageFacts.from_state(row.declined_facts),
        )
        for row in rows
    ]


async def latest_members(connection: AsyncConnection, story_ids: Sequence[int]) -> dict[int, list[int]]:
    """The signals of each story, the latest where there are very many."""
    place = func.row_number().over(partition_by=story_member.c.story_id, order_by=story_member.c.signal_id.desc())
    numbered = (
        select(story_member.c.story_id, story_member.c.signal_id, place.label("place"))
        .where(story_member.c.story_id.in_(set(story_ids)))
        .subquery()
    )
    found: dict[int, list[int]] = {}
    rows = await connection.execute(
        select(numbered.c.story_id, numbered.c.signal_id)
        .where(numbered.c.place <= MOST_SIGNALS)
        .order_by(numbered.c.signal_id)
    )
    for row in rows:
        found.setdefault(row.story_id, []).append(row.signal_id)
    return found


async def severities(connection: AsyncConnection, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Of the living or latest alert of each watch about each story, or of what its detectors found."""
    given = {"stories": [story_id for story_id, _ in pairs], "watches": [watch_id for _, watch_id in pairs]}
    rows = await connection.execute(_query("severities"), given)
    return {(row.story_id, row.watch_id): row.severity for row in rows}


@dataclass(frozen=True, slots=True)
class Look:
    """What the rules found when they looked, and when to look again."""

    standing: Standing
    facts: StageFacts
    proposed: Stage | None
    because: tuple[Reason, ...]
    look_at: datetime | None

    @property
    def is_news(self) -> bool:
        return self.proposed is not self.standing.proposed


NOTE = text("""
    update story_stage
    set looked_at = :now, look_at = new.look_at, facts = new.facts, because = new.because, proposed = new.proposed,
        proposed_at = case
            when new.proposed = story_stage.proposed then story_stage.proposed_at
            when new.proposed <> '' then cast(:now as timestamptz)
        end
    from json_to_recordset(cast(:rows as json)) as new (
        story_id bigint, watch_id bigint, look_at timestamptz, facts jsonb, because jsonb, proposed text)
    where story_stage.story_id = new.story_id and story_stage.watch_id = new.watch_id
""")


async def note_looks(connection: AsyncConnection, looks: Sequence[Look], now: datetime) -> None:
    """New proposals, and those that no longer hold, go into the history."""
    rows = [
        {
            "story_id": one.standing.story_id,
            "watch_id": one.standing.watch_id,
            "look_at": one.look_at.isoformat() if one.look_at else None,
            "facts": one.facts.to_state(),
            "because": [asdict(reason) for reason in one.because],
            "proposed": one.proposed or "",
        }
        for one in looks
    ]
    await connection.execute(NOTE, {"rows": json.dumps(rows), "now": now})
    if news := [_to_change(one) for one in looks if one.is_news]:
        await connection.execute(APPEND, {"rows": json.dumps(news), "now": now})


APPEND = text("""
    insert into stage_change (story_id, watch_id, kind, before, after, at, because)
    select new.story_id, new.watch_id, new.kind, new.before, new.after, cast(:now as timestamptz), new.because
    from json_to_recordset(cast(:rows as json)) as new (
        story_id bigint, watch_id bigint, kind text, before text, after text, because jsonb)
    order by new.story_id, new.watch_id
""")


def _to_change(one: Look) -> dict[str, Any]:
    standing = one.standing
    return {
        "story_id": standing.story_id,
        "watch_id": standing.watch_id,
        "kind": (StageChangeKind.PROPOSED if one.proposed else StageChangeKind.WITHDRAWN).value,
        "before": standing.stage.value,
        "after": (one.proposed or standing.proposed or standing.stage).value,
        "because": [asdict(reason) for reason in one.because],
    }


async def append_change(
    connection: AsyncConnection,
    story_id: int,
    watch_id: int,
    kind: StageChangeKind,
    before: Stage,
    after: Stage,
    now: datetime,
    *,
    actor: str,
    reason: str,
) -> None:
    """What people decided."""
    row = {
        "story_id": story_id,
        "watch_id": watch_id,
        "kind": kind.value,
        "before": before.value,
        "after": after.value,
        "at": now,
        "actor": actor,
        "reason": reason,
    }
    await connection.execute(insert(stage_change).values(row))


# --- people ------------------------------------------------------------------------------------------------


def _select_stages(sight: Sight) -> Select[Any]:
    return (
        select(story_stage, watch.c.name.label("watch_name"))
        .join(watch, watch.c.id == story_stage.c.watch_id)
        .where(watch.c.organisation_id == sight.organisation_id, is_seen(sight, story_stage.c.story_id))
    )


async def list_stages(connection: AsyncConnection, sight: Sight, story_id: int) -> tuple[StageRow, ...]:
    """Where a story stands for each watch."""
    rows = await connection.execute(
        _select_stages(sight).where(story_stage.c.story_id == story_id).order_by(watch.c.name, watch.c.id)
    )
    return tuple(map(to_stage_row, rows))


async def find_stage(connection: AsyncConnection, sight: Sight, story_id: int | None, watch_id: int) -> StageRow | None:
    here = (story_stage.c.story_id == story_id) & (story_stage.c.watch_id == watch_id)
    row = (await connection.execute(_select_stages(sight).where(here))).first()
    return to_stage_row(row) if row else None


async def list_stage_changes(
    connection: AsyncConnection, sight: Sight, story_id: int, limit: int = 100
) -> tuple[StageChange, ...]:
    """What became of it for each watch, newest first; what was merged into it has a history too."""
    parts = select(story.c.id).where((story.c.id == story_id) | (story.c.merged_into == story_id))
    rows = await connection.execute(
        select(stage_change, watch.c.name.label("watch_name"))
        .join(watch, watch.c.id == stage_change.c.watch_id)
        .where(
            stage_change.c.story_id.in_(parts),
            watch.c.organisation_id == sight.organisation_id,
            is_seen(sight, stage_change.c.story_id),
        )
        .order_by(stage_change.c.id.desc())
        .limit(limit)
    )
    return tuple(
        StageChange(
            id=row.id,
            story_id=row.story_id,
            watch_id=row.watch_id,
            watch_name=row.watch_name,
            kind=StageChangeKind(row.kind),
            before=Stage(row.before) if row.before else None,
            after=Stage(row.after),
            at=row.at,
            actor=row.actor,
            reason=row.reason,
            because=_reasons(row.because),
        )
        for row in rows
    )


async def take_stage(
    connection: AsyncConnection, sight: Sight, story_id: int, watch_id: int, now: datetime
) -> StageRow:
    """Where it stands, locked; opened where the rules have not come by yet."""
    new = {"story_id": story_id, "watch_id": watch_id, "set_at": now, "looked_at": now, "look_at": now}
    await connection.execute(upsert(story_stage).values(new).on_conflict_do_nothing())
    row = (
        await connection.execute(
            _select_stages(sight)
            .where(story_stage.c.story_id == story_id, story_stage.c.watch_id == watch_id)
            .with_for_update(of=story_stage)
        )
    ).one()
    return to_stage_row(row)


async def decide_stage(
    connection: AsyncConnection,
    found: StageRow,
    stage: Stage,
    declined: Stage | None,
    actor: str,
    words: str,
    now: datetime,
) -> None:
    """Where it stands from now on. `declined`: what the rules say, and people do not; it is not proposed again soon."""
    here = (story_stage.c.story_id == found.story_id) & (story_stage.c.watch_id == found.watch_id)
    values: dict[str, Any] = {"proposed": "", "proposed_at": None, "because": []}
    if stage is not found.stage:
        values |= {"stage": stage.value, "set_at": now, "set_by": actor, "reason": words}
    if declined is not None:
        values |= {"declined": declined.value, "declined_facts": story_stage.c.facts}
    await connection.execute(update(story_stage).where(here).values(**values))


def to_stage_row(row: Row[Any]) -> StageRow:
    return StageRow(
        story_id=row.story_id,
        watch_id=row.watch_id,
        watch_name=row.watch_name,
        stage=Stage(row.stage),
        set_at=row.set_at,
        set_by=row.set_by,
        reason=row.reason,
        proposed=Stage(row.proposed) if row.proposed else None,
        proposed_at=row.proposed_at,
        because=_reasons(row.because),
    )


def _reasons(given: Sequence[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(one["name"], one["value"]) for one in given)
