"""Posts: what is new, changed or gone, decided without asking anybody."""

from datetime import UTC, datetime, timedelta

from signals.posts import CYCLE, MOST_REMEMBERED, Memory, Post, check, due_for_check, from_position, sift, to_position
from signals.types import Item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def post(guid: str, stamp: str = "", refusal: str = "") -> Post:
    return Post(Item(guid, guid), stamp, refusal)


def remembering(*guids: str) -> Memory:
    return Memory(checked_at=int(NOW.timestamp()), seen=dict.fromkeys(guids, ""))


def test_known_posts_are_passed_over_edited_ones_come_again_and_refused_ones_are_counted() -> None:
    sifted = sift([post("d", refusal="not_public"), post("c"), post("b", "2"), post("a")], remembering("a", "b"))
    assert [item.guid for item in sifted.items] == ["c", "b"]
    assert sifted.dropped == {"not_public": 1}
    assert list(sifted.memory.seen) == ["a", "b", "c"]


def test_a_known_post_that_may_no_longer_be_kept_is_deleted() -> None:
    sifted = sift([post("a", refusal="not_public")], remembering("a"))
    assert (sifted.deleted, dict(sifted.memory.seen), sifted.dropped) == (("a",), {}, {})


def test_no_more_is_remembered_than_fits() -> None:
    sifted = sift([post(str(number)) for number in range(1_000)], Memory())
    assert len(sifted.items) == 1_000
    assert list(sifted.memory.seen)[-1] == "0"
    assert len(sifted.memory.seen) == MOST_REMEMBERED


def test_all_posts_are_asked_for_again_within_a_cycle_however_often_we_come() -> None:
    for pause in (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=2)):
        memory, now, asked = remembering(*map(str, range(60))), NOW, set[str]()
        while now <= NOW + CYCLE + pause:
            now += pause
            if due := due_for_check(memory, 20, now):
                asked |= set(due)
                memory = check(due, [post(guid) for guid in due], (), memory, now).memory
        assert len(asked) == 60


def test_a_few_posts_are_not_asked_for_at_each_visit() -> None:
    memory, visits = remembering("a", "b", "c"), 0
    for minutes in range(0, 360, 2):
        now = NOW + timedelta(minutes=minutes)
        if due := due_for_check(memory, 20, now):
            visits += 1
            memory = check(due, map(post, due), (), memory, now).memory
    assert visits <= 6


def test_who_is_neither_found_nor_gone_is_asked_for_another_time() -> None:
    sifted = check(("a", "b", "c"), [post("b", "2")], ["c"], remembering("a", "b", "c", "d"), NOW)
    assert (sifted.deleted, [item.guid for item in sifted.items]) == (("c",), ["b"])
    assert list(sifted.memory.seen.items()) == [("d", ""), ("a", ""), ("b", "2")]


def test_a_memory_survives_its_cursor() -> None:
    memory = Memory("mastodon", "17", "8", 99, {"a": "1"})
    assert from_position(to_position(memory), "mastodon", NOW) == memory
    assert from_position(to_position(memory), "reddit", NOW) == Memory("reddit", checked_at=int(NOW.timestamp()))


def test_a_post_without_a_usable_name_is_counted_and_left_out() -> None:
    sifted = sift([post(""), post("x" * 10_000)], Memory())
    assert (sifted.items, sifted.dropped, dict(sifted.memory.seen)) == ((), {"no_name": 2}, {})
