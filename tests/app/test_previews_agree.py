"""Four ways to one answer: the index of all watches, asking each, a preview, and the search for what a watch hit."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.records import Caller, Copies, Scope, SignalFilter, WatchDraft
from app.schema import metadata
from app.services.previews import Previews
from app.services.topics import Topics
from app.services.watches import Watches
from app.stages.match import MatchStage
from app.storage.comparing import load_signals
from app.storage.database import Database, make_engine
from app.storage.labelling import load_labels
from app.storage.signals_search import search_signals
from classifiers.watches import QueryError, WatchBook, WatchTerms, parse_query
from classifiers.watches.forms import keys_of_word, keys_of_written
from classifiers.watches.narrowing import written
from classifiers.watches.probes import may_stand, probes_of
from classifiers.watches.query import Form, Word
from signals.languages import LANGUAGES
from signals.languages.types import words
from tests.support.rows import NOON, add_label, add_signal, add_source, add_watch

CALLER = Caller(1, "test", frozenset({Scope.READ, Scope.ADMIN}))
TEXTS = (
    ("nb", "Sykehuset i Ålesund stenger fødeavdelingen", "Sykehusledelsen sier at streiken rammer. Ideen er god."),
    ("nb", "Skogbrannen truer Brannvesenets bygg/lager", "KLM/Air og NRKs folk på nrk.no følger brann/ulykke."),
    ("nb", "STREIKEN I BERGEN FORTSETTER", "Bergens ordfører møtte lederne, leiinga og arbeidsløyse-utvalget."),
    ("nn", "Sjukehuset stengjer leiarskulen", "Leiinga i Noreg sa nei til høgskulen. Auka arbeidsløyse heime."),
    ("nn", "Skulane i fylkeskommunen kuttar", "Elevane kjem heim; kva no med verksemda?"),
    ("sv", "Bussolyckan på Öland utreds", "Olyckorna blir fler. Sjukhusledningen avgår efter Åre-idén."),
    ("da", "Virksomhederne betaler bøder", "Sundhedsministeren afviser. Skolebestyrelsen i Aarhus øger støtten."),
    ("nl", "Ziekenhuizen schrappen operaties", "De brieven zijn geschreven; het gastgezin is opgevangen. Drinkwater!"),
    ("nl", "NS-staking gaat door", "De gemeente heeft de opgeknapte huizen goedgekeurd. 's Avonds café's dicht."),
    (
        "en",
        "The dying company's recall grows",
        "Flies; lying lawyers; an organization’s possibility. It's early at McDonald's.",
    ),
    ("und", "Kommunen beklager idéen", "Ärende Łódź naïve cooperatie"),
    ("fi", "Lakko jatkuu Ålandilla", "Streik streikki"),
    ("nb", "Cafe\u0301en brenner", "e-posten og eposten om covid-19"),
)
WORDS = sorted(
    words(
        """streik brann ulykke sykehus sjukehus leder leiing kommune skule skole vann drinkwater ziekenhuis huis brief
    operatie staking die early organiz olycka sjukhus virksomhed bøde minister Bergen Ålesund Aarhus KLM NS NRK ide idé
    company lie fly e-post covid-19 nrk.no café arbeidsløyse arbeidsledighet høgskule Öland Oeland gastgezin opknappen
    leve øke auke hjem heim hva kva lager Łódź McDonald's company's organization’s"""
    )
)

plain = st.sampled_from(WORDS)
starred = st.builds("{}*".format, st.sampled_from(("str", "sy", "bo", "leiar", "øl", "oe", "gast", "Ål")))
ending = st.builds("*{}".format, st.sampled_from(("huset", "brannen", "ledelsen", "utvalget", "erne", "ene")))
exact = st.builds("={}".format, st.sampled_from(("streiken", "Bergen", "NRK", "huizen", "idéen")))
quoted = st.builds('"{} {}"'.format, plain, plain)
filters = st.sampled_from(("lang:no", "lang:nl", "topic:service_disruption", "group:customers", "source:Posten"))
atoms = st.one_of(plain, plain, starred, ending, exact, quoted, filters)
queries = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} NOT {})".format, inner, inner),
        st.builds("title:{}".format, inner),
        st.builds("SENTENCE({} {})".format, inner, inner),
        st.builds("({} NEAR/4 {})".format, plain, plain),
    ),
    max_leaves=4,
)


def is_readable(query: str) -> bool:
    try:
        parse_query(query)
    except QueryError:
        return False
    return True


async def fill(database: Database) -> None:
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    async with database.transaction() as connection:
        await connection.execute(text(f"truncate {tables} restart identity cascade"))
        await connection.execute(
            text("insert into organisation (name, created_at) values ('Testkommunen', :now)"), {"now": NOON}
        )
        papers = [
            await add_source(connection, name="Fjordposten", stakeholder="media"),
            await add_source(connection, name="Kundenes forum", stakeholder="customers"),
        ]
        for number, (language, title, said) in enumerate(TEXTS):
            at = NOON - timedelta(hours=number + 1)
            key = await add_signal(
                connection, papers[number % 2], title, text=said, language=language, at=at,
                stakeholder=("media", "customers")[number % 2],
            )  # fmt: skip
            if number % 3 == 0:
                await add_label(connection, key)


async def compare(database: Database, asked: Sequence[str]) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("truncate watch restart identity cascade"))
        keys = [await add_watch(connection, query=query) for query in asked]
        signals = await load_signals(connection, range(1, len(TEXTS) + 1))
        labels = await load_labels(connection, range(1, len(TEXTS) + 1))
    await MatchStage(database).run(NOON)
    book = WatchBook([WatchTerms(key, str(key), query) for key, query in zip(keys, asked, strict=True)])
    previews = Previews(database, Watches(database, Topics()))
    for key, query in zip(keys, asked, strict=True):
        indexed = {one.id for one in signals if key in book.match(one, labels.get(one.id, ()))}
        each = {one.id for one in signals if key in book.match_asking_each(one, labels.get(one.id, ()))}
        async with database.transaction() as connection:
            which = SignalFilter(watch_id=key, copies=Copies.ALL)
            searched = {row.id for row in await search_signals(connection, CALLER.sight, which, None, 100)}
        found = await previews.preview(CALLER, WatchDraft("Draft", query), NOON, watch_id=None)
        shown = {one.signal.id for one in found.examples}
        assert indexed == each == searched, query
        assert found.total == len(each), query
        assert shown <= each, query
        assert len(each) > 10 or shown == each, query


def test_every_way_of_finding_gives_the_same_signals(url: str) -> None:
    """The percolator, asking each watch, a preview and the search in the database agree on every example."""

    async def once(asked: Sequence[str]) -> None:
        database = Database(make_engine(url))
        try:
            if not asked:
                await fill(database)
            else:
                await compare(database, asked)
        finally:
            await database.close()

    asyncio.run(once(()))

    @settings(max_examples=10)
    @given(st.lists(queries.filter(is_readable), min_size=4, max_size=8))
    def agree(asked: list[str]) -> None:
        asyncio.run(once(asked))

    agree()


LETTERS = st.text("abdefghijklmnorstuvæøåéKLSÅ", min_size=2, max_size=7)
ENDINGS = ("", "en", "ene", "s", "ing", "heten", "atie", "ge", "er", "ies", "ying", "het", "ane", "huset", "leder")


@settings(max_examples=300)
@given(LETTERS, st.sampled_from(ENDINGS), st.sampled_from(("", "ge", "skog", "sjuke")), st.sampled_from([*LANGUAGES]))
def test_what_a_word_is_found_in_passes_its_sieve(start: str, ending: str, before: str, language: str) -> None:
    word = f"{before}{start}{ending}"
    for sought in (start, f"{start}{ending}", "sykehus", "leder"):
        for form in (Form.LOOSE, Form.INFLECTED, Form.EXACT, Form.CASED):
            asked = Word(sought, form)
            probes = probes_of(asked, language)
            if probes and not keys_of_word(asked, language).isdisjoint(keys_of_written(word, language)):
                assert may_stand(probes, word), (asked, word, language, probes)


@given(queries.filter(is_readable))
def test_a_tree_is_written_as_a_query_that_reads_the_same(query: str) -> None:
    root = parse_query(query).root
    assert root is not None
    assert parse_query(written(root)).root == root
