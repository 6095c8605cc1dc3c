"""Tips: the form for colleagues, signed in or with the link, and the doors that tips come to."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from app.api.access import refuse_foreign
from app.api.doors import present, services_of
from app.dashboard.doors import Admin, Reader
from app.dashboard.forms import asked, one_of, text_of
from app.dashboard.rendering import go, page, render
from app.errors import Conflict, Invalid, TooMany
from app.records import Caller, GivenTip, SourceDraft, SourceFilter
from app.services.checks import check_words
from signals.item_text import storable
from signals.text import safe_link
from signals.tips import KIND, MOST_TEXT, Tip
from signals.types import Sensitivity, Stakeholder

router = APIRouter()

MOST_LINE = 300  # characters of a line that is no link
MOST_PLACE = 2_048
LONGEST_REFERENCE = 12


@dataclass(frozen=True, slots=True)
class TipForm:
    """What somebody wrote, as they wrote it, and what is wrong with it: field to words."""

    noticed: str = ""
    place: str = ""
    concerned: str = ""
    name: str = ""
    sensitivity: str = Sensitivity.INTERNAL.value
    problems: dict[str, str] = field(default_factory=dict)


@router.get("/tips/new")
async def show_form(request: Request, caller: Reader) -> HTMLResponse:
    return await page(request, caller, "tip", given=TipForm(name=caller.name))


@router.post("/tips/new")
async def take_tip(request: Request, caller: Reader) -> Response:
    given = form_of(await request.form())
    if given.problems:
        return await page(request, caller, "tip", 422, given=given)
    return go(f"/tips/thanks?reference={await give(request, caller, given)}")


@router.get("/tips/thanks")
async def thank(request: Request, caller: Reader) -> HTMLResponse:
    return await page(request, caller, "tip_thanks", reference=reference_of(request))


@router.get("/tips/form/{token}")
async def show_open_form(request: Request, token: str) -> HTMLResponse:
    """For whoever has the link; nobody is signed in, and nothing is noted of who asks."""
    await services_of(request).tips.caller_of_link(token)
    return render(request, "tip_open", given=TipForm(), problem="")


@router.post("/tips/form/{token}")
async def take_open_tip(request: Request, token: str) -> Response:
    """There is no session to bind a token to: Origin and Sec-Fetch-Site speak (SE-21). Few in a minute (SE-28)."""
    refuse_foreign(request)
    caller = await services_of(request).tips.caller_of_link(token)
    given = form_of(await request.form())
    if given.problems:
        return render(request, "tip_open", 422, given=given, problem="")
    try:
        where = request.client.host if request.client else ""
        request.app.state.rates.take(f"tips from {where}", present(request).timestamp(), costly=True)
    except TooMany as refusal:
        return render(request, "tip_open", 429, given=given, problem=f"{refusal}: send it in {refusal.retry_after} s")
    return go(f"/tips/form/{token}/thanks?reference={await give(request, caller, given)}")


@router.get("/tips/form/{token}/thanks")
async def thank_openly(request: Request, token: str) -> HTMLResponse:
    await services_of(request).tips.caller_of_link(token)
    return render(request, "tip_open_thanks", reference=reference_of(request), token=token)


@router.get("/tips")
async def show_doors(request: Request, caller: Admin) -> HTMLResponse:
    return await list_doors(request, caller)


async def list_doors(
    request: Request,
    caller: Caller,
    status: int = 200,
    *,
    token: str = "",
    draft: SourceDraft | None = None,
    problem: Invalid | Conflict | None = None,
) -> HTMLResponse:
    services, now = services_of(request), present(request)
    rows = await services.sources.list(caller, now, SourceFilter())
    return await page(
        request,
        caller,
        "tip_doors",
        status,
        rows=[row for row in rows if row.source.kind == KIND],
        link=await services.tips.find_link(caller),
        address=f"{request.app.state.settings.public_url.rstrip('/') or base_of(request)}/tips/form/{token}",
        token=token,
        base=request.app.state.settings.public_url.rstrip("/") or base_of(request),
        draft=draft or SourceDraft("", kind=KIND, stakeholder=Stakeholder.EMPLOYEES),
        problem=problem,
    )


@router.post("/tips/link")
async def make_link(request: Request, caller: Admin) -> HTMLResponse:
    """The page that answers shows the new link this once; the old one leads nowhere any more."""
    token = await services_of(request).tips.make_link(caller, present(request))
    return await list_doors(request, caller, 201, token=token)


@router.post("/tips/link/revoke")
async def revoke_link(request: Request, caller: Admin) -> Response:
    await services_of(request).tips.revoke_link(caller, present(request))
    return go("/tips", "link_revoked")


@router.post("/tips/doors")
async def add_door(request: Request, caller: Admin) -> Response:
    form = await request.form()
    draft = SourceDraft("", name=text_of(form, "name"), kind=KIND, stakeholder=Stakeholder.EMPLOYEES)
    try:
        whose = one_of(Stakeholder, text_of(form, "stakeholder"), "stakeholder") or Stakeholder.EMPLOYEES
        draft = SourceDraft("", name=text_of(form, "name"), kind=KIND, stakeholder=whose)
        await services_of(request).sources.add(caller, draft, present(request))
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return await list_doors(request, caller, status, draft=draft, problem=problem)
    return go("/tips", "door_added")


async def give(request: Request, caller: Caller, given: TipForm) -> str:
    """Keep it; its reference, by which the giver can ask after it."""
    report = await services_of(request).tips.give(caller, [GivenTip(0, to_tip(given))], present(request))
    if not report.taken:
        raise Invalid(report.refused[0].because, report.refused[0].field)
    return report.taken[0].reference


def form_of(form: FormData) -> TipForm:
    given = {name: storable(text_of(form, name)) for name in ("noticed", "place", "concerned", "name", "sensitivity")}
    problems = {}
    most = {"noticed": MOST_TEXT // 2, "place": MOST_PLACE, "concerned": MOST_LINE, "name": MOST_LINE}
    if not given["noticed"]:
        problems["noticed"] = "Say in a few words what you have noticed"
    for name, longest in most.items():
        try:
            check_words(given[name], name, longest)
        except Invalid as problem:
            problems[name] = str(problem)
    if given["sensitivity"] not in list(Sensitivity):
        problems["sensitivity"] = "Choose one of the three"
    return TipForm(**given, problems=problems)


def to_tip(given: TipForm) -> Tip:
    """What has no field of its own is told in words."""
    link = safe_link(given.place)
    more = (("Where", "" if link else given.place), ("Who is concerned", given.concerned))
    lines = [given.noticed, *(f"{label}: {words}" for label, words in more if words)]
    return Tip(text="\n".join(lines), url=link, author=given.name, sensitivity=Sensitivity(given.sensitivity))


def reference_of(request: Request) -> str:
    """As we gave it, or nothing: the page must not say what somebody put into its address."""
    given = asked(request, "reference")
    is_ours = len(given) == LONGEST_REFERENCE and given.replace("-", "").isalnum() and given.isascii()
    return given if is_ours else ""


def base_of(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"
