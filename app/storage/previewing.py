"""What has been said, as a watch that is not kept yet would meet it."""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Sight, SignalRow
from app.schema.item import progress
from app.schema.label import label
from app.schema.signal import signal
from app.schema.source import source
from app.schema.story import story_member
from app.storage.labelling import LATE
from app.storage.seeing import is_seen
from app.storage.signals_search import select_signals, to_signal_row
from classifiers.types import Label, LabelKind
from classifiers.watches.sieve import ODD, OTHER, UNKNOWN, Pass, Sieve
from signals.languages import LANGUAGES
from signals.types import Sensitivity

BATCH = 5_000
STILL_TO_COME = ("normalise", "dedupe", "classify")


class Passage(NamedTuple):
    """A signal, as far as a watch and the counts of a preview read it."""

    id: int
    title: str
    text: str
    language: str
    source_name: str
    family: str
    stakeholder: str
    day: date
    is_counted: bool
    labels: Sequence[str] | None  # "topic legal_regulatory"


@dataclass(frozen=True, slots=True)
class Reading:
    """What of the stored history is to be looked at; `since` is midnight in `zone`."""

    sight: Sight
    since: datetime
    until: datetime
    zone: str
    languages: frozenset[str] | None = None  # None: all
    passes: tuple[Pass, ...] = ()  # one of them must let a signal on; none: all are let on
    reads_text: bool = True
    reads_labels: bool = False


def labels_of(passage: Passage) -> tuple[Label, ...]:
    pairs = (one.split(" ", 1) for one in passage.labels or ())
    return tuple(Label(passage.id, LabelKind(kind), name, 1.0, (), "") for kind, name in pairs)


async def read_passages(connection: AsyncConnection, reading: Reading) -> AsyncGenerator[Sequence[Passage]]:
    """In batches, the newest first: all that may match, and some that do not."""
    columns = (
        signal.c.id,
        signal.c.title if reading.reads_text else literal("").label("title"),
        signal.c.text if reading.reads_text else literal("").label("text"),
        signal.c.language,
        source.c.name,
        signal.c.family,
        signal.c.stakeholder,
        func.date(func.timezone(reading.zone, COUNTED_AT)),
        and_(signal.c.copy_of.is_(None), signal.c.release == "", signal.c.sensitivity != Sensitivity.RESTRICTED),
        _labels() if reading.reads_labels else literal(None),
    )
    asked = _within(select(*columns), reading)
    found = await connection.stream(asked.where(_passes(reading)).order_by(signal.c.id.desc()))
    async for rows in found.partitions(BATCH):
        yield list(map(Passage._make, rows))


async def count_searched(connection: AsyncConnection, reading: Reading) -> tuple[int, datetime]:
    """How many signals there are, and since when: what is stored may not go back so far."""
    figures: tuple[ColumnElement[Any], ...] = (func.count().label("signals"), func.min(signal.c.seen_at).label("first"))
    row = (await connection.execute(_within(select(*figures), reading))).one()
    return row.signals, row.first or reading.until


# A late item counts for when it was said, as in the series of a watch.
COUNTED_AT: ColumnElement[datetime] = case(
    (signal.c.seen_at - func.coalesce(signal.c.said_at, signal.c.seen_at) > LATE, signal.c.said_at),
    else_=signal.c.seen_at,
)


def _within(query: Select[Any], reading: Reading) -> Select[Any]:
    to_come = select(progress.c.item_id).where(progress.c.stage.in_(STILL_TO_COME))
    return (
        query.select_from(signal)
        .join(source, source.c.id == signal.c.source_id)
        .where(source.c.organisation_id == reading.sight.organisation_id, is_seen(reading.sight, signal.c.id))
        .where(signal.c.seen_at >= reading.since, signal.c.seen_at <= reading.until, reading.since <= COUNTED_AT)
        .where(signal.c.id.not_in(to_come))
    )


def _labels() -> ColumnElement[Any]:
    named = label.c.kind + " " + label.c.name
    return (
        select(func.array_agg(aggregate_order_by(named.distinct(), named)))
        .where(label.c.signal_id == signal.c.id, label.c.superseded_at.is_(None))
        .correlate(signal)
        .scalar_subquery()
    )


def _passes(reading: Reading) -> ColumnElement[bool]:
    spoken = signal.c.language.in_(sorted(reading.languages)) if reading.languages is not None else true()
    if not reading.passes or any(one.is_open for one in reading.passes):
        return spoken
    said = signal.c.title + "\n" + signal.c.text
    return and_(spoken, or_(*(_lets_on(one, said) for one in reading.passes)))


