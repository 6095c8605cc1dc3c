"""The inbox by keyboard, and when somebody else was faster."""

import pytest
from playwright.async_api import Browser, expect

from app.alerts.types import AlertState
from app.records import AlertFilter
from tests.support.browser import Site, Visitor, visit
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser
WAITING = AlertFilter(states=frozenset({AlertState.RAISED}))


async def test_ux07_the_inbox_is_cleared_by_keyboard_alone(visitor: Visitor, site: Site) -> None:
    page = await visitor.open("/alerts?state=raised")
    rows = page.locator("[data-row]")
    for left in (4, 3):
        await page.keyboard.press("j")
        await page.keyboard.press("1")
        await expect(rows).to_have_count(left)
    for left in (2, 1, 0):
        await page.keyboard.press("j")
        await page.keyboard.press("2")
        await expect(rows).to_have_count(left)
    assert (await site.services.alerts.list(site.caller, WAITING)).rows == ()
    await expect(page.locator("#inbox")).to_contain_text("Nothing here")


async def test_dismissing_asks_for_a_reason_and_keeps_the_keyboard_in_the_list(visitor: Visitor, week: Week) -> None:
    page = await visitor.open("/alerts?state=raised")
    await page.keyboard.press("j")
    await page.keyboard.press("3")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(4)
    await expect(page.locator(".toast")).to_contain_text("Dismissed")
    assert await page.evaluate("document.activeElement.matches('[data-row]')")
    await page.keyboard.press("z")
    await expect(page.locator("[data-row]")).to_have_count(5)


async def test_escape_closes_the_reasons_and_goes_back_to_the_row(visitor: Visitor) -> None:
    page = await visitor.open("/alerts")
    await page.keyboard.press("j")
    await page.keyboard.press("3")
    await expect(page.locator("[data-dismiss][open]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-dismiss][open]")).to_have_count(0)
    assert await page.evaluate("document.activeElement.matches('[data-row]')")


async def test_moving_opening_and_going_places(visitor: Visitor) -> None:
    page = await visitor.open("/alerts")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Mange syke etter å ha drukket vann fra springen i Nordhavn"
    )
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sources")
    await page.keyboard.press("/")
    await page.keyboard.type("jjj")
    await expect(page.get_by_label("Name or address")).to_have_value("jjj")
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", level=1).click()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Help and keys")


async def test_wcag_2_1_4_single_letter_keys_can_be_switched_off(visitor: Visitor) -> None:
    page = await visitor.open("/help")
    await page.get_by_role("button", name="Switch them off").click()
    await expect(page.get_by_text("Single-letter keys are off.")).to_be_visible()
    await visitor.open("/alerts")
    await page.keyboard.press("j")
    assert await page.locator(".is-chosen").count() == 0


async def test_ux07_the_second_of_two_sees_what_the_first_did(chromium: Browser, site: Site, visitor: Visitor) -> None:
    page = await visitor.open("/alerts?state=raised")
    first = (await site.services.alerts.list(site.caller, WAITING)).rows[0]
    await site.services.alerts.acknowledge(site.caller, first.id, site.now)
    await page.keyboard.press("j")
    await page.keyboard.press("1")
    await expect(page.locator(".toast")).to_contain_text("acknowledged by kari")
    await expect(page.locator("[data-row]")).to_have_count(4)
    async with visit(chromium, site, java_script_enabled=False) as other:
        await other.sign_in()
        second = (await site.services.alerts.list(site.caller, WAITING)).rows[0]
        plain = await other.open(f"/alerts/{second.id}")
        await site.services.alerts.acknowledge(site.caller, second.id, site.now)
        await plain.get_by_role("button", name="Take it").click()
        await expect(plain.locator("[data-error]")).to_contain_text("acknowledged by kari")
        await plain.get_by_role("link", name="See the alert as it is").click()
        assert plain.url.endswith(f"/alerts/{second.id}")


async def test_ux13_filters_stand_in_the_address(visitor: Visitor, week: Week) -> None:
    page = await visitor.open("/alerts")
    await page.get_by_label("At least").select_option("serious")
    await page.get_by_label("Watch").select_option(str(week.watches["Nordhavn"]))
    await page.get_by_role("button", name="Filter").click()
    await expect(page.locator("[data-row]")).to_have_count(1)
    assert f"watch={week.watches['Nordhavn']}" in page.url
    await page.reload()
    await expect(page.locator("[data-row]")).to_contain_text("Fikk andres fødselsnummer")


async def test_the_pill_tells_of_new_alerts_and_moves_nothing(visitor: Visitor, site: Site) -> None:
    page = await visitor.open("/alerts?state=all")
    await page.evaluate("document.body.dataset.position = '0'")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator(".pill")).to_have_text("6 new alerts: show")
    await page.locator(".pill").click()
    await expect(page.locator(".pill")).to_have_count(0)
    await expect(page.locator("[data-row]")).to_have_count(6)
