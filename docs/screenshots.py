"""Takes the pictures of README and docs: `python docs/screenshots.py http://127.0.0.1:8000 --name admin`.

The password comes from FORKANT_ADMIN_PASSWORD. Needs Playwright and a Chromium; pictures go to docs/images/.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZE: ViewportSize = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = {
    "briefing": "/",
    "inbox": "/alerts",
    "trends": "/trends?range=7d",
    "sources": "/sources",
    "watches": "/watches",
}


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("address", help="where Forkant runs, such as http://127.0.0.1:8000")
    given.add_argument("--name", default="admin")
    given.add_argument("--into", type=Path, default=IMAGES)
    asked = given.parse_args()
    password = os.environ.get("FORKANT_ADMIN_PASSWORD", "")
    if not password:
        print("Set FORKANT_ADMIN_PASSWORD to the password of the person that signs in", file=sys.stderr)  # noqa: T201
        return 2
    asked.into.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for theme in THEMES:
            take_all(browser, asked.address.rstrip("/"), asked.name, password, theme, asked.into)
    return 0


@contextmanager
def open_browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def take_all(
    browser: Browser, address: str, name: str, password: str, theme: Literal["light", "dark"], into: Path
) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button")
    page.wait_for_selector(".content")
    for picture, path in PAGES.items():
        page.goto(address + path)
        take(page, into / f"{picture}-{theme}.png")
    page.goto(f"{address}/alerts?state=all")
    first = page.locator("[data-open]").first
    if first.count():
        page.goto(address + (first.get_attribute("href") or "/"))
        take(page, into / f"alert-{theme}.png")
    context.close()


def take(page: Page, path: Path) -> None:
    chart = page.locator("[data-chart]")
    if chart.count() and page.locator("script[src*=charts]").count():
        page.wait_for_selector("[data-chart] svg path", state="attached")
        page.wait_for_timeout(500)
    page.screenshot(path=path)
    print(path)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
