"""What sources say stays text, whatever it holds (SE-05)."""

import pytest
from playwright.async_api import expect

from app.storage.database import Database
from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week
from tests.support.rows import NOON, add_alert, add_emergence, add_hit, add_label, add_signal, add_source, add_story

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}${7*7}",
    "'-alert(1)-'",
    "<a href=javascript:alert(1)>press</a>",
    "<style>body{display:none}</style>",
    "\u202egnp.exe\u202c right to left",
)
ADDRESSES = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "https://evil.example/'\"><script>")


async def test_se05_hostile_titles_links_and_errors_stay_text(visitor: Visitor, database: Database, week: Week) -> None:
    watch_id = week.watches["Nordhavn"]
    async with database.transaction() as connection:
        source_id = await add_source(
            connection,
            name=HOSTILE[1],
            family=HOSTILE[0],
            health="failing",
            status_last_error=f"answered {HOSTILE[0]}",
            address=f"https://evil.example/{HOSTILE[1]}",
        )
        ids = []
        for place, words in enumerate(HOSTILE):
            signal_id = await add_signal(
                connection,
                source_id,
                words,
                at=NOON,
                text=words * 3,
                url=ADDRESSES[place % len(ADDRESSES)],
                language="en",
            )
            await add_label(connection, signal_id, because=[{"word": words, "weight": 1, "start": 0, "end": 9}])
            await add_hit(connection, watch_id, signal_id)
            ids.append(signal_id)
        story_id = await add_story(connection, ids, publishers=list(HOSTILE))
        emergence_id = await add_emergence(
            connection, watch_id, ids, story_id, because=HOSTILE[1], terms=list(HOSTILE), facts={HOSTILE[0]: HOSTILE[1]}
        )
        alert_id = await add_alert(
            connection, watch_id, story_id, emergence_id=emergence_id, title=HOSTILE[3], because=HOSTILE[1]
        )
    page = visitor.page
    for path in (
        "/",
        "/alerts",
        f"/alerts/{alert_id}",
        f"/stories/{story_id}",
        "/signals",
        f"/signals/{ids[0]}",
        "/sources",
        f"/sources/{source_id}",
        f"/trends?subject=source:{source_id}",
        "/trends?subject=everything&range=24h",
        "/signals?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/alerts?level=%3Cscript%3Ealert(1)%3C/script%3E",
    ):
        await visitor.open(path)
        await expect(page.locator("body")).to_be_visible()
        assert (
            await page.evaluate("document.querySelectorAll('img, script:not([src]), body style, [onerror]').length")
            == 0
        )
        bad = "a => /^(javascript|data|vbscript):/i.test(a.href)"
        assert await page.evaluate(f"[...document.links].filter({bad}).length") == 0
    await visitor.open(f"/alerts/{alert_id}")
    await expect(page.locator("h1")).to_have_text(HOSTILE[3])
    assert "\u202e" not in await page.content()


async def test_se06_every_answer_carries_its_headers_and_no_inline_code(visitor: Visitor) -> None:
    for path in ("/", "/alerts", "/trends", "/sign-in", "/nowhere"):
        answer = await visitor.page.request.get(visitor.site.address + path, headers={"Accept": "text/html"})
        assert "require-trusted-types-for 'script'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert " style=" not in await answer.text()
    style = await visitor.page.locator("link[rel=stylesheet]").get_attribute("href")
    answer = await visitor.page.request.get(f"{visitor.site.address}{style}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_se21_a_change_needs_its_token_and_our_origin(visitor: Visitor, week: Week) -> None:
    address = f"{visitor.site.address}/alerts/{week.alerts['school']}/acknowledge"
    request = visitor.page.request
    token = await visitor.page.locator("[data-form-token]").first.get_attribute("data-form-token") or ""
    own = {"Origin": visitor.site.address}
    assert (await request.post(address, headers=own)).status == 403
    assert (await request.post(address, headers=own, form={"form_token": "x" + token})).status == 403
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await request.post(address, headers=foreign, form={"form_token": token})).status == 403
    taken = await request.post(address, headers=own, form={"form_token": token}, max_redirects=0)
    assert taken.status == 303
