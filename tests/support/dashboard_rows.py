"""A busy week of Nordhavn, for pages: watches, sources in every state of health, alerts of every kind, all made up."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, Level, TransitionKind
from app.schema.alert import alert
from app.schema.organisation import organisation
from app.schema.source import poll
from app.storage.transitions import append_transition
from tests.support.books import made_by_hand
from tests.support.rows import (
    NOON,
    add_alert,
    add_emergence,
    add_hit,
    add_label,
    add_node,
    add_receiver,
    add_signal,
    add_source,
    add_story,
    add_watch,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FACTORS = (  # name, value, most points
    ("topic", "{topic}", 40),
    ("voices", "{voices}", 20),
    ("reach", "tier 1", 10),
    ("pace", "2.4 an hour", 10),
    ("corroboration", "2 kinds", 10),
    ("novelty", "0.94", 5),
    ("priority", "1", 5),
)

SOURCES: tuple[dict[str, Any], ...] = (
    {"name": "Nordhavn Avis", "tier": 2, "stakeholder": "media"},
    {"name": "Kystposten", "tier": 1, "stakeholder": "media", "is_priority": True},
    {"name": "Fjordbladet", "tier": 3, "language": "nn"},
    {"name": "Noordkust Nieuws", "tier": 2, "language": "nl", "country": "nl"},
    {"name": "Havnens forum", "tier": 3, "stakeholder": "customers"},
    {"name": "Tilsynet for vann", "tier": 1, "stakeholder": "regulators", "health": "silent"},
    {
        "name": "Sundets Tidning",
        "tier": 2,
        "language": "sv",
        "country": "se",
        "health": "failing",
        "status_failures": 7,
        "status_last_error": "The server answered with a web page where a feed was expected.",
        "status_last_error_kind": "not_a_feed",
        "status_last_success_at": NOON - 2 * DAY,
    },
)


@dataclass
class Week:
    """What was inserted, by name."""

    sources: dict[str, int] = field(default_factory=dict)
    watches: dict[str, int] = field(default_factory=dict)
    receivers: dict[str, int] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    signals: dict[str, list[int]] = field(default_factory=dict)


def factors(severity: int, topic: str, voices: int) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "value": value.format(topic=topic, voices=voices),
            "points": round(severity * most / 100, 1),
        }
        for name, value, most in FACTORS
    ]


async def set_week(connection: AsyncConnection, now: datetime = NOON) -> Week:
    week = Week()
    await connection.execute(update(organisation).values(name="Nordhavn kommune", time_zone="Europe/Oslo"))
    await add_node(connection, seen_at=now)
    for given in SOURCES:
        week.sources[given["name"]] = await add_source(connection, **given)
    for name, query, priority in (
        ("Vann og avløp", "vann* OR drikkevann OR water", 1),
        ("Skole og barnehage", "skole OR barnehage OR school", 2),
        ("Nordhavn", "Nordhavn", 2),
    ):
        week.watches[name] = await add_watch(connection, name, query=query, owner="Kari Holm", priority=priority)
    week.receivers["Beredskap"] = await add_receiver(connection, "Beredskap", created_at=now - 90 * DAY)
    week.receivers["Intranett"] = await add_receiver(
        connection, "Intranett", kind="webhook", min_level="critical", created_at=now - 90 * DAY
    )
    await add_visits(connection, week, now)
    await add_background(connection, week, now)
    await add_stories(connection, week, now)
    return week


async def add_visits(connection: AsyncConnection, week: Week, now: datetime) -> None:
    """Every source each quarter of an hour for five weeks would be much: one paper does it, the others hourly for one
    week; the failing one has failed for two days."""
    rows = []
    for name, source_id in week.sources.items():
        is_first = name == "Nordhavn Avis"
        step = timedelta(minutes=15) if is_first else HOUR
        at = now - (38 * DAY if is_first else 7 * DAY)
        while at <= now:
            # The outage: nobody listened for five hours two nights ago.
            is_out = now - 33 * HOUR < at < now - 28 * HOUR
            if not is_out:
                fails = name == "Sundets Tidning" and at > now - 2 * DAY
                stored = 0 if fails or at.hour < 5 else (at.hour * 7 + source_id) % 3
                rows.append(
                    {
                        "source_id": source_id,
                        "at": at,
                        "outcome": "failed" if fails else "new" if stored else "unchanged",
                        "took_ms": 90 + 13 * (at.hour % 7),
                        "size": 41_000,
                        "entries": 0 if fails else 30,
                        "stored": stored,
                        "known": 0 if fails else 30 - stored,
                        "error": "The server answered with a web page where a feed was expected." if fails else "",
                    }
                )
            at += step
    for start in range(0, len(rows), 2000):
        await connection.execute(insert(poll), rows[start : start + 2000])
    await made_by_hand(connection)


async def add_background(connection: AsyncConnection, week: Week, now: datetime) -> None:
    """A signal or two a day on each watch for five weeks: what is usual."""
    for place, (name, watch_id) in enumerate(week.watches.items()):
        for day in range(1, 36):
            for part in range(1 + (day * (place + 2)) % 3):
                at = now - day * DAY - part * 3 * HOUR
                source_id = list(week.sources.values())[(day + part) % 4]
                signal_id = await add_signal(connection, source_id, f"{name}: sak {day}.{part} i formannskapet", at=at)
                await add_hit(connection, watch_id, signal_id)
                if (day + part) % 3 == 0:
                    await add_label(connection, signal_id, because=[])


async def add_stories(connection: AsyncConnection, week: Week, now: datetime) -> None:
    crisis = [
        ("Nordhavn Avis", "nb", "Mange syke etter å ha drukket vann fra springen i Nordhavn", 7),
        ("Kystposten", "nb", "Kokevarsel i Nordhavn: bakterier funnet i drikkevannet", 6),
        ("Fjordbladet", "nn", "Ber folk koke vatnet: fleire er sjuke i Nordhavn", 5),
        ("Noordkust Nieuws", "nl", "Bewoners van Nordhavn ziek na vervuild drinkwater", 3),
        ("Havnens forum", "nb", "Barna mine har vært syke i tre dager, og ingen svarer på telefonen", 2),
    ]
    await add_one(connection, week, "crisis", "Vann og avløp", "product_safety", crisis, 88, Level.CRITICAL, now)
    school = [
        ("Kystposten", "nb", "Skolen stenger etter vannlekkasje", 16),
        ("Nordhavn Avis", "nb", "Foreldre raser: fikk vite om stengt skole på Facebook", 12),
        ("Fjordbladet", "nn", "Elevane må heim: skulen stengd ut veka", 11),
    ]
    await add_one(
        connection, week, "school", "Skole og barnehage", "service_disruption", school, 61, Level.SERIOUS, now
    )
    leak = [("Havnens forum", "nb", "Fikk andres fødselsnummer i kommunens innbyggerportal", 20)]
    await add_one(connection, week, "leak", "Nordhavn", "data_security", leak, 58, Level.SERIOUS, now, kind="report")
    slow = [
        ("Havnens forum", "nb", "Fjerde måned uten vikar i Solbakken barnehage", 60),
        ("Nordhavn Avis", "nb", "Ansatte i barnehagene varsler om sykefravær", 30),
        ("Kystposten", "nb", "Barnehageansatte i Nordhavn: – Vi orker ikke mer", 3),
        ("Fjordbladet", "nn", "Barnehagane manglar folk", 2),
    ]
    await add_one(
        connection,
        week,
        "slow",
        "Skole og barnehage",
        "working_conditions",
        slow,
        49,
        Level.MODERATE,
        now,
        kind="surge",
    )
    prize = [
        ("Kystposten", "nb", "Nordhavn er årets klimakommune", 9),
        ("Noordkust Nieuws", "nl", "Noorse havenstad wint Europese klimaatprijs", 8),
    ]
    await add_one(connection, week, "prize", "Nordhavn", "recognition", prize, 44, Level.MODERATE, now)
    old = [("Nordhavn Avis", "nb", "Ordføreren svarer om habilitet i tomtesaken", 90)]
    await add_one(connection, week, "old", "Nordhavn", "misconduct", old, 37, Level.MODERATE, now, kind="report")
    await take(connection, week.alerts["old"], 37, Level.MODERATE, now - 80 * HOUR)
    for number in range(3):
        await add_emergence(
            connection,
            week.watches["Nordhavn"],
            week.signals["prize"],
            week.stories["old"],
            at=now - (number + 2) * HOUR,
            verdict="hold",
            hold="budget",
            severity=36 + number,
            because="2 independent publishers tell a new story; usual is 1.5.",
            decided=f"severity {36 + number} is below 41, this watch's bar",
        )


async def add_one(
    connection: AsyncConnection,
    week: Week,
    key: str,
    watch: str,
    topic: str,
    said: list[tuple[str, str, str, int]],
    severity: int,
    level: Level,
    now: datetime,
    *,
    kind: str = "novel_story",
) -> None:
    """A story from (source, language, title, hours ago), its emergence and its alert."""
    watch_id = week.watches[watch]
    ids = []
    for source, language, title, hours in said:
        words = title.split()
        start = len(words[0]) + 1
        signal_id = await add_signal(
            connection,
            week.sources[source],
            title,
            at=now - hours * HOUR,
            language=language,
            tier=1 if source == "Kystposten" else 2,
            text=f"{title}. Kommunen har ikke svart på henvendelser om saken, og flere er urolige for hva som kommer.",
        )
        because = [
            {"word": words[1], "weight": 1.7, "start": start, "end": start + len(words[1])},
            {"word": words[-1], "weight": 0.9, "start": len(title) - len(words[-1]), "end": len(title)},
        ]
        await add_label(connection, signal_id, topic, because=because, score=0.87)
        await add_hit(connection, watch_id, signal_id)
        ids.append(signal_id)
    begin = now - said[0][3] * HOUR
    story_id = await add_story(
        connection,
        ids,
        last_seen_at=now - said[-1][3] * HOUR,
        publishers=[source for source, *_ in said],
        languages=sorted({language for _, language, *_ in said}),
        best_tier=1,
    )
    found_at = min(begin + 2 * HOUR, now)
    emergence_id = await add_emergence(
        connection,
        watch_id,
        ids,
        story_id,
        at=found_at,
        kind=kind,
        topics=[topic],
        terms=["drikkevann", "syke", "Nordhavn"] if key == "crisis" else [said[0][2].split()[0]],
        because=(
            f"A new story of {topic.replace('_', ' ')}, “{said[0][2]}”, is told by {len(said)} independent publishers "
            f"within {said[0][3] - said[-1][3]} h; most stories have one."
        ),
        expected=1.5,
        tail=0.0017,
        strength=round(len(said) / 2, 2) + 0.1,
        by=f"{kind}@1",
        severity=severity,
    )
    alert_id = await add_alert(
        connection,
        watch_id,
        story_id,
        emergence_id=emergence_id,
        at=found_at,
        title=said[0][2],
        severity=severity,
        level=level,
        topics=[topic],
        factors=factors(severity, topic, len(said)),
        because=f"{len(said)} independent publishers tell a new story; usual is 1.5.",
        signal_count=len(said),
        publisher_count=len(said),
        owner="Kari Holm" if key != "crisis" else "",
    )
    week.stories[key], week.alerts[key], week.signals[key] = story_id, alert_id, ids


async def take(connection: AsyncConnection, alert_id: int, severity: int, level: Level, at: datetime) -> None:
    await append_transition(
        connection,
        alert_id,
        TransitionKind.ACKNOWLEDGED,
        AlertState.ACKNOWLEDGED,
        severity,
        level,
        at,
        actor="Kari Holm",
        reason="Jeg ringer ordføreren",
    )
    await connection.execute(
        update(alert).where(alert.c.id == alert_id).values(state=AlertState.ACKNOWLEDGED, acknowledged_at=at)
    )
