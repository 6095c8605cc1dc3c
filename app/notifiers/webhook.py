"""Signed webhooks as Standard Webhooks 1.0.0 has them (CV-20 to CV-22)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from app.notifiers.answers import outcome_of, post
from app.notifiers.types import Message, Outcome, Quote, Target
from signals.fetch import Outbound

MOST_BYTES = 20_000
MOST_QUOTES = 10
LONGEST_TEXT = 2000
LONGEST_NAME = 200
LONGEST_LINK = 2000


class WebhookNotifier:
    kind = "webhook"
    pause = timedelta(0)

    async def send(self, message: Message, target: Target, outbound: Outbound, now: datetime) -> Outcome:
        body = encode(message)
        answer = await post(outbound, target.address, body, headers_for(message.id, target.secret, body, now))
        return answer if isinstance(answer, Outcome) else outcome_of(answer)


def headers_for(message_id: str, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The id stays over retries; time and signature are those of the attempt."""
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
    }
    if secret:
        headers["webhook-signature"] = Webhook(secret).sign(message_id, now.astimezone(UTC), body.decode())
    return headers


def encode(message: Message) -> bytes:
    """{type, timestamp, data}, under 20 kB: items go first where it would be longer, then the ends of long texts."""
    quotes, longest = MOST_QUOTES, LONGEST_TEXT
    while len(body := _to_json(render(message, quotes, longest))) >= MOST_BYTES:
        if quotes:
            quotes -= 1
        else:
            longest //= 2
    return body


def _to_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def render(message: Message, quotes: int = MOST_QUOTES, longest: int = LONGEST_TEXT) -> dict[str, Any]:
    if message.is_bare:
        told = {"alert_id": str(message.alert_id), "title": message.title, "url": message.link[:LONGEST_LINK]}
        return {"type": f"alert.{message.kind.value}", "timestamp": _time(message.at), "data": told}
    name = min(longest, LONGEST_NAME)
    data: dict[str, Any] = {
        "alert_id": str(message.alert_id),
        "state": message.state,
        "level": message.level.value,
        "severity": message.severity,
        "watch": message.watch[:name],
        "owner": message.owner[:name],
        "raised_at": _time(message.raised_at),
        "update": message.update,
        "actor": message.actor[:name],
        "url": message.link if len(message.link) <= LONGEST_LINK else "",
    }
    if not message.is_restricted:  # a restricted watch tells only that there is something to look at (CV-21)
        data |= {
            "title": message.title[: min(longest, 500)],
            "because": message.because[:longest],
            "reason": message.reason[: min(longest, 1000)],
            "topics": [topic[:name] for topic in message.topics[:10]],
            "signals": message.signal_count,
            "publishers": message.publisher_count,
            "observed": message.observed,
            "expected": message.expected,
            "coverage": message.coverage,
            "stage": message.stage,
            "stage_proposed": message.proposed,
            "items": [_item(quote) for quote in message.quotes[:quotes]],
        }
    return {"type": f"alert.{message.kind.value}", "timestamp": _time(message.at), "data": data}


def _item(quote: Quote) -> dict[str, str]:
    return {
        "title": quote.title[:500],
        "source": quote.source[:LONGEST_NAME],
        "said_at": _time(quote.at),
        "url": quote.url if len(quote.url) <= LONGEST_LINK else "",
        "language": quote.language,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
