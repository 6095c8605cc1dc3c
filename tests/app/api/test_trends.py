"""Series for charts: counts, gaps, what is usual, drill-down."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from app.records import Band, Bucket, Scope
from app.services.buckets import edges, floor, to_band
from app.storage.database import Database
from tests.support.rows import NOON, add_alert, add_hit, add_label, add_poll, add_signal, add_source, add_watch
from tests.support.web import Client, Web

HOUR = timedelta(hours=1)
OSLO = ZoneInfo("Europe/Oslo")


async def trend(client: Client, query: str) -> Any:
    answer = await client.get(f"/api/v1/trends?{query}")
    assert answer.status == 200, answer.body
    return answer.json()


async def test_nobody_listened_is_a_gap_and_silence_is_zero_ux_34(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        for hour in (5, 3, 2):  # four hours ago nobody listened
            for minute in (0, 15, 30, 45):
                await add_poll(connection, source_id, NOON - hour * HOUR + timedelta(minutes=minute))
        await add_signal(connection, source_id, at=NOON - 5 * HOUR + timedelta(minutes=10))
    client = await web.with_key(Scope.READ)
    found = await trend(client, "from=2026-03-11T07:00:00Z&to=2026-03-11T10:00:00Z&bucket=hour&time_zone=UTC")
    assert [point["signals"] for point in found["points"]] == [1, None, 0]
    assert found["coverage"] < 1


async def test_a_series_can_be_narrowed_to_a_tone_and_opens_its_signals(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        await add_poll(connection, source_id, NOON - timedelta(minutes=5))
        for minute, tone in ((30, "negative"), (20, "negative"), (10, "positive")):
            number = await add_signal(connection, source_id, at=NOON - timedelta(minutes=minute))
            await add_label(connection, number, tone, kind="tone", by="tone@test")
    client = await web.with_key(Scope.READ)
    assert (await trend(client, "bucket=day&tone=negative"))["total"] == 2
    assert (await trend(client, "bucket=day"))["total"] == 3
    found = (await client.get("/api/v1/signals?tone=negative")).json()
    assert len(found["signals"]) == 2
    assert (await client.get("/api/v1/trends?tone=angry")).status == 422


async def test_a_failed_visit_is_no_listening(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        await add_poll(connection, source_id, NOON - HOUR, outcome="failed")
    client = await web.with_key(Scope.READ)
    found = await trend(client, "from=2026-03-11T10:00:00Z&to=2026-03-11T12:00:00Z&time_zone=UTC&band=false")
    assert [point["signals"] for point in found["points"]] == [None, None]


async def test_the_open_bucket_is_partial_and_copies_stand_apart_ux_33(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        first = await add_signal(connection, source_id, at=NOON - timedelta(minutes=5))
        await add_signal(connection, source_id, at=NOON - timedelta(minutes=4), copy_of=first, copy_kind="wire")
        await add_signal(connection, source_id, at=NOON - timedelta(seconds=1))
    client = await web.with_key(Scope.READ)
    found = await trend(client, "from=2026-03-11T11:00:00Z&bucket=day")
    assert found["time_zone"] == "Europe/Oslo"
    (today,) = found["points"]
    assert today["start"] == "2026-03-10T23:00:00Z"
    assert (today["signals"], today["copies"], today["is_partial"]) == (2, 1, True)


async def test_every_number_opens_exactly_its_signals_ux_08(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        one, two = await add_source(connection, language="nb"), await add_source(connection)
        watch_id = await add_watch(connection)
        for number in range(12):
            signal_id = await add_signal(
                connection,
                (one, two)[number % 2],
                at=NOON - number * timedelta(minutes=17),
                language=("nb", "sv")[number % 2],
            )
            if number % 3 == 0:
                await add_label(connection, signal_id, "environment")
            if number % 4 == 0:
                await add_hit(connection, watch_id, signal_id, is_counted=number % 8 == 0)
    client = await web.with_key(Scope.READ)
    for subject, name, filter_name in (
        ("everything", "", ""),
        ("source", one, "source"),
        ("language", "sv", "language"),
        ("topic", "environment", "topic"),
        ("watch", watch_id, "watch"),
    ):
        found = await trend(client, f"subject={subject}&name={name}&bucket=15min&from=2026-03-11T08:00:00Z")
        numbers = 0
        for point in (point for point in found["points"] if point["signals"]):
            query = f"since={point['start']}&until={point['end']}&copies=none&{filter_name}={name}".rstrip("&=")
            signals = (await client.get(f"/api/v1/signals?{query}")).json()["signals"]
            assert len(signals) == point["signals"], (subject, point)
            numbers += len(signals)
        assert numbers == found["total"] > 0


async def test_a_watch_s_alerts_stand_on_its_time_axis(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id, other = await add_watch(connection, "Skole"), await add_watch(connection)
        alert_id = await add_alert(connection, watch_id, at=NOON - HOUR)
        await add_alert(connection, other, at=NOON - HOUR)
    client = await web.with_key(Scope.READ)
    found = await trend(client, f"subject=watch&name={watch_id}")
    assert [marker["alert_id"] for marker in found["markers"]] == [str(alert_id)]
    assert found["label"] == "Skole"
    assert (await client.get("/api/v1/trends?subject=watch&name=999")).status == 404


async def test_ranges_that_make_no_chart_are_refused(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    for query in (
        "from=2026-03-11T11:00:00Z&to=2026-03-11T10:00:00Z",
        "from=2026-01-01T00:00:00Z&bucket=15min",
        "from=1990-01-01T00:00:00Z&bucket=day",
        "subject=watch",
        "subject=watch&name=x",
        "from=0001-01-01T00:00:00Z",
    ):
        answer = await client.get(f"/api/v1/trends?{query}")
        assert answer.status == 422, (query, answer.body)


def test_a_day_of_summer_time_has_its_own_length() -> None:
    marks = edges(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC), Bucket.DAY, OSLO)
    assert [later - earlier for earlier, later in pairwise(marks)] == [
        24 * HOUR,
        25 * HOUR,
        24 * HOUR,
    ]


def test_what_is_usual_comes_from_the_same_hour_of_earlier_weeks() -> None:
    start = floor(NOON, Bucket.HOUR, OSLO)
    week = timedelta(days=7)
    known = {start - back * week: count for back, count in enumerate((4, 8, 6), start=1)}
    known[start - HOUR] = 1000
    assert to_band(start, Bucket.HOUR, OSLO, known) == Band(6, 4.4, 7.6)


def test_one_week_is_too_little_to_call_usual() -> None:
    start = floor(NOON, Bucket.HOUR, OSLO)
    assert to_band(start, Bucket.HOUR, OSLO, {start - timedelta(days=7): 4}) is None


def test_what_is_usual_follows_the_clock_on_the_wall() -> None:
    """Three weeks ago it was winter time: the same local hour is another hour of UTC."""
    start = datetime(2026, 4, 8, 10, tzinfo=UTC)  # 12 o'clock in summer time
    known = {datetime(2026, 3, 25, 11, tzinfo=UTC): 3, datetime(2026, 4, 1, 10, tzinfo=UTC): 5}
    band = to_band(start, Bucket.HOUR, OSLO, known)
    assert band is not None
    assert band.median == 4
