"""One visit of a collector to a fake service, as the collect stage pays it."""

from datetime import datetime
from typing import Any

from signals.collectors import Collector
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.types import Catch, Cursor, Source
from tests.support.services.base import NOON, Service


async def visit(
    collector: Collector,
    fake: Service,
    cursor: Cursor | None = None,
    *,
    at: datetime = NOON,
    path: str = "",
    parsers: Any = None,
) -> Catch:
    """What the collector brings home from the fake's address, or from another path of it."""
    source = Source(1, "any", fake.url(path) if path else fake.address, "")
    async with Outbound("t", ("127.0.0.1",)) as outbound, ParserPool(1) as own:
        return await collector.collect(source, cursor or Cursor(), outbound, parsers or own, at)
