"""The briefing as plain text: the same lines in the same order as on the screen."""

from collections.abc import Iterable

from app.dashboard.highlight import plain
from app.dashboard.speech import Speech
from app.dashboard.wording import LEVELS
from app.overviews import Briefing, BriefingLine
from app.services.topics import Topics

SHOWN = {"new": 4, "rising": 2, "opportunities": 2, "settling": 2}  # lines of each part: one screen holds these


def to_text(briefing: Briefing, organisation: str, say: Speech, topics: Topics, suggested: int = 0) -> str:
    """`suggested`: watches that the radar suggests and nobody has answered."""
    if briefing.coverage.is_blind:
        hearing = f"WE ARE BLIND, NOT CALM. {briefing.coverage.because}"
    elif briefing.coverage.is_stale:
        hearing = f"WE HEAR ONLY A PART. {briefing.coverage.because}"
    else:
        hearing = briefing.coverage.because
    parts = [
        f"{organisation}: briefing of {say.day(briefing.at)}, {say.clock(briefing.at)} ({say.zone_name})",
        hearing,
    ]
    for name, lines in (
        ("new", briefing.new),
        ("rising", briefing.rising),
        ("opportunities", briefing.opportunities),
        ("settling", briefing.settling),
    ):
        parts.append("\n".join([name.upper(), *_lines(lines, SHOWN[name], say, topics)]))
    parts.append(f"Held back by the budgets in the last 24 hours: {briefing.held + briefing.held_as_false}")
    if suggested:
        parts.append(f"Watches that the radar suggests: {suggested}")
    return "\n\n".join(parts) + "\n"


def _lines(lines: Iterable[BriefingLine], most: int, say: Speech, topics: Topics) -> list[str]:
    shown = list(lines)
    texts = [_line(line, say, topics) for line in shown[:most]]
    if len(shown) > most:
        texts.append(f"  and {len(shown) - most} more")
    return texts or ["  nothing"]


def _line(line: BriefingLine, say: Speech, topics: Topics) -> str:
    alert = line.alert
    topic = topics.label(line.topic) if line.topic else "no topic"
    publishers = "1 publisher" if alert.publisher_count == 1 else f"{alert.publisher_count} publishers"
    return (
        f"  [{LEVELS[alert.level]} {alert.severity}] {plain(alert.title)}\n"
        f"    {alert.watch_name} / {topic}: {line.today} in 24 h, usually {say.figure(line.usual)} a day; "
        f"{publishers}; first seen {say.full(line.first_seen_at)}; {_who(line)}"
    )


def _who(line: BriefingLine) -> str:
    if line.taken_by:
        return f"{line.taken_by} has it"
    return f"waits for {line.alert.owner}" if line.alert.owner else "nobody has it"
