"""Watches before they are kept: what one would have found, what its words stand for, queries of other services."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.doors import present, services_of
from app.dashboard.doors import Reader
from app.dashboard.explaining import Sign
from app.dashboard.forms import number_of, text_of, watch_draft
from app.dashboard.highlight import LONGEST, Marked, cut, merge, shorten
from app.dashboard.pages.watches import pointer, show_form
from app.dashboard.rendering import page
from app.errors import Conflict, Invalid
from app.records import WatchDraft
from app.records.previews import Example, Preview
from classifiers.types import Because
from classifiers.watches.dialects import DIALECTS

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview with its examples marked."""

    found: Preview
    telling: tuple[Sign, ...]
    newest: tuple[Sign, ...]
    added: tuple[Sign, ...]
    lost: tuple[Sign, ...]

    @classmethod
    def of(cls, found: Preview) -> "Shown":
        change = found.change
        return cls(
            found,
            tuple(to_sign(one) for one in found.examples if one.is_telling),
            tuple(to_sign(one) for one in found.examples if not one.is_telling),
            tuple(map(to_sign, change.added_examples)) if change else (),
            tuple(map(to_sign, change.lost_examples)) if change else (),
        )


def to_sign(example: Example) -> Sign:
    """The words that brought it are marked."""
    signal = example.signal
    spans = merge([Because("", 1.0, start, end) for start, end in example.spans], len(signal.passage))
    border = len(signal.title) + 1
    title = cut(signal.title, [(start, end) for start, end in spans if end < border])
    text = cut(signal.text, [(start - border, end - border) for start, end in spans if start >= border])
    return Sign(signal, (), Marked(title, shorten(text, LONGEST)))


@router.post("/watches/preview")
async def preview_watch(request: Request, caller: Reader) -> HTMLResponse:
    """The form again, as it was filled in, with what the watch would have found."""
    return await show_tried(request, caller, is_explained=False)


@router.post("/watches/explain")
async def explain_watch(request: Request, caller: Reader) -> HTMLResponse:
    """The form again, with what the words of the query stand for."""
    return await show_tried(request, caller, is_explained=True)


async def show_tried(request: Request, caller: Reader, *, is_explained: bool) -> HTMLResponse:
    services, now = services_of(request), present(request)
    form = await request.form()
    draft, row, suggestion = WatchDraft("", text_of(form, "query")), None, None
    try:
        suggestion = number_of(text_of(form, "suggestion"), "suggestion")
        number = number_of(text_of(form, "watch"), "watch")
        row = await services.watches.get(caller, number, now) if number is not None else None
        draft = watch_draft(form)
        if is_explained:
            explained = await services.queries.explain(caller, draft.query, now, watch_id=None)
            return await show_form(request, caller, draft, row, suggestion=suggestion, explained=explained)
        found = await services.previews.preview(caller, draft, now, watch_id=number)
        return await show_form(request, caller, draft, row, suggestion=suggestion, shown=Shown.of(found))
    except (Invalid, Conflict) as problem:
        return await show_form(request, caller, draft, row, 422, problem, suggestion, attempt=True)


@router.get("/watches/import")
async def import_form(request: Request, caller: Reader) -> HTMLResponse:
    return await page(
        request, caller, "watch_import", services=DIALECTS, service="", given="", found=None, problem=None, pointer=None
    )


@router.post("/watches/import")
async def import_query(request: Request, caller: Reader) -> Response:
    form = await request.form()
    given, service = text_of(form, "query"), text_of(form, "service")
    found = problem = None
    try:
        found = services_of(request).queries.import_query(given, service)
    except Invalid as error:
        problem = error
    return await page(
        request,
        caller,
        "watch_import",
        422 if problem else 200,
        services=DIALECTS,
        service=service,
        given=given,
        found=found,
        problem=problem,
        pointer=pointer(given, problem),
    )
