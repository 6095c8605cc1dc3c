"""The seed corpus and the lexicon hold what the training needs, and nothing twice."""

from collections import Counter
from pathlib import Path

import pytest

from classifiers.corpus import CorpusError, Example, find_twins, load_corpus
from classifiers.lexicon import FILES, Lexicon, groups, load_lexicon, parse_phrase
from classifiers.taxonomy import load_taxonomy
from signals.languages import LANGUAGES

every_language = pytest.mark.parametrize("code", sorted(LANGUAGES))


@every_language
def test_every_language_has_25_examples_of_each_topic_and_200_of_none(code: str) -> None:
    examples = [example for example in load_corpus() if example.language == code]
    found = Counter(topic for example in examples for topic in example.topics)
    assert min(found[topic] for topic in load_taxonomy().topics) >= 25
    assert sum(not example.topics for example in examples) >= 200


def test_no_text_stands_twice_in_the_corpus_not_even_nearly() -> None:
    twins = [
        f"{twins.one.place} = {twins.other.place}"
        for twins in find_twins(load_corpus())
        if twins.one.language == twins.other.language
    ]
    assert not twins


def test_neighbour_languages_have_texts_of_their_own() -> None:
    examples = load_corpus()
    across = {twins.other.place for twins in find_twins(examples) if twins.one.language != twins.other.language}
    assert len(across) < len(examples) / 50


def test_twins_are_found_across_word_order_and_languages() -> None:
    one = Example("Strømbrudd i hele kommunen", "nb", frozenset(), "a")
    other = Example("I heile kommunen straumbrot", "nn", frozenset(), "b")
    unlike = Example("Skolen pusses opp", "nb", frozenset(), "c")
    again = Example("I hele kommunen: strømbrudd!", "nb", frozenset(), "d")
    pairs = {(twins.one.place, twins.other.place) for twins in find_twins([one, other, unlike, again], 0.5)}
    assert ("a", "d") in pairs
    assert not any("c" in pair for pair in pairs)


def test_every_bad_line_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "nb.tsv").write_text(
        "# comment\n\nnone\tFint vær\nweather\tRegn\nnone,goodwill\tTakk\nno tab here\ngoodwill,goodwill\tTakk\n"
    )
    (tmp_path / "xx.tsv").write_text("none\tHei\n")
    with pytest.raises(CorpusError) as told:
        load_corpus(tmp_path)
    assert [fault.split(": ")[0] for fault in str(told.value).splitlines()] == [
        "nb.tsv:4",
        "nb.tsv:5",
        "nb.tsv:6",
        "nb.tsv:7",
        "xx.tsv",
    ]


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no examples"):
        load_corpus(tmp_path)


@every_language
def test_the_lexicon_knows_every_topic_in_every_language(code: str) -> None:
    told = {phrase.group for phrase in load_lexicon(code).phrases}
    assert told == set(groups())
    assert set(load_taxonomy().topics) == {group for group in groups() if not group.startswith(("none_", "about_"))}
    assert code in FILES


def test_patterns_fit_words_as_the_lexicon_says() -> None:
    lexicon = Lexicon(
        [
            parse_phrase("beginning", "recall"),
            parse_phrase("ending", "cake"),
            parse_phrase("short", "VM"),
            parse_phrase("exact", "=strike"),
            parse_phrase("part", "~brann"),
            parse_phrase("phrase", "steps down"),
        ]
    )
    found = [
        hit.group
        for hit in lexicon.find(["recalls", "cakes", "cakewalk", "vm", "vms", "strike", "striker", "lagerbrannen"])
    ]
    assert found == ["beginning", "ending", "short", "exact", "part"]
    assert [hit.words for hit in lexicon.find(["chair", "steps", "quietly", "down"])] == [(1, 3)]
    assert not list(lexicon.find(["steps", "up", "and", "then", "goes", "down"]))
