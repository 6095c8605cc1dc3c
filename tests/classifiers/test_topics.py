"""The topic classifier: what it says of plain cases, and which model files it takes."""

import io
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from classifiers.corpus import FOLDER
from classifiers.errors import ModelError
from classifiers.model_file import MAGIC, ModelFile, read_model, write_model
from classifiers.topics import TopicClassifier, load_model, save_model
from classifiers.training import digest, ensure_shipped, train
from signals.sections import Section
from tests.support.signals import a_signal

PLAIN = [
    ("nb", "Bakeriet trekker tilbake brød etter funn av metallbiter", "product_safety"),
    ("nn", "Kommunen er meldt til Datatilsynet: Personopplysningar på avvegar", "data_security"),
    ("sv", "Facket varslar om strejk på lagret i Hedby", "working_conditions"),
    ("da", "Direktøren fyret efter strid med bestyrelsen", "leadership_conflict"),
    ("nl", "Gemeente waarschuwt voor nepmails uit naam van het waterbedrijf", "misinformation_fraud"),
    ("en", "Brewery goes into administration with debts of £4m", "financial_distress"),
]
QUIET = [
    ("nb", "Nittedal vant 3–1 over Lillevik i toppkampen"),
    ("nn", "Meteorologen ventar meir snø i fjellet til helga"),
    ("sv", "Recept: så gör du krämig svampsoppa"),
    ("da", "Mand anholdt efter knivstikkeri i Nyby"),
    ("nl", "Oranje wint oefenwedstrijd met 2-0 dankzij doelpunt van spits"),
    ("en", "Singer announces new album and summer tour"),
]


def test_the_part_of_the_paper_weighs_in_and_says_so(model: TopicClassifier) -> None:
    title = "Facket varslar om strejk på lagret i Hedby"
    plain, sport, tech = (
        a_signal(title, language="sv", section=section) for section in ("", Section.SPORT, Section.TECHNOLOGY)
    )
    scores = model.score([plain, sport, tech]).max(axis=1)
    assert scores[1] < scores[0] < scores[2]
    ((label, *_),) = model.classify([tech])
    assert label.because[-1].word == "section: technology"


@pytest.mark.parametrize(("language", "title", "topic"), PLAIN)
def test_a_plain_case_gets_its_topic(model: TopicClassifier, language: str, title: str, topic: str) -> None:
    (labels,) = model.classify([a_signal(title, language=language)])
    assert topic in [label.name for label in labels]


@pytest.mark.parametrize(("language", "title"), QUIET)
def test_sport_weather_recipes_and_private_crime_stay_quiet(model: TopicClassifier, language: str, title: str) -> None:
    assert model.classify([a_signal(title, language=language)]) == [()]


def test_the_telling_words_are_named(model: TopicClassifier) -> None:
    ((label, *_),) = model.classify([a_signal("Bakeriet trekker tilbake brød etter funn av metallbiter")])
    assert label.name == "product_safety"
    assert {"trekker", "tilbake", "metallbiter"} & {word.word for word in label.because}


def test_a_lower_threshold_names_more_topics_but_never_more_than_three(model: TopicClassifier) -> None:
    (labels,) = model.at(0.0).classify([a_signal("Streik ved sykehuset: Ansatte demonstrerer mot kutt")])
    assert len(labels) == 3
    assert [label.score for label in labels] == sorted((label.score for label in labels), reverse=True)


def test_scores_are_chances_and_a_text_without_words_scores_nothing(model: TopicClassifier) -> None:
    scores = model.score([a_signal("Streik ved sykehuset"), a_signal("!?"), a_signal("Streik", language="fi")])
    assert ((scores >= 0) & (scores <= 1)).all()
    assert not scores[1:].any()


def test_a_model_that_was_written_and_read_answers_the_same(model: TopicClassifier, tmp_path: Path) -> None:
    save_model(tmp_path / "again.npz", model)
    again = load_model(tmp_path / "again.npz")
    signals = [a_signal(title, language=language) for language, title, _ in PLAIN]
    assert again.classify(signals) == model.classify(signals)
    assert (again.version, again.threshold) == (model.version, model.threshold)


def test_training_again_gives_the_same_model(model: TopicClassifier) -> None:
    again = train()
    assert again.version == model.version
    assert np.array_equal(again.weights.matrix, model.weights.matrix)
    assert again.threshold == model.threshold


def test_a_model_is_made_again_only_when_its_corpus_has_changed(model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    for name in (path.name, "tone.npz"):
        (tmp_path / name).write_bytes((model_file.parent / name).read_bytes())
    assert load_model(path).trained_from == digest(FOLDER)
    assert not ensure_shipped(path)
    stored = read_model(path)
    write_model(path, ModelFile({**stored.header, "trained_from": "another corpus"}, stored.arrays))
    assert ensure_shipped(path)
    assert load_model(path).trained_from == digest(FOLDER)


def test_se_15_a_tampered_model_is_refused(model_file: Path, tmp_path: Path) -> None:
    content = bytearray(model_file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "tampered.npz").write_bytes(content)
    with pytest.raises(ModelError, match="changed or damaged"):
        load_model(tmp_path / "tampered.npz")


def test_se_15_half_a_model_is_refused(model_file: Path, tmp_path: Path) -> None:
    content = model_file.read_bytes()
    (tmp_path / "half.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="changed or damaged"):
        load_model(tmp_path / "half.npz")


class Bomb:
    """What must never be run."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a pickle was opened",))


def test_se_15_a_pickle_is_refused_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelError, match="no model of Forkant"):
        load_model(tmp_path / "model.pkl")


def test_se_15_a_pickle_inside_a_model_is_refused_and_never_opened(tmp_path: Path) -> None:
    from hashlib import sha256

    body = io.BytesIO()
    np.savez(body, header=np.array([Bomb()], dtype=object), allow_pickle=True)  # type: ignore[arg-type]
    content = body.getvalue()
    path = tmp_path / "hidden.npz"
    path.write_bytes(MAGIC + b" " + sha256(content).hexdigest().encode() + b"\n" + content)
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(path)


@pytest.mark.parametrize(
    ("field", "value"), [("features", "0.0"), ("kind", "tone"), ("topics", ["goodwill"]), ("threshold", None)]
)
def test_a_model_made_for_something_else_is_refused(
    model_file: Path, tmp_path: Path, field: str, value: object
) -> None:
    stored = read_model(model_file)
    path = tmp_path / "other.npz"
    write_model(path, ModelFile({**stored.header, field: value}, stored.arrays))
    with pytest.raises(ModelError, match="does not fit"):
        load_model(path)


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="forkant model train"):
        load_model(tmp_path / "nothing.npz")


def test_the_header_is_plain_json(model_file: Path) -> None:
    header = json.loads(json.dumps(dict(read_model(model_file).header)))
    assert set(header) == {"kind", "version", "threshold", "topics", "features", "trained_from"}
