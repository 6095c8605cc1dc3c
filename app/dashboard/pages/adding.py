"""Finding sources behind an address, and reading lists: always a look first, then the adding."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Costly
from app.dashboard.forms import source_draft, text_of
from app.dashboard.rendering import go, page
from app.errors import Conflict, Invalid
from app.records import Caller, FoundSources, ListOutcome, ListReport, SourceDraft
from app.services.opml import rest_of

router = APIRouter()

LARGEST_FIELD: Final = 1_000_000  # what a form may carry in one field


@router.get("/sources/discover")
async def ask_for_address(request: Request, caller: Admin) -> HTMLResponse:
    return await show_found(request, caller)


@router.post("/sources/discover")
async def discover(request: Request, caller: Costly) -> HTMLResponse:
    pasted = text_of(await request.form(), "address")
    try:
        answer = await services_of(request).discoveries.find(caller, pasted, present(request))
    except (Invalid, Conflict) as problem:
        return await show_found(request, caller, pasted, None, problem)
    return await show_found(request, caller, pasted, answer)


async def show_found(
    request: Request,
    caller: Caller,
    pasted: str = "",
    answer: FoundSources | None = None,
    problem: Invalid | Conflict | None = None,
) -> HTMLResponse:
    status = 422 if isinstance(problem, Invalid) else 409 if problem else 200
    return await page(request, caller, "source_found", status, pasted=pasted[:2048], answer=answer, problem=problem)


@router.get("/sources/opml")
async def ask_for_list(request: Request, caller: Admin) -> HTMLResponse:
    return await show_list(request, caller, SourceDraft(""))


@router.post("/sources/opml")
async def take_list(request: Request, caller: Costly) -> Response:
    """A file is looked through; what the page that shows it hands back with `apply` is added."""
    draft = SourceDraft("")
    try:
        form = await request.form()
        draft, apply = source_draft(form), text_of(form, "apply") == "yes"
        body = await list_of(form)
        report = await services_of(request).source_lists.take(caller, body, draft, present(request), apply=apply)
    except Invalid as problem:
        return await show_list(request, caller, draft, None, problem)
    return go("/sources", "list_added") if apply else await show_list(request, caller, draft, report)


async def list_of(form: FormData) -> bytes:
    given = form.get("file")
    if isinstance(given, UploadFile):
        return await given.read()
    return text_of(form, "opml").encode()


async def show_list(
    request: Request,
    caller: Caller,
    draft: SourceDraft,
    report: ListReport | None = None,
    problem: Invalid | None = None,
) -> HTMLResponse:
    rest = rest_of(report, present(request)) if report and report.count(ListOutcome.NEW) else ""
    is_too_long = len(rest.encode()) > LARGEST_FIELD
    return await page(
        request,
        caller,
        "source_list",
        422 if problem else 200,
        draft=draft,
        report=report,
        rest="" if is_too_long else rest,
        is_too_long=is_too_long,
        problem=problem,
    )
