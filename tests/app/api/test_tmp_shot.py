from tests.app.api.test_source_lists import *  # noqa
from tests.support.browser import open_chromium


async def test_shot(finder: Web, paper: Site, database: Database) -> None:
    paper.pages["/"] += b"<link rel=alternate type='application/rss+xml' href=/by><link rel=alternate type='application/rss+xml' href=http://10.0.0.1/feed>"
    paper.pages["/by"] = rss("Byen skal bygges", *[f"Sak nummer {n} om byen og havna som er lang nok til å brekke linjer på smale skjermer" for n in range(9)])
    async with database.transaction() as c:
        await add_source(c, address=paper.url("/x"), name="Avisa", stakeholder="experts", tier=1, family="amedia")
    kari = await finder.signed_in(Role.ADMIN)
    token = kari.headers["Cookie"].split("=", 1)[1]
    async with open_chromium() as b:
        for width in (1280, 360):
            ctx = await b.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
            await ctx.add_cookies([{"name": "forkant", "value": token, "url": finder.base}])
            p = await ctx.new_page()
            await p.goto(finder.base + "/sources")
            await p.screenshot(path=f"/tmp/shot_sources_{width}.png")
            await p.get_by_label("Any address").fill(paper.url("/"))
            await p.get_by_role("button", name="Find its feeds").click()
            await p.screenshot(path=f"/tmp/shot_found_{width}.png", full_page=True)
            await p.goto(finder.base + "/sources/opml")
            await p.set_input_files("#file", files=[{"name": "a.opml", "mimeType": "text/xml", "buffer": LIST.encode()}])
            await p.get_by_role("button", name="Look through it").click()
            await p.screenshot(path=f"/tmp/shot_opml_{width}.png", full_page=True)
            print(await p.evaluate("document.documentElement.scrollWidth") if False else "")
