"""Ways of listening: one file per kind of source."""

from datetime import datetime
from typing import Protocol

from signals.collectors.feed import FeedCollector
from signals.fetch import Outbound
from signals.parser_pool import Parsers
from signals.registry import with_plugins
from signals.types import Catch, Cursor, Source


class Collector(Protocol):
    """Fetches what is new in a source. Raises CollectError when it cannot, in words for the source's owner."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch: ...


BUILT_IN: dict[str, Collector] = {
    "feed": FeedCollector(),
}
COLLECTORS = with_plugins(BUILT_IN, "forkant.collectors")
