"""Mastodon streams: heard at once, nothing lost in between, deletions and edits obeyed, members' streams respected."""

from datetime import timedelta

import pytest

from signals.collectors.mastodon import MastodonCollector
from signals.collectors.mastodon_stream import MastodonStreamCollector
from signals.errors import CollectError
from signals.open_lines import Patience
from signals.types import Catch, Cursor
from tests.support.services import MastodonStream
from tests.support.services.base import NOON
from tests.support.visiting import visit

UNTIL_CLOSED = Patience(longest=60.0, linger=60.0, quiet=60.0)  # the fake hangs up when it has said everything
TOKEN = "abc"


def collector(patience: Patience = UNTIL_CLOSED) -> MastodonStreamCollector:
    return MastodonStreamCollector(MastodonCollector(), patience)


async def first_visit(server: MastodonStream) -> Cursor:
    return (await visit(collector(), server)).cursor


def texts(catch: Catch) -> list[str]:
    return [item.summary.removeprefix("<p>").partition(" <")[0].removesuffix("</p>") for item in catch.items]


async def test_the_first_visit_reads_what_is_old_and_the_next_one_listens() -> None:
    async with MastodonStream() as server:
        server.say_live("Fire")
        first = await visit(collector(), server)
        server.say_live("Fem")
        second = await visit(collector(), server, first.cursor)
    assert (texts(first), first.goes_on) == (["Fire", "Tre", "To", "En"], True)
    assert (texts(second), second.goes_on) == (["Fem"], True)


async def test_the_stream_is_opened_before_the_timeline_is_asked() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.asked.clear()
        await visit(collector(), server, cursor)
        asked = [request.path for request in server.asked]
    assert asked == ["/api/v2/instance", "/api/v1/streaming/hashtag", "/api/v1/timelines/tag/kommune"]
    assert server.asked[1].query["tag"] == "kommune"


async def test_what_was_said_between_two_sessions_or_is_told_late_is_heard_once() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say("Mellom to")
        server.tell(
            "update", server.posts[next(iter(server.posts))] | {"id": "114999", "content": "<p>Sent fra andre</p>"}
        )
        server.say_live("Direkte")
        one = await visit(collector(), server, cursor)
        two = await visit(collector(), server, one.cursor)
    assert sorted(texts(one)) == ["Direkte", "Mellom to", "Sent fra andre"]
    assert two.items == ()


async def test_gd_04_deletions_and_edits_on_the_stream_are_obeyed_at_once() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        one, two, _ = server.posts
        server.edit(one, "Rettet")
        server.tell("status.update", server.posts[one])
        server.delete(two)
        server.tell("delete", two)
        brief = server.say_live("Snart borte")
        server.tell("delete", brief)
        server.tell("delete", "1")
        catch = await visit(collector(), server, cursor)
    assert texts(catch) == ["Rettet"]
    assert catch.deleted == (two, brief, "1")


async def test_gd_07_who_opts_out_is_not_kept_when_heard_live() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say_live("a", account=server.account | {"noindex": True})
        server.say_live("b", visibility="unlisted")
        catch = await visit(collector(), server, cursor)
    assert catch.items == ()
    assert set(catch.dropped) == {"not_indexable", "not_public"}


async def test_pieces_cut_anywhere_signs_of_life_and_nonsense_stop_nothing() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say_live("Vannet er brunt på Tøyen")
        whole = server.told.pop()
        server.told = [b":thump\n", *(whole[at : at + 7] for at in range(0, len(whole), 7))]
        for event, payload in (("update", "{"), ("update", "[]"), ("announcement", "{}"), ("update", "[" * 90_000)):
            server.tell(event, payload)
        server.told.append(b"nonsense\nevent\ndata\n\n\xff\xfe\n\n")
        server.ending = "stay"
        catch = await visit(collector(Patience(longest=60.0, linger=1.0, quiet=60.0)), server, cursor)
    assert texts(catch) == ["Vannet er brunt på Tøyen"]
    assert catch.remarks == ("3 messages could not be read and were left out.",)


