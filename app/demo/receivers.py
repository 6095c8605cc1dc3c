"""Where the demo's alerts go: a receiver as strict as Slack, and one that checks the signature of each webhook."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from app.demo.values import Telling

RECEIVERS = "receivers"  # the first part of their host name
BUSY_AT, BROKEN_AT = 3, 6  # the posts that are answered 429 and 500
RETRY_AFTER = "30"
CLOCKS_APART = timedelta(minutes=5)
FIELDS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TEXT_LIMITS = {"section": 3000, "header": 150, "context": 3000}

Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(slots=True)
class Inbox:
    """What one receiver was sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    turned_away: list[int] = field(default_factory=list)  # statuses of posts that it did not take
    complaints: list[str] = field(default_factory=list)  # what was wrong with a post, in words


class DemoReceivers:
    """Both receivers, each with its inbox. `now` tells the moment that signatures are judged at."""

    def __init__(self, tellings: tuple[Telling, ...], now: Callable[[], datetime]) -> None:
        self.slack, self.webhook = Inbox(), Inbox()
        self._posts = 0
        self._tellings = tellings
        self._now = now

    def routes(self) -> Iterator[tuple[str, Answer]]:
        for one in self._tellings:
            yield one.path, self._take_slack if one.draft.kind == "slack" else self._checking(one.draft.secret)

    async def _take_slack(self, request: web.Request) -> web.Response:
        """As Slack answers: `ok`, or a word for what is wrong; once too many at a time, once out of order."""
        self._posts += 1
        if self._posts == BUSY_AT:
            self.slack.turned_away.append(429)
            return web.Response(status=429, text="rate_limited", headers={"Retry-After": RETRY_AFTER})
        if self._posts == BROKEN_AT:
            self.slack.turned_away.append(500)
            return web.Response(status=500, text="server_error")
        try:
            payload = json.loads(await request.read())
        except ValueError:
            return self._refuse_slack("invalid_payload", ["not JSON"])
        if wrong := list(breaches(payload)):
            return self._refuse_slack("invalid_blocks", wrong)
        self.slack.messages.append(payload)
        return web.Response(text="ok")

    def _refuse_slack(self, word: str, wrong: list[str]) -> web.Response:
        self.slack.turned_away.append(400)
        self.slack.complaints.extend(wrong)
        return web.Response(status=400, text=word)

    def _checking(self, secret: str) -> Answer:
        async def take(request: web.Request) -> web.Response:
            body = await request.read()
            if wrong := self._unsigned(request, body, secret):
                self.webhook.turned_away.append(401)
                self.webhook.complaints.append(wrong)
                return web.Response(status=401, text=wrong)
            self.webhook.messages.append(json.loads(body))
            return web.Response(status=204)

        return take

    def _unsigned(self, request: web.Request, body: bytes, secret: str) -> str:
        """What is wrong with a signature; empty: nothing. The week's clock is asked, not the wall's."""
        message_id, written_at, signature = (request.headers.get(name, "") for name in FIELDS)
        if not (message_id and written_at.isdecimal() and signature):
            return "not signed"
        at = datetime.fromtimestamp(int(written_at), self._now().tzinfo)
        if abs(self._now() - at) > CLOCKS_APART:
            return "signed too long ago"
        wanted = Webhook(secret).sign(message_id, at, body.decode())
        return "" if wanted in signature.split() else "signed by somebody else"


def breaches(payload: Any) -> Iterator[str]:
    """Where a payload breaks Slack's limits (CV-01, CV-02)."""
    if not isinstance(payload, dict) or not payload.get("text"):
        yield "no text"
        return
    if len(payload["text"]) > 40_000:
        yield "text is too long"
    blocks = payload.get("blocks", [])
    if len(blocks) > 50:
        yield "more than 50 blocks"
    for block in blocks:
        yield from _breaches_of(block)


def _breaches_of(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type", "")
    if kind not in TEXT_LIMITS:
        yield f"a block of the kind {kind!r}"
        return
    texts = [block["text"]] if "text" in block else []
    if any(not 0 < len(text["text"]) <= TEXT_LIMITS[kind] for text in (*texts, *block.get("elements", ()))):
        yield f"a {kind} that is empty or too long"
    fields = block.get("fields", ())
    if len(fields) > 10 or any(not 0 < len(text["text"]) <= 2000 for text in fields):
        yield "fields: too many, too long or empty"
    if kind == "header" and block["text"]["type"] != "plain_text":
        yield "a header that is not plain text"
    if len(block.get("elements", ())) > 10:
        yield "more than 10 elements"
