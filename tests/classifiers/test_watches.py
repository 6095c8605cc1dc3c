"""The watch language: what is found, what is not, and what a mistake is answered with."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.types import LabelKind
from classifiers.watches import QueryError, WatchBook, WatchTerms, parse_query, queues
from classifiers.watches.parsing import counts_its_capitals
from classifiers.watches.query import Word
from signals.languages.types import words
from signals.types import Stakeholder
from tests.support.signals import a_signal
from tests.support.values import a_label


def finds(query: str, title: str, language: str = "nb", text: str = "", **given: object) -> bool:
    book = WatchBook([WatchTerms(1, "the watch", query)])
    assert book.broken == ()
    labels = given.pop("labels", ())
    return bool(book.match(a_signal(title, text=text, language=language, **given), labels))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "query", "title"),
    [
        ("nb", "kommune", "Kommunene må spare"),
        ("nb", "streik", "Bussjåførene streiker fra mandag"),
        ("nb", "leder", "Lederne går av"),
        ("nb", "lærer", "Læreren får kritikk"),
        ("nb", "drikkevann", "Drikkevannet er farlig"),
        ("nn", "sykehus", "Sjukehuset stengjer fødeavdelinga"),
        ("nn", "skule", "Skulane i kommunen er for små"),
        ("nb", "sjukehus", "Sykehuset stenger fødeavdelingen"),
        ("sv", "sjukhus", "Sjukhusen saknar personal"),
        ("sv", "olycka", "Olyckan på fabriken utreds"),
        ("sv", "skolan", "Skolor stängs"),
        ("sv", "olycka", "Olyckorna på fabriken blir fler"),
        ("da", "virksomhed", "Virksomhederne skal betale bøder"),
        ("da", "sygehus", "Sygehuset beklager fejlen"),
        ("nl", "ziekenhuis", "Ziekenhuizen schrappen operaties"),
        ("nl", "storing", "Opnieuw storingen bij de bank"),
        ("en", "recall", "Carmaker recalls thousands of vans"),
        ("en", "hospital", "The hospital's waiting list grows"),
        ("und", "kommune", "Kommunen beklager"),
    ],
)
def test_a_word_is_found_in_its_inflected_forms(language: str, query: str, title: str) -> None:
    assert finds(query, title, language)


@pytest.mark.parametrize(
    ("language", "query", "title"),
    [
        ("nb", "leder", "Helseforetakslederen går av"),
        ("nb", "helseforetak", "Helseforetakslederen går av"),
        ("nb", "brann", "Skogbrannen sprer seg"),
        ("nb", "brann", "Brannvesenet rykket ut"),
        ("nb", "vann", "Vannforsyningen svikter"),
        ("nn", "kommune", "Fylkeskommunen kuttar"),
        ("sv", "olycka", "Tre döda i bussolyckan"),
        ("sv", "sjukhus", "Sjukhusledningen avgår"),
        ("da", "minister", "Sundhedsministeren afviser kritik"),
        ("da", "skole", "Skolebestyrelsen trækker sig"),
        ("nl", "water", "Drinkwater vervuild na lek"),
        ("nl", "politie", "Politiewoordvoerder geeft fouten toe"),
    ],
)
def test_a_word_is_found_as_a_part_of_compounds(language: str, query: str, title: str) -> None:
    assert finds(query, title, language)
    assert not finds(f"={query}", title, language)
    assert not finds(f'"{query}"', title, language)


@pytest.mark.parametrize(
    ("language", "query", "title"),
    [
        ("nb", "politi", "Politikerne krangler om politikken"),
        ("nb", "konto", "Kontoransatte flytter"),
        ("nb", "bergen", "Kongsberg og Tønsberg vokser"),
        ("nb", "vann", "Det halvannet år lange arbeidet forsvant"),
        ("nb", "handling", "Forhandlingene starter"),
        ("nl", "brand", "Brandstof wordt duurder en de koran wordt verbrand"),
        ("nl", "sporen", "Trein ontspoord door ontsporing"),
        ("en", "water", "Watergate remembered"),
        ("sv", "kommun", "Kommunikationen brister"),
    ],
)
def test_a_word_is_not_found_in_words_that_only_look_alike(language: str, query: str, title: str) -> None:
    assert not finds(query, title, language)


@pytest.mark.parametrize("query", ["McDonald's", "McDonald’s", '"McDonald\'s"', "=McDonald's"])
def test_a_name_with_a_genitive_is_found_however_it_is_written(query: str) -> None:
    """Found by a reader: `McDonald's` asked for McDonald beside a word "s", which no text has."""
    for title in ("McDonald's closes", "McDonald’s to close", "A McDonald closes"):
        assert finds(query, title, "en")
    assert finds(query, "McDonalds stänger", "sv")
    assert not finds(query, "Donalds dager", "nb")
    assert finds("Sainsbury's Local", "A local Sainsbury's", "en")
    assert finds("Domino's NEAR/4 strike", "Strike at Dominos", "en")
    assert not finds("Domino's", "Dominoeffekten", "nb")


def test_spellings_of_the_same_letter_meet() -> None:
    assert finds("aalesund", "Ålesund sparer")
    assert finds("Ålesund", "Aalesund sparer")
    assert finds("kjøretøy", "Kjoeretoey tilbakekalles")
    assert finds("kjoeretoey", "Kjøretøyet tilbakekalles")
    assert finds("ledamöter", "Ledamøter avgår", "sv")


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("NS", "NS schrapt treinen", "ns in kleine letters"),
        ("KLM", "Staking bij KLM's grondpersoneel", "klm"),
        ("NRK", "NRKs direktør går av", "nrk-direktør"),
        ("eBay", "eBay fjerner varer", "ebay fjerner varer"),
        ("NAV", "NAV beklager", "NAVET er løst"),
        ("Bergen", "Bergens ordfører beklager", "Et berg raste ut"),
        ("Posten", "Posten kutter ruter", "Aftenposten skriver om saken"),
        ("Posten", "Postens ansatte streiker", "En ny post er ledig"),
        ("=Kiwi", "Kiwi trekker varer", "En kiwi om dagen"),
    ],
)
def test_names_are_found_with_their_capitals_and_nothing_else(query: str, found: str, not_found: str) -> None:
    assert finds(query, found)
    assert not finds(query, not_found)


def test_capitals_of_ordinary_words_do_not_count() -> None:
    assert finds("Drikkevann", "Giftig drikkevannet i byen")
    assert finds("STREIKEN", "Streiken er over")
    assert not counts_its_capitals("Bergen")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("streik lønn", True),
        ("streik AND fotball", False),
        ("fotball OR streik", True),
        ("streik NOT fotball", True),
        ("streik NOT lønn", False),
        ("streik AND NOT (fotball OR håndball)", True),
        ("fotball OR håndball lønn", False),
        ("(fotball OR streik) lønn", True),
        ("lær*", True),
        ("*løse", True),
        ("*løs", False),
        ("=lærere", True),
        ("=lærer", False),
        ('"streik om lønn"', True),
        ('"lønn streik"', False),
        ("title:streik", True),
        ("title:rådhuset", False),
        ("lead:rådhuset", True),
        ("lead:vikarer", False),
        ("title:(streik lønn)", True),
        ("streik NEAR/1 lønn", True),
        ("streik NEAR/0 lønn", False),
        ("lønn NEAR/1 streik", True),
        ("lønn ONEAR/1 streik", False),
        ("streik ONEAR/1 lønn", True),
        ("(streik OR fotball) NEAR/3 (=lønn OR penger)", True),
        ("lønn NEAR/100 møtes", False),
        ("SENTENCE(foreldre vikarer)", False),
        ("SENTENCE(foreldre bekymret)", True),
        ("SENTENCE(foreldre NOT vikarer)", True),
        ("SENTENCE(lærere NOT streik)", False),
        ('title:"streik om lønn" SENTENCE(kommune NEAR/3 vikarer)', True),
    ],
)
def test_operators_and_zones(query: str, expected: bool) -> None:
    title = "Arbeidsløse lærere: streik om lønn"
    text = "Partene møtes i rådhuset kl. 9.30. Foreldre er bekymret. Kommunen leier inn vikarer."
    assert finds(query, title, text=text) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source:nrk", True),
        ("source:NRK lang:nb", True),
        ('source:"NRK Vestland"', True),
        ("source:vest", False),
        ("source:vest*", True),
        ("family:nrk.no", True),
        ("group:regulators", True),
        ("group:(media OR experts)", False),
        ("lang:no", True),
        ("lang:sv", False),
        ("topic:data_security", True),
        ("topic:environment", False),
        ("tone:negative NOT topic:recognition", True),
        ("brev NOT source:(VG OR NRK)", False),
    ],
)
def test_fields_of_the_signal(query: str, expected: bool) -> None:
    labels = (a_label("data_security"), a_label("negative", kind=LabelKind.TONE))
    about = {"source_name": "NRK Vestland", "family": "nrk.no", "stakeholder": Stakeholder.REGULATORS}
    assert finds(query, "Brev på avveie", labels=labels, **about) is expected


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("e-post", "Eposten er hacket"),
        ("e-post", "E-posten er hacket"),
        ("covid-19", "Covid-19 sprer seg"),
        ("AT&T", "AT&T beklager"),
        ("#metoo", "Ny runde med #metoo"),
        ("nrk.no", "Les mer på nrk.no"),
        ("«åpent brev»", "Et åpent brev til styret"),
        ("“åpent brev”", "Åpent brev til styret"),
        ("E6", "Ulykke på e6"),
    ],
)
def test_signs_inside_words(query: str, title: str) -> None:
    assert finds(query, title)


@pytest.mark.parametrize(
    ("query", "character", "told_words"),
    [
        ("(vann", 1, "never closed"),
        ("vann) avløp", 5, "never opened"),
        ("vann AND ()", 11, "nothing between"),
        ("vann AND", 6, "something is missing"),
        ("OR vann", 1, "something before it"),
        ("vann AND OR avløp", 10, "side by side"),
        ('vann "avløp', 6, "no partner"),
        ("vann and avløp", 6, "in capitals"),
        ("vann ELLER avløp", 6, "Write OR"),
        ("vann, avløp", 5, "comma"),
        ("kom*une", 4, "star"),
        ("*kommune*", 2, "not at both"),
        ("k*", 1, "at least 2 letters"),
        ("vann? avløp", 5, "stands for nothing"),
        ("vann -fotball", 6, "NOT fotball"),
        ("vann NEAR avløp", 6, "NEAR/5"),
        ("vann NEAR/far avløp", 11, "number of words"),
        ("vann NEAR/5 (avløp kloakk)", 6, "OR between words"),
        ("vann NEAR/5 NOT avløp", 13, "comes a word"),
        ("title:vann NEAR/5 avløp", 12, "title:(a NEAR/5 b)"),
        ("tittel:vann", 1, "no field"),
        ("title: AND vann", 8, "side by side"),
        ("vann : avløp", 6, "stands alone"),
        ("lang:norsk", 6, "language code"),
        ("group:press", 7, "media, customers"),
        ("tone:sint", 6, "negative, neutral"),
        ("source:(a NEAR/5 b)", 1, "takes words"),
        ("  NOT fotball", 3, "only what must not be there"),
        ("vann OR NOT fotball", 1, "only what must not be there"),
        ("vann SENTENCE(NOT fotball)", 6, "not only NOT"),
        ("NOT NOT vann", 5, "take both away"),
        ("(" * 33 + "vann" + ")" * 33, 33, "32 deep"),
        ("vann " * 801, 4001, "4,000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_character_and_what_to_do(query: str, character: int, told_words: str) -> None:
    with pytest.raises(QueryError) as told:
        parse_query(query)
    assert told_words in told.value.message
    assert told.value.position == character - 1
    assert f"character {character}" in str(told.value)


@given(st.text(alphabet='abNOTR AND()"*=:/-?,~NEAR5title', max_size=60))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        explained = parse_query(text).explain()
    except QueryError as error:
        explained = str(error.position in range(len(text) + 1))
    assert explained not in ("", "False")


def test_the_longest_and_deepest_query_is_read() -> None:
    deepest = "(" * 32 + "vann" + ")" * 32
    assert finds(deepest, "Vann i kjelleren")
    assert finds(("OR ".join(["vann "] * 500))[:4000].rsplit(" OR", 1)[0], "Vann i kjelleren")


def test_a_query_is_explained_as_it_was_understood() -> None:
    query = parse_query('kommune* (NS OR "åpent brev") NOT title:=fotball lang:nl watch:"Vann og avløp"')
    assert query.explain().splitlines() == [
        "all of these:",
        "  words that begin with kommune",
        "  at least one of these:",
        "    NS (exactly, with these capitals)",
        "    side by side: åpent (any inflection), brev (any inflection)",
        "  not this:",
        "    in the title:",
        "      fotball (exactly)",
        "  the language is nl",
        "  whatever the watch “Vann og avløp” matches",
    ]
    assert parse_query("  ").explain() == "everything"


def test_an_empty_query_matches_everything_in_the_watch_s_languages() -> None:
    book = WatchBook(
        [WatchTerms(1, "all", ""), WatchTerms(2, "Dutch", "", ("nl",)), WatchTerms(3, "Norwegian", " ", ("no",))]
    )
    assert book.match(a_signal(language="nb"), ()) == (1, 3)
    assert book.match(a_signal(language="nl"), ()) == (1, 2)


def test_a_saved_watch_may_stand_inside_another() -> None:
    book = WatchBook(
        [
            WatchTerms(7, "Outer", 'watch:"vann og AVLØP" NOT øvelse'),
            WatchTerms(3, "Vann og avløp", "drikkevann OR watch:avløp", ("nb",)),
            WatchTerms(5, "Avløp", "kloakk"),
        ]
    )
    assert book.broken == ()
    assert book.match(a_signal("Kloakk i fjorden"), ()) == (7, 3, 5)
    assert book.match(a_signal("Kloakk i fjorden: øvelse"), ()) == (3, 5)
    assert book.match(a_signal("Kloakk i fjorden", language="da"), ()) == (5,)


def test_watches_that_cannot_be_read_are_named_and_the_others_go_on() -> None:
    book = WatchBook(
        [
            WatchTerms(1, "Circle", "watch:back"),
            WatchTerms(2, "Back", "watch:circle"),
            WatchTerms(3, "Lost", "vann watch:nowhere"),
            WatchTerms(4, "Open", "(vann"),
            WatchTerms(5, "On open", "watch:open"),
            WatchTerms(6, "Good", "vann"),
        ]
    )
    reasons = dict(book.broken)
    assert list(reasons) == ["Circle", "Back", "Lost", "Open", "On open"]
    assert reasons["Circle"] == "goes in a circle: Circle → Back → Circle"
    assert reasons["Lost"] == "there is no watch “nowhere”"
    assert "never closed" in reasons["Open"]
    assert "“Open” cannot be read" in reasons["On open"]
    assert book.match(a_signal("Vann"), ()) == (6,)


def test_a_long_chain_of_watches_is_refused_where_it_gets_too_deep() -> None:
    chain = [WatchTerms(number, f"w{number}", f"watch:w{number - 1}" if number else "vann") for number in range(2000)]
    book = WatchBook(chain)
    assert len(book.match(a_signal("Vann"), ())) == 32
    assert "more than 32 watches" in dict(book.broken)["w40"]


def test_the_written_forms_of_each_word_are_shown() -> None:
    book = WatchBook([WatchTerms(1, "water", "vann NOT NS")])
    forms = set(book.written_forms(a_signal("Vannet og vannverket, NS og ns")))
    assert {(word.text, written) for word, written in forms} == {
        ("vann", "Vannet"),
        ("vann", "vannverket"),
        ("NS", "NS"),
    }
    assert all(isinstance(word, Word) for word, _ in forms)


WORDS = st.sampled_from(
    ["vann", "Vann", "drikkevann", "kommune", "NS", "streik", "brann", "Bergen", "bergen", "leder", "e-post", "sak"]
)
WRITTEN = words(
    """vann vannet Vannverket drikkevannet kommunen fylkeskommune NS ns streiker brannvesenet skogbrann
    Bergens berget helseleder lederne e-post eposten saken sak. og Og"""
)
TITLES = st.lists(st.sampled_from(sorted(WRITTEN)), max_size=12).map(" ".join)
TERMS = st.one_of(
    WORDS,
    WORDS.map(lambda word: f"={word}"),
    WORDS.map(lambda word: f"{word[:3].strip('-')}*" if len(word) > 2 else word),
    WORDS.map(lambda word: f"*{word[-3:].strip('-')}"),
    st.tuples(WORDS, WORDS).map(lambda two: f'"{two[0]} {two[1]}"'),
    st.tuples(WORDS, st.sampled_from(["NEAR/1", "ONEAR/2"]), WORDS).map(" ".join),
    st.sampled_from(["lang:nb", "lang:sv", "source:avis", "watch:first", "watch:second"]),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR", "", "NOT", "AND NOT", "OR NOT"]), inner).map(
            lambda three: f"({three[0]} {three[1]} {three[2]})"
        ),
        inner.map(lambda one: f"title:({one})"),
        inner.map(lambda one: f"SENTENCE({one})"),
    ),
    max_leaves=6,
)


LANGUAGE_CODES = st.sampled_from(["nb", "nn", "sv", "nl", "en", "und", "fi"])
CROWDS = st.sampled_from([0, 1, 64])  # more than so many watches that wait for one word are parted
NAMES = ["first", "second", *(f"w{number}" for number in range(2, 8))]
BOOKS = st.lists(
    st.tuples(QUERIES, st.sampled_from([(), (), ("no",), ("sv", "nl")]), st.sampled_from([True, True, False])),
    min_size=1,
    max_size=8,
).map(
    lambda drawn: [
        WatchTerms(number, NAMES[number], query, languages, is_active)
        for number, (query, languages, is_active) in enumerate(drawn)
    ]
)


@settings(max_examples=200, deadline=None)
@given(terms=BOOKS, title=TITLES, text=TITLES, language=LANGUAGE_CODES, crowd=CROWDS)
def test_the_index_answers_as_asking_every_watch_does(
    terms: list[WatchTerms], title: str, text: str, language: str, crowd: int
) -> None:
    with patch.object(queues, "CROWD", crowd):
        book = WatchBook(terms)
    signal = a_signal(title, text=text, language=language, id=1)
    answer = book.match(signal, ())
    assert answer == book.match_asking_each(signal, ())
    assert answer == book.match(signal, ())
    for one in terms:
        if "watch:" not in one.query and one.is_active and one.name not in dict(book.broken):
            assert (one.id in answer) == bool(WatchBook([one]).match(signal, ()))


@settings(max_examples=150, deadline=None)
@given(terms=BOOKS, later=BOOKS, title=TITLES, text=TITLES, language=LANGUAGE_CODES, crowd=CROWDS)
def test_a_book_that_was_changed_answers_as_a_new_one_does(
    terms: list[WatchTerms], later: list[WatchTerms], title: str, text: str, language: str, crowd: int
) -> None:
    signal = a_signal(title, text=text, language=language, id=1)
    with patch.object(queues, "CROWD", crowd):
        changed, grown = WatchBook(terms), WatchBook(())
        changed.match(signal, ())
        changed.update(later)
        for one in [*terms, *later]:
            grown.put(one)
    for book, given_terms in ((changed, later), (grown, [*later, *terms[len(later) :]])):
        new = WatchBook(given_terms)
        assert book.broken == new.broken
        assert book.match(signal, ()) == new.match(signal, ()) == book.match_asking_each(signal, ())


def test_a_crowd_that_waits_for_one_word_is_answered_as_if_each_were_asked() -> None:
    second = ("brann", "streik", '(brann OR "stor lekkasje")', '"brann i"', "brann NOT ferge", "(brann OR lang:nb)")
    terms = [WatchTerms(number, f"w{number}", f"vann {second[number % len(second)]}") for number in range(60)]
    terms += [WatchTerms(60, "abroad", "vann brann", ("sv",)), WatchTerms(61, "alone", "vann")]
    book = WatchBook(terms)
    said = ("Vann", "Vann og brann", "Brann i vann", "Vann: stor lekkasje", "Vann, brann, ferge", "Vann og streik")
    for number in (0, 3, 4):  # as they came, then without some, then with others
        book.update([one for one in terms if number == 0 or one.id % number])
        for title in said:
            for language in ("nb", "sv"):
                signal = a_signal(title, language=language)
                assert book.match(signal, ()) == book.match_asking_each(signal, ()) != ()


def test_a_watch_that_rests_matches_only_inside_others() -> None:
    book = WatchBook([WatchTerms(1, "Outer", "watch:ferge NOT buss"), WatchTerms(2, "Ferge", "ferge", (), False)])
    assert book.broken == ()
    assert book.match(a_signal("Fergen står"), ()) == (1,)


def test_a_changed_watch_changes_those_around_it_and_a_lost_one_breaks_them() -> None:
    inner = WatchTerms(1, "Inner", "ferge")
    book = WatchBook([inner, WatchTerms(2, "Middle", "watch:inner"), WatchTerms(3, "Outer", "watch:middle")])
    book.put(WatchTerms(1, "Inner", "buss"))
    assert book.match(a_signal("Bussen står"), ()) == (1, 2, 3)
    assert book.match(a_signal("Fergen står"), ()) == ()
    book.put(WatchTerms(1, "Renamed", "buss"))
    assert [name for name, _ in book.broken] == ["Middle", "Outer"]
    assert book.match(a_signal("Bussen står"), ()) == (1,)
    book.put(inner)
    assert book.broken == ()
    assert book.match(a_signal("Fergen står"), ()) == (1, 2, 3)
