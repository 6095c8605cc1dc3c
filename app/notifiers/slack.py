"""Slack by incoming webhook: severity, topic, why in one line, figures, three items (CV-01 to CV-08)."""

import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from app.alerts.types import Level, TransitionKind
from app.notifiers.answers import outcome_of, post
from app.notifiers.slack_text import LIMITS, cut, link, local_time, one_line, plain
from app.notifiers.types import Message, Outcome, Quote, Result, Target
from signals.fetch import Answer, Outbound

MOST_QUOTES: Final = 3
TONES: Final = {"negative": "▼ negative", "neutral": "■ neutral", "positive": "▲ positive"}  # shape and word
ICONS: Final = {Level.LOW: "⚪", Level.MODERATE: "🔵", Level.SERIOUS: "🟠", Level.CRITICAL: "🔴"}
HEADLINES: Final = {
    TransitionKind.RAISED: "New alert",
    TransitionKind.ESCALATED: "Grown more serious",
    TransitionKind.REOPENED: "Back again",
    TransitionKind.UPDATED: "Update",
    TransitionKind.ACKNOWLEDGED: "Taken",
    TransitionKind.HANDLED: "Handled",
    TransitionKind.DISMISSED: "Dismissed",
    TransitionKind.FADED: "Faded",
}
BEGINNING: Final = "potential"  # where every story stands until people say otherwise: no news
# What Slack answers when a webhook will never work again (CV-06).
GONE: Final = frozenset(
    {"no_service", "channel_not_found", "invalid_token", "action_prohibited", "channel_is_archived", "no_team"}
)
OUR_MISTAKE: Final = frozenset({"invalid_payload", "invalid_blocks", "no_text", "too_many_attachments"})


class SlackNotifier:
    kind = "slack"
    pause = timedelta(seconds=1)  # one message a second to a channel (CV-04)

    async def send(self, message: Message, target: Target, outbound: Outbound, now: datetime) -> Outcome:
        body = json.dumps(render(message)).encode()
        answer = await post(outbound, target.address, body, {"Content-Type": "application/json"})
        return answer if isinstance(answer, Outcome) else read_answer(answer)


def read_answer(answer: Answer) -> Outcome:
    said = answer.body[:200].decode("utf-8", "replace").strip()
    error = f"Slack answered {answer.status} {said}".strip()
    if said in OUR_MISTAKE:
        return Outcome(Result.DROP, answer.status, f"{error}: a mistake of Forkant's, please report it")
    if said in GONE or answer.status in (404, 410):
        return Outcome(Result.DISABLE, answer.status, f"{error}: make a new webhook in Slack and enter it here")
    return outcome_of(answer)


def render(message: Message) -> dict[str, Any]:
    """The payload: Block Kit, and the same in plain words for notifications and screen readers (CV-02)."""
    if message.is_bare:
        return {
            "text": plain(message.title, LIMITS["fallback"]),
            "blocks": [_section(link(message.link, message.title))],
            "unfurl_links": False,
            "unfurl_media": False,
        }
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _header(message), "emoji": True}},
        _section(f"*{link(message.link, message.title)}*\n{plain(message.because, 1200)}"),
        {"type": "section", "fields": [_words(text) for text in _figures(message)]},
    ]
    blocks.extend(_section(_quoted(quote)) for quote in message.quotes[:MOST_QUOTES])
    blocks.append({"type": "context", "elements": [_words(_footer(message))]})
    return {
        "text": _fallback(message),
        "blocks": blocks[: LIMITS["blocks"]],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _headline(message: Message) -> str:
    if message.kind is TransitionKind.RAISED or message.update == 0:
        return HEADLINES[message.kind]
    return f"{HEADLINES[message.kind]} (update {message.update})"


def _header(message: Message) -> str:
    """Plain text: Slack shows it as it is, so nothing is escaped here."""
    topics = ", ".join(message.topics[:2])
    words = f"{ICONS[message.level]} {message.level.value.capitalize()} · {_headline(message)}"
    return cut(one_line(f"{words} · {topics}" if topics else words), LIMITS["header"])


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _words(text)}


def _words(text: str) -> dict[str, Any]:
    """Verbatim: Slack makes no links of its own out of what looks like an address or a channel (CV-03)."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _figures(message: Message) -> list[str]:
    figures = [
        f"*Watch*\n{plain(message.watch, 200)}",
        f"*Severity*\n{message.severity} of 100, {message.level.value}",
    ]
    if message.signal_count:
        figures.append(f"*Said by*\n{message.publisher_count} independent, {message.signal_count} in all")
    if message.observed is not None and message.expected is not None:
        figures.append(f"*Seen / usual*\n{message.observed:g} / {message.expected:g}")
    if message.proposed or message.stage not in ("", BEGINNING):
        proposed = f", {message.proposed} proposed" if message.proposed else ""
        figures.append(f"*Life cycle*\n{message.stage}{proposed}")
    if message.owner:
        figures.append(f"*Who answers*\n{plain(message.owner, 200)}")
    return figures


def _quoted(quote: Quote) -> str:
    """The address' host in words: a label cannot pass for another site (CV-03)."""
    host = urlsplit(quote.url).hostname or ""
    where = f"{plain(quote.source, 80)}, {plain(host, 60)}" if host else plain(quote.source, 80)
    tone = f", {TONES[quote.tone]}" if quote.tone in TONES else ""
    return f"• {link(quote.url, quote.title)} ({where}, {local_time(quote.at)}{tone})"


def _footer(message: Message) -> str:
    parts = [f"Raised {local_time(message.raised_at)}"]
    if message.coverage is not None:
        parts.append(f"Coverage {message.coverage:.0%} of what is usually said")
    if message.kind is not TransitionKind.RAISED:
        parts.append(f"{message.state} by {plain(message.actor, 80)}: {plain(message.reason, 300)}")
    return " · ".join(parts)


def _fallback(message: Message) -> str:
    topics = f" ({', '.join(message.topics[:2])})" if message.topics else ""
    words = f"{message.level.value.capitalize()}: {_headline(message)}{topics}: {message.title}. {message.because}"
    return plain(words, LIMITS["fallback"])
