"""Who sees what of tips (SE-27): every role on every path; not even a count tells of a restricted one."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Sensitivity
from app.records import Role, Scope, Sight
from app.schema.signal import signal
from app.storage.database import Database
from app.storage.seeing import is_seen, may_see
from tests.support.rows import (
    NOON,
    add_alert,
    add_emergence,
    add_hit,
    add_label,
    add_receiver,
    add_signal,
    add_source,
    add_story,
    add_watch,
)
from tests.support.web import Client, Web

WORD: Final = "hemmelighet"
SEERS: Final = ("admin person", "admin key", "owner")
OTHERS: Final = ("triage person", "reader person", "read key", "another owner")
# What differs between any two answers: who asked when, and how far the numbering of all changes has come.
OWN = re.compile(
    r'"(?:request_id|cursor)":"[^"]*"|data-position="\d+"|"position":\d+|^(?:forkant_http|#).*\n', re.MULTILINE
)


@dataclass(frozen=True)
class Tipped:
    signal: int
    story: int
    alert: int
    watch: int


async def tip_off(connection: AsyncConnection, source: int, watch: int, sensitivity: str, title: str) -> Tipped:
    """A tip with all that may be made of it: label, hit, story, alert, something held back, deliveries."""
    is_counted = sensitivity != "restricted"
    at = NOON if sensitivity == "restricted" else NOON - timedelta(hours=1)
    number = await add_signal(connection, source, title, at=at, sensitivity=sensitivity)
    await add_label(connection, number)
    await add_hit(connection, watch, number, is_counted=is_counted)
    story = await add_story(connection, [number])
    found = await add_emergence(connection, watch, [number], story, because=f"Tips report “{title}”.")
    alert = await add_alert(connection, watch, story, emergence_id=found, title=title, because=f"“{title}”")
    await add_emergence(connection, watch, [number], story, verdict="hold", hold="budget", because=f"“{title}”")
    return Tipped(number, story, alert, watch)


async def callers(web: Web) -> dict[str, Client]:
    return {
        "admin person": await web.signed_in(Role.ADMIN, "anne"),
        "admin key": await web.with_key(Scope.ADMIN),
        "owner": await web.signed_in(Role.READER, "Olga Eier"),
        "triage person": await web.signed_in(Role.TRIAGE, "tor"),
        "reader person": await web.signed_in(Role.READER, "rita"),
        "read key": await web.with_key(Scope.READ),
        "another owner": await web.signed_in(Role.READER, "Odd Eier"),
    }


def paths(web: Web, tipped: Tipped) -> list[str]:
    """Every address that is read, and for those about one thing, the restricted one."""
    numbers = {"alert_id": tipped.alert, "signal_id": tipped.signal, "story_id": tipped.story}
    found = []
    for route in iter_route_contexts(web.app.routes):
        path = route.path or ""
        if "GET" not in (route.methods or ()) or path.startswith(("/static", "/tips/form", "/websub")):
            continue
        kind = {"/alerts": tipped.alert, "/signals": tipped.signal, "/stories": tipped.story}
        number = next((value for start, value in kind.items() if path.startswith(start)), tipped.watch)
        found.append(re.sub(r"\{(\w+)[^}]*\}", lambda name, n=number: str(numbers.get(name[1], n)), path))
    asked = [f"/api/v1/signals?{query}" for query in (f"q={WORD}", "copies=none", f"watch={tipped.watch}", "limit=1")]
    asked += [f"/signals?q={WORD}", f"/signals?watch={tipped.watch}", "/alerts?state=all", "/held?hold=budget"]
    asked += [f"/api/v1/{kind}?watch={tipped.watch}" for kind in ("stories", "alerts")]
    asked += [f"/api/v1/stories/{tipped.story}", "/trends?subject=topic:service_disruption&range=24h"]
    for subject in ("everything", f"watch:{tipped.watch}", "language:nb", "topic:service_disruption", "source:1"):
        asked.append(f"/api/v1/trends?subject={subject}&from=2026-03-11T00:00:00Z&bucket=hour")
    return sorted({*found, *asked})


def askers(path: str) -> tuple[str, ...]:
    """All of them where it matters most; elsewhere one with a browser, or one with a key."""
    if path in ("/alerts", "/signals") or path.startswith(("/api/v1/signals", "/api/v1/alerts")):
        return OTHERS
    return ("read key",) if path.startswith(("/api/", "/metrics")) else ("another owner",)


@pytest.fixture
async def house(database: Database) -> tuple[int, int]:
    """A door, a watch with an owner, and one open and one internal tip."""
    async with database.transaction() as connection:
        await add_receiver(connection, "Vakt", created_at=NOON - timedelta(days=9))
        door = await add_source(connection, kind="inbound", address="inbound:tips", name="Tips from colleagues")
        watch = await add_watch(connection, "Vann", owner="Olga Eier")
        await add_watch(connection, "Skole", owner="Odd Eier")
        await tip_off(connection, door, watch, "open", "en åpen beskjed")
        await tip_off(connection, door, watch, "internal", "en intern beskjed")
    return door, watch


async def shown(client: Client, path: str) -> tuple[int, str]:
    answer = await client.get(path, headers={"Accept": "text/html" if not path.startswith("/api") else "*/*"})
    return answer.status, OWN.sub("", answer.text)


async def test_se_27_to_those_who_may_not_see_a_restricted_tip_nothing_changes_by_it(
    web: Web, database: Database, house: tuple[int, int]
) -> None:
    """On every page and path, byte for byte; whoever may see it finds it."""
    door, watch = house
    everybody = await callers(web)
    tipped = Tipped(3, 3, 3, watch)  # the numbers that the next rows get
    asked = [(who, path) for path in paths(web, tipped) for who in OTHERS if who in askers(path)]
    before = {pair: await shown(everybody[pair[0]], pair[1]) for pair in asked}
    async with database.transaction() as connection:
        made = await tip_off(connection, door, watch, "restricted", f"en {WORD}")
    assert made == tipped
    for who, path in asked:
        after = await shown(everybody[who], path)
        assert WORD not in after[1].replace(f"q={WORD}", "").replace(f'value="{WORD}"', ""), (who, path)
        assert after == before[who, path], (who, path)
    for who in SEERS:
        for path in ("/api/v1/signals", "/api/v1/signals/3", "/api/v1/stories/3", "/api/v1/alerts", "/api/v1/alerts/3"):
            status, text = await shown(everybody[who], path)
            assert status == 200, (who, path)
            assert WORD in text, (who, path)


async def test_se_27_nobody_changes_an_alert_that_they_may_not_see(
    web: Web, database: Database, house: tuple[int, int]
) -> None:
    async with database.transaction() as connection:
        tipped = await tip_off(connection, *house, "restricted", f"en {WORD}")
    triage, owner = await web.with_key(Scope.TRIAGE), await web.signed_in(Role.TRIAGE, "Olga Eier")
    for move in ("acknowledge", "handle", "dismiss", "reopen"):
        path = f"/api/v1/alerts/{tipped.alert}/{move}"
        answer = await triage.post(path, json={"reason": "other"} if move == "dismiss" else {})
        assert answer.status == 404, move
    assert (await owner.post(f"/api/v1/alerts/{tipped.alert}/acknowledge", json={})).status == 200


async def test_se_27_internal_tips_are_read_by_who_may_read_and_by_nobody_else(
    web: Web, house: tuple[int, int]
) -> None:
    everybody = await callers(web)
    for who in (*SEERS, *OTHERS):
        assert "en intern beskjed" in (await shown(everybody[who], "/api/v1/signals"))[1]
        assert "en åpen beskjed" in (await shown(everybody[who], "/api/v1/signals"))[1]
    giver = await web.with_key(Scope.TIPS)
    assert (await giver.get("/api/v1/signals")).status == 403
    assert (await web.stranger.get("/api/v1/signals")).status == 401


async def test_se_27_the_rule_says_the_same_as_function_and_as_sql(database: Database, house: tuple[int, int]) -> None:
    sights = [Sight(1), Sight(1, sees_restricted=True), Sight(1, person="Olga Eier"), Sight(1, person="Odd Eier")]
    async with database.transaction() as connection:
        await tip_off(connection, *house, "restricted", f"en {WORD}")
        for sight in sights:
            rows = await connection.execute(select(signal.c.sensitivity, is_seen(sight, signal.c.id).label("seen")))
            for row in rows:
                assert row.seen == may_see(sight, Sensitivity(row.sensitivity), ["Olga Eier"]), (sight, row)
