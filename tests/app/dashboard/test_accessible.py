"""What axe-core finds on every page: nothing (UX-50)."""

import pytest
from playwright.async_api import Browser

from app.dashboard.frontend.build import HERE
from tests.support.browser import Site, visit
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser

AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDINGS = """async rules => (await axe.run({ runOnly: rules })).violations
    .map(found => [found.id, found.nodes.length, found.nodes[0].html.slice(0, 120)])"""


@pytest.mark.timeout(600)  # so many pages take long where others are at work too
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
async def test_ux50_axe_finds_nothing(
    chromium: Browser, site: Site, scripts: None, week: Week, theme: str, width: int
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core was not fetched")
    axe = AXE.read_text(encoding="utf-8")
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "bypass_csp": True}
    async with visit(chromium, site, **options) as visitor:
        found = {}
        await visitor.sign_in()
        for path in (
            "/",
            "/alerts",
            f"/alerts/{week.alerts['crisis']}",
            f"/stories/{week.stories['crisis']}",
            "/trends?range=30d",
            "/signals",
            f"/signals/{week.signals['crisis'][0]}",
            "/sources",
            "/coverage",
            f"/sources/{week.sources['Sundets Tidning']}",
            "/watches",
            "/watches/new",
            "/watches/import",
            "/receivers",
            f"/receivers/{week.receivers['Intranett']}",
            "/held",
            "/replays",
            "/radar",
            "/scorecard",
            "/tips",
            "/tips/new",
            "/teach",
            "/models",
            "/help",
            "/nowhere",
        ):
            page = await visitor.open(path)
            await page.evaluate(f"{axe};0")
            if findings := await page.evaluate(FINDINGS, RULES):
                found[path] = findings
        assert found == {}
