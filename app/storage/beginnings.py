"""What a new installation gets, and the signs of life of its processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.node import node
from app.schema.organisation import organisation
from app.schema.source import source
from app.schema.watch import watch


async def server_version(connection: AsyncConnection) -> int:
    """The major version of Postgres."""
    return int(await connection.scalar(text("show server_version_num"))) // 10000


@dataclass(frozen=True, slots=True)
class Spoken:
    """An organisation: how it is called, and how it is spoken to."""

    name: str
    language: str
    time_zone: str


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other process sets up this database."""
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('forkant.setup'))"))


async def find_organisation(connection: AsyncConnection) -> int | None:
    found: int | None = await connection.scalar(select(organisation.c.id).order_by(organisation.c.id).limit(1))
    return found


async def add_organisation(
    connection: AsyncConnection, name: str, time_zone: str, now: datetime, language: str = "en"
) -> int:
    row = {"name": name, "time_zone": time_zone, "language": language, "created_at": now}
    added = insert(organisation).values(row).returning(organisation.c.id)
    return int((await connection.execute(added)).scalar_one())


async def count_sources(connection: AsyncConnection) -> int:
    return int(await connection.scalar(select(func.count()).select_from(source)) or 0)


async def add_first_watch(connection: AsyncConnection, organisation_id: int, time_zone: str, now: datetime) -> None:
    """A watch over everything, so that a new installation has something to say."""
    row = {
        "organisation_id": organisation_id,
        "name": "Everything we hear",
        "query": "",
        "time_zone": time_zone,
        "created_at": now,
        "changed_at": now,
    }
    await connection.execute(insert(watch).values(row))


async def show_life(connection: AsyncConnection, node_id: str, role: str, now: datetime) -> None:
    row = {"id": node_id, "role": role, "started_at": now, "seen_at": now}
    await connection.execute(
        upsert(node).values(row).on_conflict_do_update(index_elements=["id"], set_={"seen_at": now})
    )


async def remove_node(connection: AsyncConnection, node_id: str) -> None:
    await connection.execute(delete(node).where(node.c.id == node_id))


async def forget_dead_nodes(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(node).where(node.c.seen_at < before))


async def lives_on(connection: AsyncConnection, host: str, now: datetime) -> bool:
    """Has a process of that machine shown life in the last minute?"""
    alive = select(node.c.id).where(
        node.c.id.startswith(f"{host}:", autoescape=True), node.c.seen_at > now - timedelta(minutes=1)
    )
    return (await connection.execute(alive.limit(1))).first() is not None


async def change_organisation(connection: AsyncConnection, organisation_id: int, change: Mapping[str, str]) -> Spoken:
    """The organisation as it is now."""
    mine = organisation.c.id == organisation_id
    if change:
        await connection.execute(update(organisation).where(mine).values(dict(change)))
    row = (await connection.execute(select(organisation).where(mine))).one()
    return Spoken(row.name, row.language, row.time_zone)


async def find_organisation_called(connection: AsyncConnection, named: str) -> int | None:
    """By number or name; the first where no name is given."""
    if not named:
        return await find_organisation(connection)
    number = int(named) if named.isascii() and named.isdecimal() and len(named) < 10 else 0
    found: int | None = await connection.scalar(
        select(organisation.c.id).where((organisation.c.id == number) | (organisation.c.name == named)).limit(1)
    )
    return found
