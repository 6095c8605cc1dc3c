"""Around every request: an id, limits on what comes in, security headers on what goes out, and a clock."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import unquote_to_bytes

from fastapi import HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.headers import secure
from app.api.problems import Kind, answer
from app.errors import Invalid

LARGEST_BODY: Final = 1_000_000
# Reading lists: 5 MB, and on the page what a form puts around a file.
LARGER: Final = {"/api/v1/sources/opml": 5_000_000, "/sources/opml": 5_100_000}
LARGEST_PUSH: Final = 10_485_760  # what hubs push: as much as a feed may have when it is fetched
PUSHED: Final = "/websub/"
LONGEST_QUERY: Final = 8_192
DEEPEST_JSON: Final = 32

Observe = Callable[[Scope, int, float], None]


class Guard:
    """ASGI middleware; `observe` is told route, status and seconds of every answer."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self.app = app
        self.observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        refusal = find_refusal(scope)
        if refusal is not None:
            kind, detail = refusal
            await answer(Request(scope), kind, detail, {})(scope, receive, self._finishing(scope, send))
            return
        await self.app(scope, capped(receive, most_of(scope)), self._finishing(scope, send))

    def _finishing(self, scope: Scope, send: Send) -> Callable[[Message], Awaitable[None]]:
        loop = asyncio.get_running_loop()
        begun = loop.time()

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure(scope, MutableHeaders(scope=message))
                self.observe(scope, message["status"], loop.time() - begun)
            await send(message)

        return finish


def most_of(scope: Scope) -> int:
    """How many bytes the body of a request may have. JSON is never a reading list, and dear to look through."""
    if scope["path"].startswith(PUSHED):  # kept as it is; whoever sends it is asked for before it is read
        return LARGEST_PUSH
    is_json = b"json" in dict(scope["headers"]).get(b"content-type", b"").lower()
    return LARGEST_BODY if is_json else LARGER.get(scope["path"], LARGEST_BODY)


def too_large(most: int) -> str:
    return f"A body may have {most} bytes"


def capped(receive: Receive, most: int) -> Receive:
    """The body, until it is too large: a length may be wrong, or not given at all."""
    size = 0

    async def piece() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413, too_large(most))
        return message

    return piece


def find_refusal(scope: Scope) -> tuple[Kind, str] | None:
    """Why a request goes no further: too long, too big, or with characters that no text of ours can hold."""
    if len(scope["query_string"]) > LONGEST_QUERY:
        return Kind(414, "uri-too-long", "URI Too Long"), f"The query is longer than {LONGEST_QUERY} bytes"
    if not is_text(scope.get("raw_path") or b"") or not is_text(scope["query_string"]):
        return Kind(422, "invalid", "Cannot be used"), "The address holds characters that are no UTF-8 text"
    length = dict(scope["headers"]).get(b"content-length", b"")
    if length.isdigit() and int(length) > most_of(scope):
        return Kind(413, "content-too-large", "Content Too Large"), too_large(most_of(scope))
    return None


def is_text(encoded: bytes) -> bool:
    """SE-11: no NUL, and UTF-8 throughout."""
    decoded = unquote_to_bytes(encoded)
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded


def nesting(body: bytes) -> int:
    """How deep brackets open in a JSON text; those in strings count too, which only makes it stricter."""
    depth = deepest = 0
    for byte in body:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


async def refuse_deep_json(request: Request) -> None:
    """SE-09, as a dependency of the API: deeper than 32 is an attack, not a request."""
    if request.headers.get("content-type", "").partition(";")[0].strip().endswith("json"):
        body = await request.body()
        if body.count(b"[") + body.count(b"{") > DEEPEST_JSON and nesting(body) > DEEPEST_JSON:
            raise Invalid(f"JSON may be {DEEPEST_JSON} deep", "body")
