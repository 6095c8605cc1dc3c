"""Contrast, themes, narrow screens, print: computed in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import Site, Visitor, visit
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser

LEVELS = ("low", "moderate", "serious", "critical", "opportunity")
TEXT = (
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "card", "sunk", "hover")),
    *((level, ground) for level in LEVELS for ground in ("paper", "card", "hover", f"{level}-soft")),
    ("good", "card"),
    ("on-accent", "accent"),
    ("on-mark", "mark"),
    ("accent", "accent-soft"),
    ("ink", "moderate-soft"),
    ("ink", "critical-soft"),
    ("ink", "opportunity-soft"),
    ("paper", "ink"),
)
GRAPHICS = (
    ("edge", "card"),
    ("edge", "paper"),
    ("series", "card"),
    ("series", "band"),
    ("median", "band"),
    ("focus", "paper"),
    ("focus", "card"),
    ("amber", "card"),
)

COLOURS = """names => {
    const probe = document.body.appendChild(document.createElement('i'));
    const found = {};
    for (const name of names) {
        probe.style.color = `var(--${name})`;
        found[name] = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
    }
    return found;
}"""


def luminance(colour: list[float]) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_ux35_every_pair_of_colours_has_its_contrast(chromium: Browser, site: Site, theme: str) -> None:
    async with visit(chromium, site, color_scheme=theme) as visitor:
        page = await visitor.open("/sign-in")
        colours = await page.evaluate(COLOURS, sorted({name for pair in (*TEXT, *GRAPHICS) for name in pair}))
        weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT}
        assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
        weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in GRAPHICS}
        assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


async def test_ux16_the_theme_is_toggled_and_kept(visitor: Visitor) -> None:
    page = await visitor.open("/")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = await page.evaluate(paper)
    await page.keyboard.press("t")
    dark = await page.evaluate(paper)
    assert light != dark
    await visitor.open("/alerts")
    assert await page.locator("html").get_attribute("data-theme") == "dark"
    assert await page.evaluate(paper) == dark


async def test_the_theme_can_be_chosen_without_script(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    await page.get_by_role("button", name="Theme:").click()
    assert await page.locator("html").get_attribute("data-theme") == "dark"


async def test_ux16_no_page_scrolls_sideways_at_320_pixels(
    chromium: Browser, site: Site, scripts: None, week: Week
) -> None:
    async with visit(chromium, site, viewport={"width": 320, "height": 700}) as visitor:
        await visitor.sign_in()
        wide = []
        for path in (
            "/sign-in",
            "/",
            "/alerts",
            f"/alerts/{week.alerts['crisis']}",
            "/trends?range=30d",
            "/signals",
            f"/stories/{week.stories['crisis']}",
            "/watches",
            "/watches/new",
            "/sources",
            "/coverage",
            f"/sources/{week.sources['Sundets Tidning']}",
            "/receivers",
            f"/receivers/{week.receivers['Intranett']}",
            "/held",
            "/scorecard",
            "/radar",
            "/help",
        ):
            await visitor.open(path)
            if await visitor.is_wider_than_window():
                wide.append(path)
        assert wide == []


async def test_wcag_2_5_8_buttons_and_links_in_rows_are_large_enough(visitor: Visitor) -> None:
    page = await visitor.open("/alerts")
    small = await page.evaluate(
        """[...document.querySelectorAll('button, summary, select, .nav a, .tabs a, input[type=search]')]
            .filter(one => one.checkVisibility())
            .map(one => [one.textContent.trim().slice(0, 20), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 24)"""
    )
    assert small == []


async def test_wcag_2_4_1_the_first_stop_skips_to_the_content(visitor: Visitor) -> None:
    page = await visitor.open("/alerts")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    assert page.url.endswith("#content")


async def test_ux16_print_hides_controls_and_keeps_the_data(visitor: Visitor, week: Week) -> None:
    page = await visitor.open(f"/alerts/{week.alerts['crisis']}")
    await page.emulate_media(media="print")
    await expect(page.locator(".side")).to_be_hidden()
    await expect(page.get_by_role("region", name="Why")).to_be_visible()


async def test_ux60_scripts_stay_small(scripts: None) -> None:
    import gzip

    from app.dashboard.assets import assets

    sizes = {
        name.partition("-")[0]: len(gzip.compress(one.body)) for name, one in assets().items() if name.endswith("js")
    }
    assert sizes["base"] < 60_000
    assert sizes["base"] + sizes["charts"] < 280_000
