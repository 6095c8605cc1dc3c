"""Signing in and out, in a browser."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import Site, Visitor, visit

pytestmark = pytest.mark.browser


async def test_sign_in_leads_to_the_page_that_was_asked_for(chromium: Browser, site: Site) -> None:
    async with visit(chromium, site) as visitor:
        page = await visitor.open("/sources?health=failing")
        assert "/sign-in?next=" in page.url
        await page.fill("#name", "kari")
        await page.fill("#password", "correct horse battery")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Sources", level=1)).to_be_visible()
        assert page.url.endswith("/sources?health=failing")


async def test_a_wrong_password_says_so_and_keeps_the_name(chromium: Browser, site: Site) -> None:
    async with visit(chromium, site) as visitor:
        page = await visitor.open("/sign-in")
        await page.fill("#name", "kari")
        await page.fill("#password", "guess")
        await page.click("button")
        await expect(page.get_by_role("alert")).to_have_text("Name or password is wrong")
        await expect(page.locator("#name")).to_have_value("kari")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/%09/evil.example"]
)
async def test_se23_sign_in_never_leaves_the_origin(chromium: Browser, site: Site, target: str) -> None:
    async with visit(chromium, site) as visitor:
        await visitor.sign_in(next_path=target)
        assert visitor.page.url.startswith(site.address + "/")


async def test_sign_out_ends_the_session(visitor: Visitor) -> None:
    page = visitor.page
    await page.get_by_role("button", name="Sign out kari").click()
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")
    await visitor.open("/")
    assert "/sign-in" in page.url


async def test_who_may_only_read_sees_no_buttons_that_change(chromium: Browser, site: Site) -> None:
    async with visit(chromium, site) as visitor:
        await visitor.sign_in("lise")
        page = await visitor.open("/alerts")
        await expect(page.get_by_text("Mange syke etter").first).to_be_visible()
        assert await page.get_by_role("button", name="Take").count() == 0
        await visitor.open("/sources")
        assert await page.get_by_text("Add a source").count() == 0
