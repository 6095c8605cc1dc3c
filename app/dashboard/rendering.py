"""Pages: the template environment, what every page knows, and the answers that routes give."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.alerts.types import AlertState, DismissReason, Level
from app.api.doors import present, services_of
from app.dashboard import source_wording, story_wording, wording
from app.dashboard.assets import address_of
from app.dashboard.charts import bars, spark
from app.dashboard.highlight import mark, plain
from app.dashboard.speech import Speech
from app.overviews import Organisation
from app.records import AlertFilter, Caller, Coverage, Scope
from app.services.directory import Services
from classifiers.saying import Said, say_why

LANGUAGE: Final = "en"
LONG: Final = 400 * 24 * 3600
SAID_COOKIE: Final = "forkant_said"
LIVING: Final = frozenset({AlertState.RAISED})


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every page."""

    organisation: Organisation
    coverage: Coverage
    waiting: int  # alerts that nobody has taken; 100 means more
    position: int


def make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.dashboard"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_translations(gettext.NullTranslations(), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(plain=plain, safe_url=safe_url, host=host_of, said_in=said_in)
    environment.globals.update(
        wording=wording,
        telling=story_wording,
        hearing=source_wording,
        asset=address_of,
        spark=spark,
        bars=bars,
        mark=mark,
        Level=Level,
        AlertState=AlertState,
        DismissReason=DismissReason,
        query=to_query,
    )
    return environment


def said_in(emergence: Said, language: str) -> str:
    """Why it was noticed, in the organisation's language; English is what was stored."""
    return emergence.because if language == LANGUAGE else say_why(emergence, language)


def safe_url(address: str) -> str:
    """An address that may stand in a link; empty for all but http and https (SE-05)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def to_query(values: Mapping[str, Any], **changes: Any) -> str:
    """`?a=1&b=2` of the values with changes; empty ones are left out, times are written in full."""
    merged = {**values, **changes}
    pairs = [
        (name, value.isoformat() if isinstance(value, datetime) else str(value))
        for name, value in merged.items()
        if value not in (None, "")
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


ENVIRONMENT: Final = make_environment()


async def find_frame(services: Services, caller: Caller, now: datetime) -> Frame:
    waiting = await services.alerts.list(caller, AlertFilter(states=LIVING), limit=100)
    return Frame(
        organisation=await services.overviews.organisation(caller),
        coverage=await services.coverage.get(caller, now),
        waiting=len(waiting.rows) if waiting.next is None else 100,
        position=waiting.position,
    )


async def page(request: Request, caller: Caller, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page for somebody who is signed in. `say` and `frame` may be handed in by routes that needed them first."""
    services, now = services_of(request), present(request)
    frame = values.pop("frame", None) or await find_frame(services, caller, now)
    say = Speech(LANGUAGE, frame.organisation.time_zone, now)
    said, number = said_by(request)
    response = render(
        request,
        name,
        status,
        person=caller,
        frame=frame,
        say=say,
        topics=services.topics,
        may_triage=caller.may(Scope.TRIAGE),
        may_admin=caller.may(Scope.ADMIN),
        said=said,
        said_number=number,
        **values,
    )
    if said:
        response.delete_cookie(SAID_COOKIE, path="/")
    return response


def render(request: Request, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Any page, also for somebody we do not know."""
    context = {
        "here": request.url.path,
        "here_full": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "language": LANGUAGE,
        "theme": theme_of(request),
        "keys_on": request.cookies.get("keys") != "off",
        "person": None,
        "frame": None,
        "said": "",
        "said_number": "",
    }
    template = ENVIRONMENT.get_template(f"{name}.html")
    return HTMLResponse(template.render(context | values), status, headers={"Vary": "Cookie"})


def theme_of(request: Request) -> str:
    theme = request.cookies.get("theme", "")
    return theme if theme in ("light", "dark") else "system"


async def speech_of(request: Request, caller: Caller) -> tuple[Frame, Speech]:
    """For routes that need words before they render."""
    services, now = services_of(request), present(request)
    frame = await find_frame(services, caller, now)
    return frame, Speech(LANGUAGE, frame.organisation.time_zone, now)


def said_by(request: Request) -> tuple[str, str]:
    """What the change before this page was: its words, and the number of what it changed."""
    code, _, number = request.cookies.get(SAID_COOKIE, "").partition(".")
    return wording.SAID.get(code, ""), number if number.isascii() and number.isdecimal() else ""


def go(path: str, said: str = "", number: int | str = "") -> RedirectResponse:
    """After a change: to a page of ours, which says once what was done."""
    response = RedirectResponse(path, 303)
    if said:
        value = f"{said}.{number}" if number else said
        response.set_cookie(SAID_COOKIE, value, max_age=30, httponly=True, samesite="lax", path="/")
    return response


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """An error in words, without asking the database: it may be what is wrong."""
    return render(request, "error", status, code=status, title=title, detail=detail)
