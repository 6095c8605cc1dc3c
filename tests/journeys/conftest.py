"""What journeys share: a town's papers and a Slack channel on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.support.newsroom import Newsroom
from tests.support.receivers import FakeReceiver


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom() as newsroom:
        yield newsroom


@pytest.fixture
async def slack() -> AsyncIterator[FakeReceiver]:
    async with FakeReceiver() as receiver:
        yield receiver
