"""A real Chromium, and the pages served to it on loopback."""

import asyncio
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright, expect
from playwright.sync_api import sync_playwright

from app.api.application import make_app
from app.config import Settings
from app.records import Caller, Role
from app.services.directory import Services, make_services
from app.storage.database import Database
from tests.support.rows import NOON

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PASSWORD = "correct horse battery"
PATIENCE = 60_000  # milliseconds: a busy machine is no fault of the page
NONE_TO_BE_HAD = """
  ****************************************************************************
  There is no Chromium, and none could be installed: the tests that look at
  the pages in a browser WILL BE SKIPPED. Put one on the PATH to run them.
  ****************************************************************************
"""

expect.set_options(timeout=PATIENCE)


def find_chromium() -> str | None:
    """FORKANT_TEST_CHROMIUM, else one on the PATH, else the one that Playwright has installed."""
    given = os.environ.get("FORKANT_TEST_CHROMIUM", "")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """The test is skipped, and says so in the warnings too, where there is none."""
    async with async_playwright() as playwright:
        path = find_chromium() or playwright.chromium.executable_path
        if not os.path.exists(path):  # noqa: ASYNC240
            words = "there is no Chromium: the pages are not tested in a browser"
            warnings.warn(words, stacklevel=2)
            pytest.skip(words)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Site:
    """The pages on loopback, and how to get in."""

    address: str
    services: Services
    caller: Caller
    now: datetime = NOON


@asynccontextmanager
async def serve(database: Database, now: datetime = NOON) -> AsyncIterator[Site]:
    """API and pages on a free port, at one frozen moment; `kari` may do everything, `lise` may only read."""
    settings = Settings(_env_file=None, private_hosts=())  # type: ignore[call-arg]
    services = make_services(database, settings)
    await services.people.add("kari", PASSWORD, Role.ADMIN, now)
    await services.people.add("lise", PASSWORD, Role.READER, now)
    signed_in = await services.people.sign_in("kari", PASSWORD, "127.0.0.1", now)
    app = make_app(services, settings, now=lambda: now)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells in no other way
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}", services, signed_in.caller, now)
    server.should_exit = True
    await running


@dataclass
class Visitor:
    """Somebody with a browser of their own; what went wrong in it is remembered."""

    site: Site
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def sign_in(self, name: str = "kari", next_path: str = "/") -> None:
        await self.page.goto(f"{self.site.address}/sign-in?next={next_path}")
        await self.page.fill("#name", name)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("button")

    async def open(self, path: str) -> Page:
        await self.page.goto(self.site.address + path)
        return self.page

    async def is_wider_than_window(self) -> bool:
        return bool(await self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@asynccontextmanager
async def visit(browser: Browser, site: Site, **options: object) -> AsyncIterator[Visitor]:
    """A fresh profile. Afterwards: no dialog, no script error, no CSP report, no request to anybody else (SE-05)."""
    context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    visitor = Visitor(site, context, page)

    def foreign(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "about:")):
            visitor.complaints.append(f"asked {request.url}")

    async def refuse(dialog: object) -> None:
        visitor.complaints.append("a dialog opened")
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("request", foreign)
    page.on("dialog", refuse)
    page.on("pageerror", lambda error: visitor.complaints.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: visitor.complaints.append(message.text) if "Content Security" in message.text else None,
    )
    yield visitor
    await context.close()
    assert visitor.complaints == []


def main() -> None:
    """Before the tests: see to it that there is a Chromium, or say loudly that there is none."""
    if not (is_there() or (os.geteuid() == 0 and install_package() and is_there())):
        print("There is no Chromium on the PATH: asking Playwright for one ...", flush=True)  # noqa: T201
        order([sys.executable, "-m", "playwright", "install", "chromium"])
        if not is_there():
            print(NONE_TO_BE_HAD, flush=True)  # noqa: T201


def is_there() -> bool:
    """Is there one that starts?"""
    with sync_playwright() as playwright:
        path = find_chromium() or playwright.chromium.executable_path
    return os.path.exists(path) and order([path, "--version"])


def install_package() -> bool:
    """Debian's own; other systems have other names for it, or none."""
    if not shutil.which("apt-get"):
        return False
    print("There is no Chromium on the PATH: installing the package chromium ...", flush=True)  # noqa: T201
    order(["apt-get", "update", "-qq"])
    return order(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])


def order(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
