"""The order of things, from what is said to who is told. Read this first.

    Source -> Item -> Signal -> Label -> Story -> Emergence -> Alert -> Delivery

Each step takes the rows that lack its output, so it can stop, run again, run alone, and run on many machines at once.
Live, the functions below run side by side, every second or so; in a replay they run in turn, on virtual time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.alerts.types import Tally


class Stage(Protocol):
    async def run(self, now: datetime) -> Tally: ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    collect: Stage  # due sources are asked for items
    normalise: Stage  # items become signals: clean text, language, times, address
    dedupe: Stage  # copies are marked
    classify: Stage  # signals get labels, and hit watches
    group: Stage  # signals about one event become a story
    match: Stage  # new watches meet the past
    detect: Stage  # what is on its way?
    alert: Stage  # is it worth a person's attention, and whose?
    notify: Stage  # they are told
    ledger: Stage  # and what did we not hear?
    hear: Stage | None = None  # lines are kept open to sources that speak in a stream; a replay has none
    subscribe: Stage | None = None  # hubs are asked to push what feeds say; a replay has none
    receive: Stage | None = None  # what they pushed becomes items, without a poll
    learn: Stage | None = None  # what people judged makes the next model; a replay has none
    foresee: Stage | None = None  # will it fade, hold or grow? and what did it do? a replay has none
    follow: Stage | None = None  # where should it stand? a replay has none
    refine: Stage | None = None  # what words leave open is read closely, where embeddings are installed
    replays: Stage | None = None  # what people ask of the past is played beside the live work; a replay has none
    radar: Stage | None = None  # what no watch has is suggested, once a week; a replay has none

    async def listen(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order((self.collect,), now)

    async def understand(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(
            (self.normalise, self.dedupe, self.classify, self.group, self.match, self.detect, self.alert), now
        )

    async def keep_lines_open(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.hear,)), now)

    async def ask_hubs(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.subscribe,)), now)

    async def be_told(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.receive,)), now)

    async def learn_from_people(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.learn,)), now)

    async def foresee_stories(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.foresee,)), now)

    async def follow_stories(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.follow,)), now)

    async def read_closely(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.refine,)), now)

    async def play_the_past(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.replays,)), now)

    async def look_around(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order(filter(None, (self.radar,)), now)

    async def tell(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order((self.notify,), now)

    async def account(self, now: datetime) -> tuple[Tally, ...]:
        return await run_in_order((self.ledger,), now)


async def run_in_order(stages: Iterable[Stage], now: datetime) -> tuple[Tally, ...]:
    return tuple([await stage.run(now) for stage in stages])
