"""The books after a test: whatever a visit fetched is stored, known, a copy, dropped with a reason, or on its way."""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.source import poll
from app.storage.coverage import account_of
from app.storage.database import Database

# Polls that a test has made up: nobody has fetched what they claim.
BY_HAND: set[int] = set()

WRONG = text("""
    select poll.id, poll.outcome, poll.entries, poll.stored, poll.edited, poll.known, poll.dropped, brought.items,
        brought.nowhere
    from poll
    left join (
        select item.poll_id, count(*) as items,
            count(*) filter (
                where progress.item_id is null and signal.id is null and item.content_hash <> '') as nowhere
        from item
        left join progress on progress.item_id = item.id
        left join signal on signal.id = item.id
        where item.poll_id is not null
        group by item.poll_id
    ) as brought on brought.poll_id = poll.id
    where poll.id <> all (cast(:by_hand as bigint[]))
        and (poll.entries <> poll.stored + poll.edited + poll.known
                + (select coalesce(sum(cast(value as bigint)), 0) from jsonb_each_text(poll.dropped))
            or poll.stored + poll.edited <> coalesce(brought.items, 0)
            or coalesce(brought.nowhere, 0) > 0)
    limit 5
""")


async def made_by_hand(connection: AsyncConnection) -> None:
    """All polls so far."""
    BY_HAND.update((await connection.scalars(select(poll.c.id))).all())


async def check_books(database: Database) -> None:
    """Every poll's own account, and, where all are real, the account of them together."""
    async with database.transaction() as connection:
        wrong = [tuple(row) for row in await connection.execute(WRONG, {"by_hand": sorted(BY_HAND)})]
        assert not wrong, f"polls whose account does not add up: {wrong}"
        if not BY_HAND and await connection.scalar(select(func.count()).select_from(poll)):
            account = await account_of(connection, None, None, None)
            assert account.is_balanced, account
