"""Who asks: a key in `Authorization`, or a session cookie. Every route but the listed public ones must say what it needs."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from app.records import Caller, Scope, SignedIn

PUBLIC_PATHS: frozenset[str] = frozenset()


async def find_caller(request: Request) -> Caller | None:
    """The caller of this request, or None. Asks the database once per request."""
    raise NotImplementedError


def needs(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """For API routers: `dependencies=[Depends(needs(Scope.READ))]`, or as a parameter to get the Caller.
    401 without a caller, 403 without the scope; changes by cookie need form token and Origin (SE-21)."""
    raise NotImplementedError


def page_needs(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """The same for pages: without a caller, a 303 to /sign-in?next=…. POSTs must carry the field `form_token`
    (or the header X-Form-Token) equal to `caller.form_token`, and come from our own origin; else 403."""
    raise NotImplementedError


def set_session(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Writes the session cookie: `__Host-forkant`, HttpOnly, Secure, SameSite=Lax; on plain http `forkant`."""
    raise NotImplementedError


def clear_session(request: Request, response: Response) -> None:
    raise NotImplementedError


def session_token(request: Request) -> str:
    """The session token that came with this request; empty: none."""
    raise NotImplementedError


def safe_next(path: str) -> str:
    """Where to go after signing in: a path of our own, or / (SE-23)."""
    raise NotImplementedError