@pytest.mark.parametrize("ending", ["close", "break"])
async def test_cv_50_a_stream_that_breaks_off_keeps_what_was_heard_and_waits_a_little(ending: str) -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say_live("Fire")
        server.told.append(b"event: update\ndata: {half")
        server.ending = ending
        catch = await visit(collector(), server, cursor)
    assert texts(catch) == ["Fire"]
    assert "broke off" in catch.remarks[0]
    assert (catch.goes_on, catch.earliest_next) == (True, timedelta(seconds=30))


async def test_cv_50_a_stream_that_stalls_is_left() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.ending = "stay"
        catch = await visit(collector(Patience(longest=60.0, quiet=0.05)), server, cursor)
    assert "quiet" in catch.remarks[0]
    assert catch.goes_on


async def test_an_event_without_end_is_not_kept_in_memory() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say_live("Fire")
        server.told += [b"data: ", *[b"x" * 60_000] * 10]
        server.ending = "stay"
        catch = await visit(collector(Patience(longest=60.0, linger=60.0)), server, cursor)
    assert texts(catch) == ["Fire"]
    assert "too_big" in catch.remarks[0]


async def test_cv_50_where_strangers_may_not_listen_the_visit_polls_says_why_and_does_not_insist() -> None:
    async with MastodonStream() as server:
        server.token = TOKEN
        cursor = await first_visit(server)
        server.say("Fire")
        same = collector()
        one = await visit(same, server, cursor)
        server.say("Fem")
        server.asked.clear()
        two = await visit(same, server, one.cursor)
    assert (texts(one), texts(two), one.goes_on, two.goes_on) == (["Fire"], ["Fem"], False, False)
    assert "FORKANT_MASTODON_TOKENS" in one.remarks[0]
    assert two.remarks == one.remarks
    assert [request.path for request in server.asked] == ["/api/v1/timelines/tag/kommune"]


async def test_a_server_without_streams_is_polled() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.knows_streams = False
        server.say("Fire")
        catch = await visit(collector(), server, cursor)
    assert (texts(catch), catch.goes_on) == (["Fire"], False)
    assert "Polled, not heard live" in catch.remarks[0]


async def test_a_members_stream_is_heard_with_the_operators_token() -> None:
    async with MastodonStream() as server:
        server.token = TOKEN
        tokens = {server.url("").removeprefix("http://"): TOKEN}
        member = MastodonStreamCollector(MastodonCollector(tokens), UNTIL_CLOSED)
        first = await visit(member, server)
        server.say_live("Fire")
        catch = await visit(member, server, first.cursor)
    assert texts(catch) == ["Fire"]
    assert {request.headers.get("Authorization") for request in server.asked} == {"Bearer abc"}


async def test_the_streams_own_host_is_asked_and_gets_the_token_only_where_nobody_listens_in() -> None:
    async with MastodonStream() as server, MastodonStream() as streams:
        server.streaming = streams.url("").replace("http://", "ws://")
        tokens = {server.url("").removeprefix("http://"): TOKEN}
        member = MastodonStreamCollector(MastodonCollector(tokens), UNTIL_CLOSED)
        cursor = (await visit(member, server)).cursor
        streams.posts |= server.posts
        streams.say_live("Fra den andre verten")
        catch = await visit(member, server, cursor)
    assert texts(catch) == ["Fra den andre verten"]
    assert {request.headers.get("Authorization") for request in streams.asked} == {None}


async def test_an_account_has_no_stream() -> None:
    async with MastodonStream() as server:
        with pytest.raises(CollectError, match="the kind mastodon"):
            await visit(collector(), server, path="/@kari")


async def test_public_timelines_have_streams_of_their_own() -> None:
    async with MastodonStream() as server:
        for path in ("/public", "/public/local"):
            await visit(collector(), server, path=path, at=NOON)
    assert {request.path for request in server.asked} >= {"/api/v1/streaming/public", "/api/v1/streaming/public/local"}


async def test_what_the_timeline_showed_does_not_wait_for_the_stream() -> None:
    async with MastodonStream() as server:
        cursor = await first_visit(server)
        server.say("Mellom to")
        server.ending = "stay"
        catch = await visit(collector(Patience(longest=1_000, linger=0.05, quiet=1_000)), server, cursor)
    assert (texts(catch), catch.remarks) == (["Mellom to"], ())
