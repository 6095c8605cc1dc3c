"""A running server on an empty database."""

from collections.abc import AsyncIterator

import pytest

from app.storage.database import Database
from tests.support.web import Web, serving


@pytest.fixture
async def web(database: Database) -> AsyncIterator[Web]:
    async with serving(database) as running:
        yield running
