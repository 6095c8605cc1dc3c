"""Jetstream: nothing lost between sessions, whatever the line does; deletions, edits and opt-outs obeyed."""

import asyncio
import json
from datetime import timedelta

import pytest

from signals.collectors.jetstream import JetstreamCollector, to_listening
from signals.errors import CollectError
from signals.fetch import Outbound
from signals.open_lines import Patience
from signals.types import Catch, Cursor, Item, Source
from tests.support.services import Jetstream
from tests.support.services.base import NOON
from tests.support.services.jetstream import KARI, at_time, micro

UNTIL_CLOSED = Patience(longest=60.0, linger=60.0, quiet=60.0)  # the fake hangs up when it has said everything


async def hear(
    fake: Jetstream, cursor: Cursor | None = None, query: str = "", patience: Patience = UNTIL_CLOSED
) -> Catch:
    source = Source(1, "jetstream", fake.url(fake.listening_to(query)) if query else fake.address, "")
    async with Outbound("t", ("127.0.0.1",)) as outbound:
        given = fake.begins if cursor is None else cursor
        return await JetstreamCollector(patience).collect(source, given, outbound, None, NOON)  # type: ignore[arg-type]


def words(catch: Catch) -> list[str]:
    return [item.summary for item in catch.items]


async def test_the_first_visit_begins_at_now_and_asks_nobody() -> None:
    async with Jetstream() as service:
        catch = await hear(service, Cursor())
        assert service.asked == []
    assert (catch.items, catch.unchanged, catch.goes_on) == ((), True, True)
    assert json.loads(catch.cursor.position)[1] == str(micro(NOON))


async def test_a_post_becomes_an_item_with_its_authors_name() -> None:
    async with Jetstream() as service:
        service.say("Kommune: 1 < 2", langs=["nn"])
        item = (await hear(service)).items[0]
    assert item == Item(
        guid=f"at://{KARI}/app.bsky.feed.post/3k0005",
        title="",
        summary="Kommune: 1 &lt; 2",
        url=f"https://bsky.app/profile/{KARI}/post/3k0005",
        author="@kari.example",
        said_at=NOON - timedelta(minutes=1),
        language="nn",
    )


async def test_a_session_goes_on_where_the_last_one_stopped_and_repeats_nothing() -> None:
    async with Jetstream() as service:
        first = await hear(service)
        service.say("Fire kommuner")
        service.say("Fem: kommune")
        second = await hear(service, first.cursor)
        third = await hear(service, second.cursor)
        asked = [request.query["cursor"] for request in service.asked if request.path == "/subscribe"]
    assert (words(first), words(second)) == (["Tre kommune", "To kommune", "En kommune"], ["Fem: kommune"])
    assert (third.items, third.cursor) == ((), second.cursor)
    assert int(asked[1]) == int(json.loads(first.cursor.position)[1]) - 2_000_000


async def test_only_posts_are_asked_for_and_none_of_unreasonable_size() -> None:
    async with Jetstream() as service:
        await hear(service, query="q=kommune&did=did:plc:kari&did=did:plc:ola")
        asked = service.asked[0].query
    assert asked.getall("wantedCollections") == ["app.bsky.feed.post"]
    assert asked.getall("wantedDids") == ["did:plc:kari", "did:plc:ola"]
    assert asked["maxMessageSizeBytes"] == "100000"


