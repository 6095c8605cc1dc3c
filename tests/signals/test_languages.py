"""Languages: found by themselves, with stems, spellings, bridges and compounds; and told apart."""

import doctest

import pytest
import Stemmer

import signals.languages
from signals.language import UNDETERMINED, identify
from signals.languages import LANGUAGES, bridge, fold, parts_of_compound, stem, stems, tokens
from signals.languages.background import Frequencies, load_table


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(signals.languages).failed == 0


def test_the_six_languages_are_found_without_a_table() -> None:
    assert list(LANGUAGES) == ["da", "en", "nb", "nl", "nn", "sv"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_is_whole(code: str) -> None:
    language = LANGUAGES[code]
    assert language.stemmer in Stemmer.algorithms()
    assert len(language.months) == 12
    assert language.function_words < language.stop_words
    assert all(word == word.lower() for word in language.stop_words)
    assert load_table(code).texts > 1000


def test_tokens_are_lower_case_words_without_the_english_s() -> None:
    found = tokens("NRK's E6-ulykke: 3 døde, sa O’Brien’s far")
    assert found == ["nrk", "e6", "ulykke", "3", "døde", "sa", "brien", "far"]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nb", "kommunene", "kommune"),
        ("nb", "Ålesund", "aalesund"),
        ("sv", "kommunerna", "kommuner"),
        ("da", "kommunerne", "kommuner"),
        ("nl", "gemeenten", "gemeente"),
        ("en", "recalls", "recalled"),
    ],
)
def test_inflected_forms_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one.lower(), language) == stem(other, language)


def test_nynorsk_meets_bokmål_over_the_bridge() -> None:
    assert bridge("sjukehuset", "nn") == "sykehuset"
    assert stems("Sjukehuset åtvarar", "nn")[0] == stems("Sykehuset advarer", "nb")[0]
    assert bridge("kvalitet", "nn") == "kvalitet"  # "kva" alone is bridged, not what begins so


def test_stop_words_are_left_out_of_stems() -> None:
    assert stems("Det er en brann i Bergen", "nb") == [stem("brann", "nb"), stem("bergen", "nb")]


def test_letters_that_are_written_in_two_ways_fold_to_one() -> None:
    assert fold("Tromsø") == fold("tromsoe") == fold("Tromsö")
    assert fold("Malmö") == "malmoe"


@pytest.mark.parametrize(
    ("language", "word", "parts"),
    [
        ("nb", "helseforetaksleder", ("helseforetak", "leder")),
        ("nn", "helseføretaksleiaren", ("helseføretak", "leiar")),
        ("sv", "kommunstyrelsen", ("kommun", "styrelse")),
        ("da", "hospitalsdirektøren", ("hospital", "direktør")),
        ("nl", "ziekenhuisdirecteur", ("ziekenhuis", "directeur")),
        ("nb", "sykehusdirektøren", ("sykehus", "direktør")),
        ("nb", "leder", ()),
        ("en", "headteacher", ()),
        ("fi", "sairaalajohtaja", ()),
        ("nb", "a" * 5000 + "leder", ()),
    ],
)
def test_compounds_open_at_known_heads(language: str, word: str, parts: tuple[str, ...]) -> None:
    assert parts_of_compound(word, language) == parts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kommunen ber innbyggerne om å koke vannet etter funn av bakterier i prøvene", "nb"),
        ("Kommunen bed innbyggjarane om å koke vatnet etter at dei fann bakteriar i prøvene", "nn"),
        ("Kommunen uppmanar invånarna att koka vattnet efter att bakterier hittats i proverna", "sv"),
        ("Kommunen beder borgerne om at koge vandet efter fund af bakterier i prøverne", "da"),
        ("De gemeente vraagt inwoners het water te koken na de vondst van bacteriën", "nl"),
        ("The council asks residents to boil their water after bacteria were found", "en"),
        ("Die Gemeinde bittet die Bewohner, das Wasser nach dem Fund von Bakterien abzukochen", "de"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    found = identify(text)
    assert found.language == language
    assert 0.5 < found.score <= 1


@pytest.mark.parametrize("text", ["", "  \n", "12:30 – 45 %", "🚨🚨"])
def test_what_has_no_letters_has_no_language(text: str) -> None:
    assert identify(text, {"nb": 0.0, "da": -9.0}) == (UNDETERMINED, 0.0, {"nb": 0.0, "da": -9.0})


def test_a_short_headline_is_helped_by_what_its_source_said_before() -> None:
    prior: dict[str, float] = {}
    for headline in ("Politiet ber om tips etter innbrudd i helgen", "Nå åpner den nye svømmehallen for publikum"):
        prior = identify(headline, prior).scores
    alone, helped = identify("Kommunen varsler om uvær"), identify("Kommunen varsler om uvær", prior)
    assert helped.language == "nb"
    assert helped.score > alone.score or alone.language != "nb"


def test_a_foreign_item_is_still_seen_as_foreign() -> None:
    prior: dict[str, float] = {}
    for number in range(50):
        prior = identify(f"Kommunen melder om {number} nye saker denne uken, sier ordføreren", prior).scores
    assert identify("The government will publish a new strategy for the oceans on Monday", prior).language == "en"


def test_a_claimed_language_tips_the_scale_and_no_more() -> None:
    assert identify("Oslo", hint="nl-NL").score != identify("Oslo").score
    assert identify("Brand in Oslo", hint="nl").language == "nl"
    assert identify("Brann i Oslo", hint="no").language in ("nb", "nn")
    assert identify("Kommunen ber innbyggerne om å koke vannet etter funn", hint="en-us").language == "nb"


def test_a_term_gets_more_common_as_it_is_read() -> None:
    frequencies = Frequencies()
    before = frequencies.rarity("lillev", "nb")
    for _ in range(50):
        frequencies.learn(["lillev"], "nb")
    assert 0 < frequencies.rarity("lillev", "nb") < before


def test_the_most_common_words_say_nothing() -> None:
    frequencies = Frequencies()
    for _ in range(40):
        frequencies.learn(["kommis"], "fi")
    assert frequencies.rarity("kommis", "fi") == 0
    assert Frequencies().rarity("xyzzy", "fi") > 0  # no table: nothing is common yet
