"""Signing in and out, preferences, help."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.api.access import (
    clear_session,
    find_caller,
    refuse_foreign,
    safe_next,
    session_token,
    set_session,
)
from app.api.doors import present, services_of
from app.dashboard.doors import Reader
from app.dashboard.forms import next_of, text_of
from app.dashboard.rendering import LONG, go, page, render, said_by
from app.errors import Invalid, Refused, TooMany

router = APIRouter()


@router.get("/sign-in")
async def show_sign_in(request: Request) -> Response:
    next_path = safe_next(request.query_params.get("next", "/"))
    if await find_caller(request) is not None:
        return go(next_path)
    return sign_in_form(request, next_path, said=said_by(request)[0])


def sign_in_form(
    request: Request, next_path: str, status: int = 200, *, name: str = "", problem: str = "", said: str = ""
) -> HTMLResponse:
    return render(request, "sign_in", status, next=next_path, name=name, problem=problem, said=said)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """There is no session yet to bind a token to: Origin and Sec-Fetch-Site speak (SE-21)."""
    refuse_foreign(request)
    form = await request.form()
    next_path = safe_next(text_of(form, "next") or "/")
    name = text_of(form, "name")
    password = form.get("password", "")
    address = request.client.host if request.client else ""
    try:
        signed_in = await services_of(request).people.sign_in(
            name, password if isinstance(password, str) else "", address, present(request)
        )
    except (Refused, Invalid) as refusal:
        return sign_in_form(request, next_path, 403, name=name, problem=str(refusal))
    except TooMany as refusal:
        return sign_in_form(request, next_path, 429, name=name, problem=str(refusal))
    response = go(next_path)
    set_session(request, response, signed_in)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, caller: Reader) -> Response:
    await services_of(request).people.sign_out(session_token(request))
    response = go("/sign-in", "signed_out")
    clear_session(request, response)
    return response


@router.post("/preferences")
async def keep_preferences(request: Request, caller: Reader) -> Response:
    """Theme and single-letter keys (WCAG 2.1.4), kept in the browser. The script reads and writes the same cookies."""
    form = await request.form()
    response = go(next_of(form, "/help"), "preferences")
    theme, keys = text_of(form, "theme"), text_of(form, "keys")
    if theme in ("light", "dark", "system"):
        response.set_cookie("theme", theme, max_age=LONG, samesite="lax", path="/")
    if keys in ("on", "off"):
        response.set_cookie("keys", keys, max_age=LONG, samesite="lax", path="/")
    return response


@router.get("/help")
async def show_help(request: Request, caller: Reader) -> HTMLResponse:
    return await page(request, caller, "help")
