"""The quick way to a score gives what the features give, and so does the quick search of phrases (4.7)."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from classifiers import glance
from classifiers.corpus import load_corpus
from classifiers.features import features_of, fold_of, to_matrix, to_row, width, words_of
from classifiers.glance import VOCABULARY, Pulls
from classifiers.lexicon import GAP, Found, Lexicon, Phrase, load_lexicon, parse_phrase

SOME = load_corpus()[::97]


def by_features(matrix: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    rows = []
    for one in SOME:
        words = words_of(one.text)
        rows.append(to_row(list(features_of(words, one.language)), len(words)))
    return np.asarray(to_matrix(rows) @ matrix)


def test_a_glance_adds_up_to_what_the_features_add_up_to() -> None:
    matrix = np.random.default_rng(0).normal(size=(width(), 3)).astype(np.float32)
    pulls = Pulls(matrix)
    first = pulls.add_up([VOCABULARY.glance(one.text, one.language) for one in SOME])
    np.testing.assert_allclose(first, by_features(matrix), atol=1e-5)
    again = pulls.add_up([VOCABULARY.glance(one.text, one.language) for one in reversed(SOME)])
    np.testing.assert_array_equal(again[::-1], first)


def test_a_vocabulary_that_began_anew_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pulls = Pulls(np.random.default_rng(0).normal(size=(width(), 2)).astype(np.float32))
    before = pulls.add_up([VOCABULARY.glance(one.text, one.language) for one in SOME])
    monkeypatch.setattr(glance, "MOST_KNOWN", 0)
    VOCABULARY.make_room()
    assert VOCABULARY.features == []
    after = pulls.add_up([VOCABULARY.glance(one.text, one.language) for one in SOME[:5]])
    np.testing.assert_allclose(after, before[:5], rtol=1e-9)


def slowly(phrases: Sequence[Phrase], words: Sequence[str]) -> Iterator[Found]:
    """Every phrase tried at every place."""
    for place in range(len(words)):
        for phrase in phrases:
            taken: list[int] = []
            for pattern in phrase.patterns:
                ahead = [place] if not taken else range(taken[-1] + 1, min(taken[-1] + 2 + GAP, len(words)))
                taken += [at for at in ahead if pattern.matches(words[at])][:1] or [-1]
                if taken[-1] < 0:
                    break
            else:
                yield Found(phrase.group, tuple(taken))


def test_the_search_finds_what_trying_every_phrase_at_every_place_finds() -> None:
    for language in ("nb", "sv", "nl", "en"):
        lexicon = load_lexicon(language)
        for one in [one for one in SOME if one.language == language][:8]:
            words = [fold_of(word.text) for word in words_of(one.text)]
            assert sorted(lexicon.find(words), key=repr) == sorted(slowly(lexicon.phrases, words), key=repr)


def test_a_phrase_takes_the_first_word_that_fits_and_parts_are_found_anywhere() -> None:
    lexicon = Lexicon([parse_phrase("a", "trekk tilbake"), parse_phrase("b", "~brud"), parse_phrase("c", "=ut")])
    words = ["trekker", "de", "tilbake", "tilbake", "kontraktsbrudd", "utover", "ut"]
    assert sorted((one.group, one.words) for one in lexicon.find(words)) == [("a", (0, 2)), ("b", (4,)), ("c", (6,))]
