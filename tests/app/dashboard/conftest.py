"""The pages of a busy week, and a browser for them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from app.dashboard import assets
from app.dashboard.frontend.build import CannotBuild, build
from app.storage.database import Database
from tests.support.browser import Site, Visitor, open_chromium, serve, visit
from tests.support.dashboard_rows import Week, set_week


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def scripts() -> None:
    """The pages' own script, bundled as at set-up."""
    try:
        build()
    except CannotBuild as problem:
        pytest.skip(f"the pages' script cannot be built: {problem}")
    for cached in (assets.assets, assets.manifest, assets.address_of):
        cached.cache_clear()


@pytest.fixture
async def week(database: Database) -> Week:
    async with database.transaction() as connection:
        return await set_week(connection)


@pytest.fixture
async def site(database: Database, week: Week) -> AsyncIterator[Site]:
    async with serve(database) as served:
        yield served


@pytest.fixture
async def visitor(chromium: Browser, site: Site, scripts: None) -> AsyncIterator[Visitor]:
    async with visit(chromium, site) as somebody:
        await somebody.sign_in()
        yield somebody


@pytest.fixture
async def plain_visitor(chromium: Browser, site: Site) -> AsyncIterator[Visitor]:
    """A visitor whose browser runs no script."""
    async with visit(chromium, site, java_script_enabled=False) as somebody:
        await somebody.sign_in()
        yield somebody