def _lets_on(given: Pass, said: ColumnElement[str]) -> ColumnElement[bool]:
    labelled = [
        exists().where(
            label.c.signal_id == signal.c.id,
            label.c.kind == kind,
            label.c.name == name,
            label.c.superseded_at.is_(None),
        )
        for kind, name in given.labels
    ]
    if not given.sieves:
        return and_(*labelled)
    fine = and_(*(_lets_pass(sieve, said) for sieve in given.sieves))
    return and_(or_(fine, said.regexp_match(ODD)), *labelled)


def _lets_pass(sieve: Sieve, said: ColumnElement[str]) -> ColumnElement[bool]:
    """The same in every locale: a to z in lower case, while the patterns hold no other letters."""
    low = func.lower(said.collate("C"))
    patterns = {kind: _patterns(letters) for kind, letters in sieve.letters.items()}
    all_pass = _patterns(("",))
    cases = [(signal.c.language == code, patterns.get(code, all_pass)) for code in LANGUAGES]
    cases.append((signal.c.language.in_(("", UNKNOWN)), patterns.get(UNKNOWN, all_pass)))
    wanted = low.op("LIKE")(any_(case(*cases, else_=patterns.get(OTHER, all_pass))))
    if not sieve.capitals:
        return wanted
    return or_(said.op("LIKE")(any_(_patterns(sieve.capitals))), wanted)


def _patterns(letters: Collection[str]) -> ColumnElement[Any]:
    """Words are letters and digits, which LIKE takes as they are."""
    return literal([f"%{one}%" for one in letters], ARRAY(Text))


async def count_topics(connection: AsyncConnection, ids: Sequence[int]) -> dict[str, int]:
    """How many of the signals touch each topic."""
    chosen = _chosen(ids)
    rows = await connection.execute(
        select(label.c.name, func.count(label.c.signal_id.distinct()).label("hits"))
        .join(chosen, chosen.c.id == label.c.signal_id)
        .where(label.c.kind == LabelKind.TOPIC, label.c.superseded_at.is_(None))
        .group_by(label.c.name)
    )
    return {row.name: row.hits for row in rows}


async def most_telling(
    connection: AsyncConnection, ids: Sequence[int], topics: Collection[str], limit: int
) -> list[int]:
    """Those that touch a topic most surely, one of each story."""
    chosen = _chosen(ids)
    wanted = [label.c.name.in_(sorted(topics))] if topics else []
    best = (
        select(
            signal.c.id,
            func.coalesce(story_member.c.story_id, signal.c.id).label("story_id"),
            func.max(label.c.score).label("score"),
        )
        .join(chosen, chosen.c.id == signal.c.id)
        .join(label, label.c.signal_id == signal.c.id)
        .outerjoin(story_member, story_member.c.signal_id == signal.c.id)
        .where(label.c.kind == LabelKind.TOPIC, label.c.superseded_at.is_(None), signal.c.copy_of.is_(None), *wanted)
        .group_by(signal.c.id, story_member.c.story_id)
        .subquery()
    )
    one_each = (
        select(best.c.id, best.c.score)
        .ext(distinct_on(best.c.story_id))
        .order_by(best.c.story_id, best.c.score.desc(), best.c.id.desc())
        .subquery()
    )
    chosen_ids = select(one_each.c.id).order_by(one_each.c.score.desc(), one_each.c.id.desc()).limit(limit)
    return list((await connection.scalars(chosen_ids)).all())


async def show_signals(connection: AsyncConnection, sight: Sight, ids: Collection[int]) -> dict[int, SignalRow]:
    if not ids:
        return {}
    query = select_signals().where(signal.c.id.in_(ids), is_seen(sight, signal.c.id))
    return {row.id: to_signal_row(row) for row in await connection.execute(query)}


async def members_of_stories(connection: AsyncConnection, ids: Sequence[int], sight: Sight) -> list[int]:
    """All signals in the stories that these signals stand in, as far as they may be seen."""
    mine = select(story_member.c.story_id).where(story_member.c.signal_id.in_(ids))
    members = (
        select(story_member.c.signal_id)
        .where(story_member.c.story_id.in_(mine), is_seen(sight, story_member.c.signal_id))
        .order_by(story_member.c.signal_id)
    )
    return list((await connection.scalars(members)).all())


def _chosen(ids: Sequence[int]) -> Any:
    return func.unnest(literal(list(ids), ARRAY(BigInteger))).table_valued("id").render_derived(name="chosen")
