"""Who asks: a key in `Authorization`, or a session cookie. Every route but the public ones says what it needs."""

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from starlette.datastructures import FormData

from app.api.problems import Unauthorized
from app.errors import ForkantError, Refused, TooMany
from app.records import Caller, Scope, SignedIn

# What may be asked by anybody; the test of the inventory walks all routes and lets only these pass (SE-20).
PUBLIC_PATHS: Final = frozenset({"/health/live", "/health/ready", "/sign-in"})
# Hubs have no key: the address itself is the secret, and what they push is signed (docs/decisions/0007).
PUBLIC_PREFIXES: Final = ("/static/", "/websub/", "/tips/form/")

# What an open page asks by itself: no sign that anybody sits before it.
ASKED_BY_PAGES: Final = frozenset({"/pulse"})

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SECURE_COOKIE: Final = "__Host-forkant"
PLAIN_COOKIE: Final = "forkant"  # browsers refuse a __Host- cookie on plain http
KEY_IN_QUERY: Final = re.compile(r"fk_[0-9A-Za-z]{12}_")

Need = Callable[[Request], Awaitable[Caller]]


class SignInNeeded(ForkantError):
    """A page was asked for by nobody we know: show them the sign-in, then `path`."""

    def __init__(self, path: str) -> None:
        super().__init__("Sign in first")
        self.path = path


async def find_caller(request: Request) -> Caller | None:
    """The caller of this request, or None. Asks the database once per request."""
    if not hasattr(request.state, "caller"):
        request.state.caller = await _ask(request)
    found: Caller | None = request.state.caller
    return found


async def _ask(request: Request) -> Caller | None:
    services, now = request.app.state.services, request.app.state.now()
    given = request.headers.get("authorization")
    if given is not None:
        scheme, _, key = given.partition(" ")
        return await services.keys.find_caller(key.strip(), now) if scheme.lower() == "bearer" else None
    token = session_token(request)
    by_person = request.url.path not in ASKED_BY_PAGES
    return await services.people.find_caller(token, now, by_person=by_person) if token else None


def needs(scope: Scope, *, costly: bool = False) -> Need:
    """For API routers: `dependencies=[Depends(needs(Scope.READ))]`, or as a parameter to get the Caller.
    401 without a caller, 403 without the scope; changes by cookie need form token and Origin (SE-21)."""

    async def check(request: Request) -> Caller:
        if KEY_IN_QUERY.search(request.url.query):
            raise Refused("A key goes into the Authorization header, never into an address: this one is spent")
        caller = await find_caller(request)
        if caller is None:
            raise Unauthorized("Send a key as `Authorization: Bearer fk_...`, or sign in")
        count(request, caller, costly)
        refuse_without(caller, scope)
        if request.method not in SAFE_METHODS and not caller.key_id:
            refuse_foreign(request)
            refuse_token(caller, request.headers.get("x-form-token", ""))
        return caller

    return check


def page_needs(scope: Scope, *, costly: bool = False) -> Need:
    """The same for pages: without a caller, a 303 to /sign-in?next=…. POSTs must carry the field `form_token`
    (or the header X-Form-Token) equal to `caller.form_token`, and come from our own origin; else 403."""

    async def check(request: Request) -> Caller:
        caller = await find_caller(request)
        if caller is None or caller.key_id:
            target = request.url.path if request.method in SAFE_METHODS else "/"
            query = f"?{request.url.query}" if request.url.query and target != "/" else ""
            raise SignInNeeded(target + query)
        count(request, caller, costly)
        refuse_without(caller, scope)
        if request.method not in SAFE_METHODS:
            refuse_foreign(request)
            refuse_token(caller, request.headers.get("x-form-token") or form_token_of(await request.form()))
        return caller

    return check


def count(request: Request, caller: Caller, costly: bool) -> None:
    """One more request of this caller, in the RateLimit fields of its answer."""
    who = f"key {caller.key_id}" if caller.key_id else f"person {caller.person_id}"
    now = request.app.state.now().timestamp()
    try:
        request.state.rate_headers = request.app.state.rates.take(who, now, costly=costly)
    except TooMany as refusal:
        request.state.rate_headers = {"Retry-After": str(refusal.retry_after)}
        raise


def refuse_without(caller: Caller, scope: Scope) -> None:
    if not caller.may(scope):
        raise Refused(f"This needs the right {scope}")


def refuse_foreign(request: Request) -> None:
    """A change by cookie must come from a page of ours: the browser says so in Sec-Fetch-Site or Origin."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise Refused("This did not come from a page of ours")
    if origin is None:
        if site is None:
            raise Refused("A change by cookie must say its Origin")
        return
    if origin not in own_origins(request):
        raise Refused("This did not come from a page of ours")


def own_origins(request: Request) -> frozenset[str]:
    """The origin that this request was made to, and the one that people know us by."""
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if public := request.app.state.settings.public_url:
        parts = urlsplit(public)
        own.add(f"{parts.scheme}://{parts.netloc}")
    return frozenset(own)


def refuse_token(caller: Caller, given: str) -> None:
    if not caller.form_token or not hmac.compare_digest(caller.form_token.encode(), given.encode()):
        raise Refused("The form is older than your session: load the page again")


def form_token_of(form: FormData) -> str:
    token = form.get("form_token", "")
    return token if isinstance(token, str) else ""


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https" or request.app.state.settings.public_url.startswith("https://")


def set_session(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Writes the session cookie: `__Host-forkant`, HttpOnly, Secure, SameSite=Lax; on plain http `forkant`."""
    secure = is_secure(request)
    response.set_cookie(
        SECURE_COOKIE if secure else PLAIN_COOKIE,
        signed_in.token,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(request: Request, response: Response) -> None:
    for name, secure in ((SECURE_COOKIE, True), (PLAIN_COOKIE, False)):
        if name in request.cookies:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def session_token(request: Request) -> str:
    """The session token that came with this request; empty: none. On https only the `__Host-` cookie counts:
    a plain one could have been set from another host of the domain."""
    if is_secure(request):
        return request.cookies.get(SECURE_COOKIE, "")
    return request.cookies.get(PLAIN_COOKIE, "")


def safe_next(path: str) -> str:
    """Where to go after signing in: a path of our own, or / (SE-23)."""
    is_ours = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if is_ours and path.isascii() else "/"


def sign_in_address(path: str) -> str:
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='/')}"
