"""Signed webhooks as Standard Webhooks 1.0.0 has them (CV-20 to CV-22)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from app.notifiers.answers import outcome_of, post
from app.notifiers.types import Message, Outcome, Target
from signals.fetch import Outbound

MOST_BYTES = 20_000


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
        headers["webhook-signature"] = Webhook(secret).sign(message_id, now, body.decode())
    return headers


def encode(message: Message) -> bytes:
    """{type, timestamp, data}, under 20 kB: quotes go first where it would be longer."""
    quotes = len(message.quotes)
    while True:
        body = json.dumps(render(message, quotes), ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) <= MOST_BYTES or quotes == 0:
            return body
        quotes -= 1


def render(message: Message, quotes: int = 10) -> dict[str, Any]:
    data: dict[str, Any] = {
        "alert_id": str(message.alert_id),
        "state": message.state,
        "level": message.level.value,
        "severity": message.severity,
        "watch": message.watch,
        "owner": message.owner,
        "raised_at": _time(message.raised_at),
        "update": message.update,
        "actor": message.actor,
        "url": message.link,
    }
    if not message.is_restricted:  # a restricted watch tells only that there is something to look at (CV-21)
        data |= {
            "title": message.title[:500],
            "because": message.because[:2000],
            "reason": message.reason[:1000],
            "topics": list(message.topics),
            "signals": message.signal_count,
            "publishers": message.publisher_count,
            "observed": message.observed,
            "expected": message.expected,
            "items": [
                {
                    "title": quote.title[:500],
                    "source": quote.source,
                    "said_at": _time(quote.at),
                    "url": quote.url,
                    "language": quote.language,
                }
                for quote in message.quotes[:quotes]
            ],
        }
    return {"type": f"alert.{message.kind.value}", "timestamp": _time(message.at), "data": data}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
