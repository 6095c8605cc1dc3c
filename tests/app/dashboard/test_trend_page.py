"""The trend: a drawn line, and a table that holds the same numbers."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from app.records import Bucket, Subject, SubjectKind
from tests.support.browser import Site, Visitor
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser


async def test_ux37_chart_and_table_show_the_series_of_the_service(visitor: Visitor, site: Site, week: Week) -> None:
    watch = str(week.watches["Vann og avløp"])
    page = await visitor.open(f"/trends?subject=watch:{watch}&range=30d")
    await expect(page.locator(".chart svg path").first).to_be_attached()
    await expect(page.locator(".chart svg text", has_text="Vann og avløp")).to_have_count(1)
    trend = await site.services.trends.get(
        site.caller, Subject(SubjectKind.WATCH, watch), Bucket.DAY, site.now - timedelta(days=30), site.now, site.now
    )
    cells = await page.locator("#series td[data-value]").evaluate_all("cells => cells.map(cell => cell.dataset.value)")
    assert cells == [str(point.signals) for point in reversed(trend.points)]
    await expect(page.locator("#summary")).to_contain_text(f"{trend.total} independent signals")


async def test_ux34_where_nobody_listened_the_table_has_no_zero(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/trends?subject=watch:{week.watches['Nordhavn']}&range=7d&bucket=hour")
    silent = page.locator("#series tr", has_text="not heard")
    assert await silent.count() >= 3
    await expect(page.locator("#summary")).to_contain_text("shown as gaps")


async def test_ux08_a_number_of_the_table_opens_its_signals(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/trends?subject=watch:{week.watches['Vann og avløp']}&range=30d")
    link = page.locator("#series td[data-value] a").first
    number = int(await link.inner_text())
    await link.click()
    assert number == 5
    await expect(page.locator(".sign")).to_have_count(number)


async def test_ux40_the_share_is_a_series_of_its_own(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/trends?subject=watch:{week.watches['Nordhavn']}&range=30d&per=1000")
    await expect(page.locator("figure .under")).to_contain_text("signals per 1,000 heard per day")


@pytest.mark.parametrize(
    "query", ["range=1y", "from=yesterday", "subject=person:1", "from=2026-03-09&until=2026-03-01"]
)
async def test_what_cannot_be_drawn_is_said_in_words(plain_visitor: Visitor, query: str) -> None:
    page = await plain_visitor.open(f"/trends?{query}")
    await expect(page.locator("[data-error]")).to_be_visible()
