"""What every collector must do, run over the table of collectors."""

import inspect
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app.dashboard.kinds import NAMES, WANTS, kinds
from app.services import sources as sources_service
from signals.collectors import BUILT_IN, COLLECTORS, built_in, with_kinds_on
from signals.collectors.services import AS_OF, OFF_UNTIL_SWITCHED_ON, SERVICES
from signals.errors import CollectError
from signals.fetch import Limits, Outbound
from signals.parser_pool import ParserPool
from signals.types import Catch, Cursor, Source
from tests.support.services import FAKES, Documents, Service

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENTS = [kind for kind, fake in FAKES.items() if issubclass(fake, Documents)]
EVERY = pytest.mark.parametrize("kind", COLLECTORS)
EVERY_DOCUMENT = pytest.mark.parametrize("kind", DOCUMENTS)
EVERY_API = pytest.mark.parametrize("kind", [kind for kind in FAKES if kind not in DOCUMENTS])


@pytest.fixture(scope="module")
async def parsers() -> AsyncIterator[ParserPool]:
    async with ParserPool(1) as parsers:
        yield parsers


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake may get the port of one before it, which asked us to stay away."""
    for kind, collector in built_in().items():
        monkeypatch.setitem(COLLECTORS, kind, collector)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that collectors waited for their turn, without waiting."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("signals.turns.sleep", note)
    return waits


async def collect(
    fake: Service, kind: str, parsers: ParserPool, cursor: Cursor | None = None, now: datetime = NOW
) -> Catch:
    async with Outbound("t", ("127.0.0.1",), Limits(seconds=5)) as outbound:
        source = Source(1, kind, fake.address, "")
        return await COLLECTORS[kind].collect(source, cursor or fake.begins, outbound, parsers, now)


@EVERY
def test_a_collector_has_a_fake_to_be_tested_with_and_a_sentence_about_itself(kind: str) -> None:
    assert kind in FAKES
    assert inspect.getdoc(type(COLLECTORS[kind]))


@EVERY
async def test_a_collector_brings_items_home_with_names_of_their_own(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        catch = await collect(fake, kind, parsers)
    assert len({item.guid for item in catch.items}) == len(catch.items) == 3
    assert all(item.title or item.summary for item in catch.items)
    assert not catch.unchanged
    assert catch.size > 0


@EVERY
async def test_a_collector_sees_that_nothing_has_changed(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        first = await collect(fake, kind, parsers)
        second = await collect(fake, kind, parsers, first.cursor)
    assert (second.unchanged, second.items, second.deleted, second.cursor) == (True, (), (), first.cursor)


@EVERY
@pytest.mark.parametrize("answer", [304, 404, 410, 429, 500, b"<!doctype html><title>Log in</title>", b"", b"\0\xff"])
async def test_rl_15_a_collector_that_cannot_read_says_why_in_words(
    kind: str, answer: bytes | int, parsers: ParserPool
) -> None:
    async with FAKES[kind]() as fake:
        fake.broken = answer
        with pytest.raises(CollectError) as error:
            await collect(fake, kind, parsers)
    assert error.value.kind
    assert error.value.message.endswith((".", ")"))


@EVERY
async def test_cv_50_a_collector_hands_on_how_long_it_is_asked_to_wait(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        fake.broken = 429
        with pytest.raises(CollectError) as error:
            await collect(fake, kind, parsers)
    assert error.value.retry_after == timedelta(seconds=120)


@EVERY_API
async def test_cv_50_after_a_429_no_source_of_that_service_is_asked(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        fake.left = 0
        for _ in range(3):
            with pytest.raises(CollectError) as error:
                await collect(fake, kind, parsers)
    assert len(fake.asked) == 1
    assert error.value.kind == "too_often"
    assert timedelta(seconds=60) < (error.value.retry_after or timedelta(0)) <= timedelta(seconds=120)


@EVERY_API
async def test_cv_50_a_collector_never_asks_faster_than_its_pace(
    kind: str, parsers: ParserPool, waits: list[float]
) -> None:
    pace = SERVICES[kind].pace
    async with FAKES[kind]() as fake:
        while len(fake.asked) < pace.burst + 2:
            await collect(fake, kind, parsers)
    assert len(waits) == len(fake.asked) - pace.burst
    assert waits[:2] == pytest.approx([pace.every, 2 * pace.every], abs=1.0)


@EVERY_API
@pytest.mark.parametrize(
    "answer",
    [b"[]", b"{}", b"null", b"[1, [2], null]", b'{"posts": [null]}', b"[" * 100_000, b'{"data": {"children": 1}}'],
)
async def test_data_of_another_form_is_an_error_or_nothing_but_no_accident(
    kind: str, answer: bytes, parsers: ParserPool
) -> None:
    async with FAKES[kind]() as fake:
        fake.broken = answer
        try:
            found = (await collect(fake, kind, parsers)).items
        except CollectError as error:
            found = error.kind
    assert found in ((), "broken", "bad_answer")


@EVERY_API
async def test_a_position_that_cannot_be_read_starts_anew(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        for position in ("nonsense", "[]", "{}", "null", f'["{kind}","","",null,{{}}]'):
            catch = await collect(fake, kind, parsers, Cursor(position=position))
            assert len(catch.items) == (0 if kind == "jetstream" else 3)  # what was said before is not read there
            assert catch.cursor.position != position


@EVERY_API
async def test_an_address_of_another_form_is_refused_with_the_right_one(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake, Outbound("t", ("127.0.0.1",)) as outbound:
        source = Source(1, kind, fake.url("/about/us"), "")
        with pytest.raises(CollectError, match="https://") as error:
            await COLLECTORS[kind].collect(source, Cursor(), outbound, parsers, NOW)
    assert error.value.kind == "bad_address"
    assert fake.asked == []


@EVERY_DOCUMENT
async def test_cv_50_a_collector_asks_conditionally_with_the_validators_byte_for_byte(
    kind: str, parsers: ParserPool
) -> None:
    async with FAKES[kind]() as fake:
        assert isinstance(fake, Documents)
        fake.headers = {"ETag": 'W/"æ  \'1"', "Last-Modified": "whenever it was"}
        first = await collect(fake, kind, parsers)
        await collect(fake, kind, parsers, first.cursor)
    sent = dict(fake.visits()[1].raw_headers)
    assert sent[b"If-None-Match"] == 'W/"æ  \'1"'.encode()
    assert sent[b"If-Modified-Since"] == b"whenever it was"


@EVERY_DOCUMENT
async def test_a_304_is_believed_where_we_asked_with_a_condition(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        fake.broken = 304
        catch = await collect(fake, kind, parsers, Cursor(etag='"1"'))
    assert (catch.unchanged, catch.items, catch.cursor.etag) == (True, (), '"1"')


@pytest.mark.parametrize("kind", [kind for kind in DOCUMENTS if kind != "youtube"])  # its address is not the feed's
async def test_a_collector_reports_where_a_source_moved_for_good(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake:
        assert isinstance(fake, Documents)
        assert (await collect(fake, kind, parsers)).cursor.moved_to == ""
        fake.pages["/new"] = fake.document
        fake.moved["/source"] = ("/new", 301)
        assert (await collect(fake, kind, parsers)).cursor.moved_to == fake.url("/new")
        fake.moved["/source"] = ("/new", 302)
        assert (await collect(fake, kind, parsers)).cursor.moved_to == ""


@pytest.mark.parametrize("kind", OFF_UNTIL_SWITCHED_ON)
async def test_a_risky_kind_asks_nobody_until_it_is_switched_on(kind: str, parsers: ParserPool) -> None:
    async with FAKES[kind]() as fake, Outbound("t", ("127.0.0.1",)) as outbound:
        source = Source(1, kind, fake.address, "")
        with pytest.raises(CollectError, match="FORKANT_KINDS_ON") as error:
            await with_kinds_on(())[kind].collect(source, Cursor(), outbound, parsers, NOW)
        assert (fake.asked, error.value.kind) == ([], "blocked")
        assert (await with_kinds_on((kind,))[kind].collect(source, Cursor(), outbound, parsers, NOW)).items


@pytest.mark.parametrize("kind", SERVICES)
def test_cv_50_the_facts_of_a_service_name_its_limit_terms_and_source(kind: str) -> None:
    service = SERVICES[kind]
    assert service.limit
    assert service.terms.startswith("https://")
    assert service.source.startswith("https://")
    assert date(2026, 1, 1) < AS_OF


def test_the_kinds_that_people_may_add_are_those_that_are_collected() -> None:
    assert set(sources_service.KINDS) == BUILT_IN.keys() | {"inbound"}  # a door for tips, which nothing collects
    assert set(sources_service.OFF) == set(OFF_UNTIL_SWITCHED_ON)


def test_every_kind_that_is_collected_can_be_chosen_with_a_line_on_its_address() -> None:
    assert NAMES.keys() == WANTS.keys() == BUILT_IN.keys()
    off = {kind.key: kind for kind in kinds(("gdelt",)) if not kind.is_on}
    assert off.keys() == {"reddit", "hackernews"}
    assert all(kind.risk and kind.terms.startswith("https://") for kind in off.values())
