"""Tips: what colleagues and other systems tell us."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, NotFound
from app.records import Caller, GivenTip, RefusedTip, Repeat, Scope, TakenTip, TipLink, TipReport
from app.storage import tip_links as links
from app.storage import tips as store
from app.storage.database import Database
from app.storage.tips import Door
from signals.types import Sensitivity

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when it is read aloud


class Tips:
    """Giving tips, and the link for colleagues who do not sign in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def give(
        self,
        caller: Caller,
        given: Sequence[GivenTip],
        now: datetime,
        *,
        refused: Sequence[RefusedTip] = (),
        repeat: Repeat | None = None,
    ) -> TipReport:
        """Keep the good ones and say of each other one why not. `refused`: by the door already. Whoever repeats a
        request is given the first answer; Invalid when they ask something else under the same name."""
        who = f"key {caller.key_id}" if caller.key_id else f"person {caller.person_id}"
        async with self.database.transaction() as connection:
            if repeat is not None:
                found = await store.find_answer(connection, caller.organisation_id, who, repeat, now)
                if found is not None:
                    return same_answer(repeat, *found)
            report = await self._give(connection, caller, given, refused, now)
            if repeat is not None:
                await store.keep_answer(connection, caller.organisation_id, who, repeat, report, now)
        return report

    async def _give(
        self,
        connection: AsyncConnection,
        caller: Caller,
        given: Sequence[GivenTip],
        refused: Sequence[RefusedTip],
        now: datetime,
    ) -> TipReport:
        await store.take_turn(connection, caller.organisation_id)
        if any(not one.source for one in given):
            await store.open_first_door(connection, caller.organisation_id, now)
        doors = await store.list_doors(connection, caller.organisation_id)
        taken, heard, no = [], set(), list(refused)
        for one in given:
            try:
                door = door_of(one.source, doors)
                taken.append(await self._take(connection, door, one, now))
            except Invalid as problem:
                no.append(RefusedTip(one.index, problem.field, str(problem)))
            else:
                heard |= {door.id} if one.tip.sensitivity is not Sensitivity.RESTRICTED else set()
        for door_id in sorted(heard):
            await store.note_heard(connection, door_id, now)
        return TipReport(tuple(taken), tuple(sorted(no, key=lambda one: one.index)))

    async def _take(self, connection: AsyncConnection, door: Door, one: GivenTip, now: datetime) -> TakenTip:
        reference = one.tip.reference or draw_reference()
        stored = await store.store_tip(connection, door, one.tip, reference, now)
        if stored.sensitivity is not one.tip.sensitivity:
            raise Invalid(
                f"This tip was given as {stored.sensitivity}, which stays so: give it anew under another reference",
                "sensitivity",
            )
        return TakenTip(one.index, reference, stored.outcome, stored.item_id)

    async def find_link(self, caller: Caller) -> TipLink | None:
        async with self.database.transaction() as connection:
            return await links.find_living(connection, caller.organisation_id)

    async def make_link(self, caller: Caller, now: datetime) -> str:
        """The token of a new link, shown this once; the link before it leads nowhere from now on."""
        token = secrets.token_urlsafe(32)
        async with self.database.transaction() as connection:
            await store.take_turn(connection, caller.organisation_id)
            await links.revoke(connection, caller.organisation_id, now)
            await links.add(connection, caller.organisation_id, hashed(token), caller.name, now)
        return token

    async def revoke_link(self, caller: Caller, now: datetime) -> None:
        async with self.database.transaction() as connection:
            await links.revoke(connection, caller.organisation_id, now)

    async def caller_of_link(self, token: str) -> Caller:
        """Somebody who may give tips and do nothing else; NotFound where the link leads nowhere."""
        async with self.database.transaction() as connection:
            organisation_id = await links.find_organisation(connection, hashed(token))
        if organisation_id is None:
            raise NotFound("This link leads nowhere any more: ask whoever gave it to you for the present one")
        return Caller(organisation_id, "somebody with the link", frozenset({Scope.TIPS}))


def door_of(asked: str, doors: Iterable[Door]) -> Door:
    """The inbound source of that number or name; without either, Tips from colleagues."""
    found = [
        door
        for door in doors
        if asked in (str(door.id), door.name)
        or asked.casefold() == door.name.casefold()
        or (not asked and door.address == store.FIRST_ADDRESS)
    ]
    if not found:
        raise Invalid(f"There is no inbound source {asked[:40]}: an administrator adds one on the page Tips", "source")
    if not found[0].is_active:
        raise Invalid(f"{found[0].name} takes no tips at present", "source")
    return found[0]


def same_answer(repeat: Repeat, body_hash: str, report: TipReport) -> TipReport:
    if body_hash != repeat.body_hash:
        raise Invalid("Another request was sent under this Idempotency-Key: take a new one", "Idempotency-Key")
    return report


def draw_reference() -> str:
    """Ten letters in groups, such as 7F3K-9QXM-2B: nobody guesses another's, and no count shows in it."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def hashed(token: str) -> str:
    """Of 256 random bits a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
