"""Signals as people look for them and read them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Copies, Named, Sight, SignalFilter, SignalRow
from app.schema.item import item
from app.schema.label import label
from app.schema.signal import signal
from app.schema.source import source
from app.schema.story import story_member
from app.schema.watch import watch, watch_hit
from app.storage.seeing import is_seen
from classifiers.types import Because, Label, LabelKind
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import CopyKind, Release, Sensitivity, Stakeholder

# The stemmers of signal.search, and whose words they stem.
CONFIGS = {
    "norwegian": ("nb", "nn"),
    "swedish": ("sv",),
    "danish": ("da",),
    "dutch": ("nl",),
    "english": ("en",),
}

moment_of: ColumnElement[datetime] = func.coalesce(signal.c.said_at, signal.c.seen_at)

COLUMNS = (
    signal.c.id,
    signal.c.source_id,
    signal.c.title,
    signal.c.text,
    signal.c.language,
    signal.c.url,
    signal.c.said_at,
    signal.c.seen_at,
    signal.c.stakeholder,
    signal.c.tier,
    signal.c.family,
    signal.c.copy_of,
    signal.c.copy_kind,
    signal.c.sensitivity,
    signal.c.wire,
    signal.c.release,
)

# A topic that several classifiers, or versions of one, have found is listed once, by its best score.
TOPICS = (
    select(func.array_agg(literal_column("name")))
    .select_from(
        select(label.c.name, func.max(label.c.score).label("score"))
        .where(label.c.signal_id == signal.c.id, label.c.kind == LabelKind.TOPIC, label.c.superseded_at.is_(None))
        .group_by(label.c.name)
        .order_by(func.max(label.c.score).desc(), label.c.name)
        .correlate(signal)
        .subquery("best")
    )
    .scalar_subquery()
)


def select_signals(*, narrowed: Select[Any] | None = None) -> Select[Any]:
    """Signals as lists show them, newest seen first; `narrowed`: a query for their ids."""
    query = (
        select(
            *COLUMNS,
            source.c.name.label("source_name"),
            story_member.c.story_id,
            func.coalesce(TOPICS, array([], type_=label.c.name.type)).label("topics"),
        )
        .join(source, source.c.id == signal.c.source_id)
        .outerjoin(story_member, story_member.c.signal_id == signal.c.id)
        .order_by(signal.c.seen_at.desc(), signal.c.id.desc())
    )
    return query if narrowed is None else query.where(signal.c.id.in_(narrowed))


def said_with(words: str, language: str) -> ColumnElement[bool]:
    """Do a signal's words match, each signal read with the stemmer of its own language?"""
    configs = {name: codes for name, codes in CONFIGS.items() if not language or language in codes}
    known = [code for codes in CONFIGS.values() for code in codes]
    ways = [
        and_(signal.c.language.in_(codes), signal.c.search.bool_op("@@")(to_query(name, words)))
        for name, codes in configs.items()
    ]
    if not language or language not in known:
        ways.append(and_(signal.c.language.not_in(known), signal.c.search.bool_op("@@")(to_query("simple", words))))
    return or_(*ways)


def to_query(config: str, words: str) -> ColumnElement[Any]:
    return func.websearch_to_tsquery(literal_column(f"'{config}'::regconfig"), words)