@pytest.mark.parametrize(
    "query", ["", "q=", "q=a", "q=ko*", "lang=nb", "q=kommune&q=", "q=kommune&q=%23", "did=kari.example", "q=æ"]
)
async def test_the_stream_of_everything_is_refused_in_words(query: str) -> None:
    if query == "q=kommune&q=":  # an empty parameter is none
        assert to_listening(f"https://jetstream.example/subscribe?{query}").wanted.groups
        return
    with pytest.raises(CollectError, match=r"every post of the network|not an address") as error:
        to_listening(f"https://jetstream.example/subscribe?{query}")
    assert "subscribe?q=" in error.value.message


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=kommune&lang=no", ["nb", "nn", "ukjent"]),
        ("q=kommune&lang=sv", ["sv", "ukjent"]),
        ("q=kommune&lang=sv&lang=nb", ["nb", "nn", "sv", "ukjent"]),
        ("q=kommune+sv", ["sv"]),
        ("q=nb&q=sv", ["nb", "sv"]),
        ("q=%22kommune+sv%22", ["sv"]),
        ("q=%22sv+kommune%22", []),
        ("q=kommun*+ukjent", ["ukjent"]),
        ("q=%23vann", ["nn"]),
    ],
)
async def test_words_tags_and_languages_say_what_is_meant(query: str, found: list[str]) -> None:
    facet = {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Vann"}]}
    async with Jetstream() as service:
        service.lines.clear()
        service.say("Kommune, nb", langs=["nb"])
        service.say("Kommune: nn", langs=["nn-NO"], facets=[facet])
        service.say("kommune SV", langs=["sv", "en"])
        service.say("KOMMUNE ukjent", langs=None)
        catch = await hear(service, query=query)
    assert sorted(item.summary.split()[-1].lower() for item in catch.items) == found


async def test_gd_04_a_deletion_is_obeyed_also_of_what_is_no_longer_remembered() -> None:
    async with Jetstream() as service:
        first = await hear(service)
        uri = first.items[0].guid
        service.delete(uri)
        service.delete("at://did:plc:ola/app.bsky.feed.post/3old")
        brief = service.say("Snart borte: kommune")
        service.delete(brief)
        second = await hear(service, first.cursor)
    assert second.deleted == (uri, "at://did:plc:ola/app.bsky.feed.post/3old", brief)
    assert second.items == ()
    assert uri not in json.loads(second.cursor.position)[4]


async def test_an_edit_comes_again_under_its_name_even_without_our_words() -> None:
    async with Jetstream() as service:
        first = await hear(service)
        name = first.items[0].guid.rpartition("/")[2]
        service.say("Rettet", operation="update", name=name)
        second = await hear(service, first.cursor)
    assert [(item.guid, item.summary) for item in second.items] == [(first.items[0].guid, "Rettet")]


async def test_gd_07_who_hides_from_strangers_or_is_gone_is_not_kept() -> None:
    async with Jetstream() as service:
        service.say("En skjult kommune", did="did:plc:skjult")
        service.say("En borte kommune", did="did:plc:borte")
        service.hidden.add("did:plc:skjult")
        service.gone.add("did:plc:borte")
        catch = await hear(service)
    assert (len(catch.items), catch.dropped) == (3, {"not_for_strangers": 1, "author_gone": 1})


async def test_gd_07_who_closes_their_account_has_their_posts_erased() -> None:
    async with Jetstream() as service:
        first = await hear(service)
        service.close_account()
        second = await hear(service, first.cursor)
    assert set(second.deleted) == {item.guid for item in first.items}


async def test_gd_07_when_authors_cannot_be_asked_nothing_is_kept_and_the_place_stays() -> None:
    async with Jetstream() as service:
        source = Source(1, "jetstream", f"{service.url('/subscribe')}?q=kommune&api={service.url('/nowhere')}", "")
        async with Outbound("t", ("127.0.0.1",)) as outbound:
            with pytest.raises(CollectError):
                await JetstreamCollector(UNTIL_CLOSED).collect(source, service.begins, outbound, None, NOON)  # type: ignore[arg-type]


async def test_cv_50_a_connection_lost_in_the_middle_keeps_what_was_heard() -> None:
    async with Jetstream() as service:
        rest = service.lines[2:]
        del service.lines[2:]
        service.ending = "break"
        first = await hear(service)
        service.lines += rest
        service.ending = "close"
        second = await hear(service, first.cursor)
    assert (words(first), words(second)) == (["En kommune"], ["Tre kommune", "To kommune"])
    assert "broke off" in first.remarks[0]
    assert first.goes_on


@pytest.mark.parametrize("ending", ["close", "break", "stay"])
async def test_cv_50_a_service_that_says_nothing_at_all_is_a_failure(ending: str) -> None:
    async with Jetstream() as service:
        service.lines.clear()
        service.ending = ending
        with pytest.raises(CollectError, match="where we stopped") as error:
            await hear(service, patience=Patience(longest=60.0, quiet=0.05))
    assert error.value.kind == "bad_answer"


async def test_a_few_authors_may_be_silent() -> None:
    async with Jetstream() as service:
        service.lines.clear()
        service.ending = "stay"
        catch = await hear(service, query="did=did:plc:kari", patience=Patience(longest=60.0, quiet=0.05))
    assert (catch.items, catch.unchanged, catch.goes_on, catch.cursor) == ((), True, True, service.begins)


async def test_cv_50_a_server_that_stalls_in_the_middle_ends_the_session_with_what_was_heard() -> None:
    async with Jetstream() as service:
        service.ending = "stay"
        catch = await hear(service, patience=Patience(longest=60.0, linger=60.0, quiet=0.5))
    assert (len(catch.items), catch.goes_on) == (3, True)
    assert "quiet" in catch.remarks[0]


async def test_a_session_ends_a_moment_after_something_was_found_although_the_line_stays_open() -> None:
    async with Jetstream() as service:
        service.ending = "stay"
        catch = await hear(service, patience=Patience(longest=60.0, linger=1.0, quiet=60.0))
    assert (len(catch.items), catch.remarks) == (3, ())


async def test_a_session_without_a_hit_ends_when_its_time_is_over_and_moves_on() -> None:
    async with Jetstream() as service:
        service.ending = "stay"
        catch = await hear(service, query="q=ingenting", patience=Patience(longest=1.0, quiet=60.0))
    assert (catch.items, catch.unchanged, catch.remarks) == ((), True, ())
    assert catch.cursor != service.begins


async def test_rl_20_lines_that_cannot_be_read_are_counted_and_stop_nothing() -> None:
    broken = ["not json", "[1, 2]", "null", "{}", '{"time_us": "1", "did": "x"}', '{"time_us": -5, "did": "x"}']
    broken += [
        "[" * 100_000,
        '{"did": "x", "time_us": 1, "kind": "commit", "commit": [1]}',
        '{"did":"x","time_us":true}',
    ]
    async with Jetstream() as service:
        for message in broken:
            service.send_raw(message)
        service.say("Fire: kommune")
        service.send({"kind": "commit", "commit": {"operation": "create", "collection": "app.bsky.feed.post"}})
        service.send({"kind": "commit", "commit": {"rkey": "1", "collection": "app.bsky.feed.post", "record": [1]}})
        service.send({"kind": "identity", "identity": {"did": KARI, "handle": "kari.example"}})
        service.send({"kind": "something new"})
        catch = await hear(service)
    assert words(catch)[0] == "Fire: kommune"
    assert catch.remarks[1:] == ("8 messages could not be read and were left out.",)


async def test_a_time_far_ahead_does_not_make_us_deaf() -> None:
    async with Jetstream() as service:
        service.lines.append(
            json.dumps({"did": KARI, "time_us": micro(NOON + timedelta(days=400)), "kind": "identity"})
        )
        first = await hear(service)
        service.lines.pop()
        service.say("Fire: kommune")
        second = await hear(service, first.cursor)
    assert words(second) == ["Fire: kommune"]


async def test_a_cursor_that_is_too_old_is_told_with_what_is_missing() -> None:
    async with Jetstream() as service:
        service.remembers_since = micro(NOON - timedelta(minutes=1))
        catch = await hear(service, at_time(micro(NOON - timedelta(hours=60))))
    assert len(catch.items) == 3
    assert "from 2026-11-20 00:00 UTC to 2026-11-22 11:59 UTC nothing was heard" in catch.remarks[0]


async def test_a_server_that_refuses_our_place_makes_us_begin_anew_and_say_so() -> None:
    async with Jetstream() as service:
        service.broken = 400
        catch = await hear(service)
    assert json.loads(catch.cursor.position)[1] == str(micro(NOON))
    assert "nothing was heard" in catch.remarks[0]


async def test_a_huge_message_in_the_way_is_passed_and_what_came_before_is_kept() -> None:
    async with Jetstream() as service:
        service.send_raw("x" * 600_000)
        first = await hear(service)
        del service.lines[:4]
        second = await hear(service, first.cursor)
    assert (len(first.items), first.remarks) == (
        3,
        ("The stream broke off (too_big); we go on from where it stopped.",),
    )
    assert json.loads(second.cursor.position)[1] == str(micro(NOON))
    assert "too large" in second.remarks[0]


async def test_a_burst_is_heard_in_several_sessions_and_others_get_their_turn() -> None:
    async with Jetstream() as service:
        service.lines.clear()
        said = [service.say(f"kommune {number}") for number in range(700)]
        cursor, heard, turns = service.begins, list[str](), 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        for _ in range(4):
            catch = await hear(service, cursor)
            heard += [item.guid for item in reversed(catch.items)]
            cursor = catch.cursor
        counting.cancel()
    assert heard == said
    assert turns > 14
