"""One story: who tells it, where it stands, what comes of it; and what people do with it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from app.api.doors import present, services_of
from app.dashboard.doors import Reader, Triager
from app.dashboard.explaining import Sign
from app.dashboard.forms import list_of, next_of, one_of, path_number, text_of
from app.dashboard.highlight import mark
from app.dashboard.rendering import go, page
from app.dashboard.storytelling import foreseen, tellers_of
from app.errors import Invalid
from app.services.checks import check_id
from classifiers.lifecycle import Stage

router = APIRouter()


@router.get("/stories/{number}")
async def show_story(request: Request, caller: Reader, number: str) -> HTMLResponse:
    services, now = services_of(request), present(request)
    found = await services.stories.get(caller, path_number(number, "story"))
    labels = await services.overviews.labels([row.id for row in found.members])
    alerts = [(await services.alerts.get(caller, alert_id)).alert for alert_id in found.alert_ids[:20]]
    return await page(
        request,
        caller,
        "story",
        found=found,
        story=found.story,
        signs=[Sign(row, labels.get(row.id, ()), mark(row, labels.get(row.id, ()))) for row in found.members],
        alerts=alerts,
        tellers=tellers_of(found.members),
        foreseen=foreseen(found, await services.stories.outlook_record(caller, now)),
        neighbours=await services.stories.neighbours(caller, found.story),
        own=await services.teaching.own(caller, [row.id for row in found.members[:10]]),
    )


@router.post("/stories/{number}/merge")
async def merge(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    other = text_of(form, "address") or text_of(form, "other")
    if not other:
        raise Invalid("Say which other story", "other")
    story_id = check_id(other.rstrip("/").rpartition("/")[2], "other")  # a number, or the address of its page
    done = await services_of(request).stories.merge(
        caller, path_number(number, "story"), story_id, present(request), reason=text_of(form, "reason")
    )
    return go(f"/stories/{done.story.id}", "story_merged", done.story.id)


@router.post("/stories/{number}/split")
async def split(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    done = await services_of(request).stories.split(
        caller, path_number(number, "story"), signals_of(form), present(request), reason=text_of(form, "reason")
    )
    return go(f"/stories/{done.story.id}", "story_split", done.story.id)


@router.post("/stories/{number}/undo")
async def undo(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    done = await services_of(request).stories.undo(
        caller,
        path_number(number, "story"),
        check_id(text_of(form, "change"), "change"),
        present(request),
        reason=text_of(form, "reason"),
    )
    return go(f"/stories/{done.story.id}", "story_undone", done.story.id)


@router.post("/stories/{number}/stage")
async def set_stage(request: Request, caller: Triager, number: str) -> Response:
    form = await request.form()
    row = await services_of(request).stories.set_stage(
        caller,
        path_number(number, "story"),
        check_id(text_of(form, "watch"), "watch"),
        one_of(Stage, text_of(form, "stage"), "stage"),
        present(request),
        reason=text_of(form, "reason"),
    )
    return go(next_of(form, f"/stories/{row.story_id}"), "stage_set", row.story_id)


def signals_of(form: FormData) -> list[int]:
    return [check_id(one, "signals") for one in list_of(form, "signals")]