def conditions(sight: Sight, which: SignalFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [source.c.organisation_id == sight.organisation_id, is_seen(sight, signal.c.id)]
    if which.words:
        wanted.append(said_with(which.words, which.language))
    if which.source_id is not None:
        wanted.append(signal.c.source_id == which.source_id)
    if which.language:
        wanted.append(signal.c.language == which.language)
    if which.story_id is not None:
        wanted.append(story_member.c.story_id == which.story_id)
    if which.topic:
        named = (label.c.kind == LabelKind.TOPIC) & (label.c.name == which.topic) & label.c.superseded_at.is_(None)
        wanted.append(exists().where(label.c.signal_id == signal.c.id, named))
    if which.tone:
        toned = (label.c.kind == LabelKind.TONE) & (label.c.name == which.tone) & label.c.superseded_at.is_(None)
        wanted.append(exists().where(label.c.signal_id == signal.c.id, toned))
    return [*wanted, *_when(which)]


def _when(which: SignalFilter) -> list[ColumnElement[bool]]:
    """Since, until and copies. On a watch these mean what its series counts, so that a number in a trend opens
    exactly the signals behind it."""
    on_watch = which.watch_id is not None
    at = watch_hit.c.counted_at if on_watch else moment_of
    is_own = watch_hit.c.is_counted if on_watch else signal.c.copy_of.is_(None)
    wanted: list[ColumnElement[bool]] = []
    if which.since is not None:
        wanted.append(at >= which.since)
    if which.until is not None:
        wanted.append(at < which.until)
    if which.copies is not Copies.ALL:
        wanted.append(is_own if which.copies is Copies.NONE else not_(is_own))
    if not on_watch:
        return wanted
    return [exists().where(watch_hit.c.watch_id == which.watch_id, watch_hit.c.signal_id == signal.c.id, *wanted)]


async def search_signals(
    connection: AsyncConnection,
    sight: Sight,
    which: SignalFilter,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[SignalRow, ...]:
    query = select_signals().where(*conditions(sight, which))
    if before is not None:
        query = query.where(tuple_(signal.c.seen_at, signal.c.id) < tuple_(*map(literal, before)))
    return tuple(map(to_signal_row, await connection.execute(query.limit(limit))))


async def count_signals(connection: AsyncConnection, sight: Sight, which: SignalFilter) -> int:
    query = (
        select(func.count())
        .select_from(signal)
        .join(source, source.c.id == signal.c.source_id)
        .outerjoin(story_member, story_member.c.signal_id == signal.c.id)
        .where(*conditions(sight, which))
    )
    return await connection.scalar(query) or 0


async def find_signal(connection: AsyncConnection, sight: Sight, signal_id: int) -> SignalRow | None:
    mine = source.c.organisation_id == sight.organisation_id
    query = select_signals().where(signal.c.id == signal_id, mine, is_seen(sight, signal.c.id))
    row = (await connection.execute(query)).first()
    return to_signal_row(row) if row else None


async def find_teller(connection: AsyncConnection, signal_id: int) -> str | None:
    """Who gave a tip, empty where they did not say; None for what is no tip: bylines are nobody's business."""
    return await connection.scalar(
        select(item.c.author)
        .join(source, source.c.id == item.c.source_id)
        .where(item.c.id == signal_id, source.c.kind == KIND_OF_TIPS)
    )


async def list_labels(connection: AsyncConnection, signal_id: int) -> tuple[Label, ...]:
    """All judgements of a signal that hold, strongest first."""
    rows = await connection.execute(
        select(label)
        .where(label.c.signal_id == signal_id, label.c.superseded_at.is_(None))
        .order_by(label.c.score.desc(), label.c.name)
    )
    return tuple(
        Label(
            signal_id=row.signal_id,
            kind=LabelKind(row.kind),
            name=row.name,
            score=row.score,
            because=tuple(Because(**one) for one in row.because),
            by=row.by,
        )
        for row in rows
    )


async def list_watches_hit(connection: AsyncConnection, signal_id: int) -> tuple[Named, ...]:
    rows = await connection.execute(
        select(watch.c.id, watch.c.name)
        .join(watch_hit, watch_hit.c.watch_id == watch.c.id)
        .where(watch_hit.c.signal_id == signal_id)
        .order_by(watch.c.name)
    )
    return tuple(Named(row.id, row.name) for row in rows)


async def list_copies(connection: AsyncConnection, sight: Sight, signal_id: int) -> tuple[SignalRow, ...]:
    """Signals that repeat it, newest seen first."""
    mine = source.c.organisation_id == sight.organisation_id
    query = select_signals().where(signal.c.copy_of == signal_id, mine, is_seen(sight, signal.c.id))
    return tuple(map(to_signal_row, await connection.execute(query.limit(200))))


def to_signal_row(row: Row[Any]) -> SignalRow:
    return SignalRow(
        id=row.id,
        source_id=row.source_id,
        source_name=row.source_name,
        title=row.title,
        text=row.text,
        language=row.language,
        url=row.url,
        said_at=row.said_at,
        seen_at=row.seen_at,
        stakeholder=Stakeholder(row.stakeholder),
        tier=row.tier,
        family=row.family,
        copy_of=row.copy_of,
        copy_kind=CopyKind(row.copy_kind) if row.copy_kind else None,
        sensitivity=Sensitivity(row.sensitivity),
        wire=row.wire,
        release=Release(row.release) if row.release else None,
        story_id=row.story_id,
        topics=tuple(row.topics),
    )
