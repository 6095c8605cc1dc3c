"""Tone toward the one that a text is about: its corpus, its cues, its model, and who speaks."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from classifiers.beside import Beside
from classifiers.corpus import CorpusError, Example, find_twins
from classifiers.cues import find_cues, load_cues, tone_cues
from classifiers.errors import ModelError
from classifiers.features import fold_of, words_of
from classifiers.lexicon import FILES
from classifiers.stakeholders import VOICES, StakeholderClassifier
from classifiers.tone import ToneClassifier, load_tone, save_tone
from classifiers.tone_corpus import load_spoken
from classifiers.topics import TopicClassifier
from classifiers.types import LabelKind, Tone
from signals.languages import LANGUAGES
from tests.support.signals import a_signal

LEAST_OF_EACH = 60


def tones_of(classifier: ToneClassifier, texts: list[tuple[str, str]]) -> list[str]:
    signals = [a_signal(text, text="", language=language, fingerprint="") for language, text in texts]
    return [found[0].name if found else "" for found in classifier.classify(signals)]


def test_every_language_has_examples_of_every_tone() -> None:
    counts = Counter((one.language, one.tone) for one in load_spoken())
    assert {code for code, _ in counts} == set(LANGUAGES)
    assert min(counts[code, tone] for code in LANGUAGES for tone in Tone) >= LEAST_OF_EACH


def test_no_two_texts_of_a_language_say_the_same() -> None:
    for code in LANGUAGES:
        texts = [Example(one.text, code, frozenset(), one.place) for one in load_spoken() if one.language == code]
        assert not [(pair.one.place, pair.other.place) for pair in find_twins(texts)]


def test_lines_that_cannot_be_used_are_named_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "nb.tsv").write_text("negative\tKonkurs\nangry\tSint\nno tab\n")
    with pytest.raises(CorpusError) as told:
        load_spoken(tmp_path)
    assert "nb.tsv:2" in str(told.value)
    assert "nb.tsv:3" in str(told.value)


@pytest.mark.parametrize("language", sorted(FILES))
def test_every_language_has_cues_of_tone_and_of_every_voice(language: str) -> None:
    groups = Counter(phrase.group for phrase in load_cues(language).phrases)
    assert set(groups) == {"negative", "positive", "turns", "says", *VOICES}
    assert groups["negative"] >= 200
    assert groups["positive"] >= 120


@pytest.mark.parametrize(
    ("language", "text", "is_turned"),
    [
        ("nb", "Det var ikke bra", True),
        ("nb", "Det var bra", False),
        ("sv", "Inte nöjd med maten", True),
        ("nl", "Geen goede ervaring", True),
        ("en", "Cleared of fraud", True),
        ("en", "Fraud at the bank", False),
    ],
)
def test_words_before_a_cue_turn_it_around(language: str, text: str, is_turned: bool) -> None:
    words = tuple(fold_of(word.text) for word in words_of(text))
    cues = tone_cues(find_cues(words, language))
    assert cues[-1].is_turned is is_turned


def test_plain_texts_get_their_tone(tone: ToneClassifier) -> None:
    texts = [
        ("nb", "Kundene raser etter nok en innstilling"),
        ("sv", "Banken får hård kritik och döms till böter"),
        ("da", "Kommunen får ros og vinder prisen for bedste skole"),
        ("nl", "Bedrijf wint prijs en opent nieuwe fabriek"),
        ("en", "Council to meet on Monday"),
    ]
    assert tones_of(tone, texts) == ["negative", "negative", "positive", "positive", "neutral"]


def test_because_names_the_words_that_carried_the_tone(tone: ToneClassifier) -> None:
    signal = a_signal("Sykehuset får krass kritikk", text="", language="nb", fingerprint="")
    ((label,),) = tone.classify([signal])
    assert label.name == "negative"
    assert "kritikk" in {word.word for word in label.because}
    assert all(signal.passage[word.start : word.end] == word.word for word in label.because)


def test_a_saved_model_judges_as_before(tone: ToneClassifier, tmp_path: Path) -> None:
    save_tone(tmp_path / "tone.npz", tone)
    again = load_tone(tmp_path / "tone.npz")
    signal = a_signal("Strike averted at last minute", text="", language="en", fingerprint="")
    assert again.classify([signal]) == tone.classify([signal])
    (tmp_path / "tone.npz").write_bytes((tmp_path / "tone.npz").read_bytes() + b"x")
    with pytest.raises(ModelError, match="changed or damaged"):
        load_tone(tmp_path / "tone.npz")


def test_the_model_of_topics_is_no_model_of_tone(model_file: Path) -> None:
    with pytest.raises(ModelError, match="another kind"):
        load_tone(model_file)


def test_tone_and_voice_come_beside_the_topics(model: TopicClassifier, tone: ToneClassifier) -> None:
    title = "Fagforbundet krever svar etter streik ved sykehuset"
    signals = [a_signal(title, text="", language="nb", fingerprint=""), a_signal("", text="", language="nb")]
    found, nothing = Beside((tone, StakeholderClassifier())).label(model, signals)
    assert [label.kind for label in found][-2:] == [LabelKind.TONE, LabelKind.STAKEHOLDER]
    assert tuple(label for label in found if label.kind is LabelKind.TOPIC) == model.classify(signals)[0]
    assert not nothing


@pytest.mark.parametrize(
    ("language", "title", "voice"),
    [
        ("nb", "Politiet: Savnet mann funnet", "regulators"),
        ("nb", "Kunder raser mot nye gebyrer", "customers"),
        ("nn", "Fagforeininga krev fleire folk: Tilsette slår alarm", "employees"),
        ("sv", "Forskare varnar för ny smitta", "experts"),
        ("da", "Naboer klager over støj", "community"),
        ("nl", "Aandeelhouders eisen vertrek van topman", "owners"),
        ("nl", "Kamerlid wil opheldering", "politics"),
        ("en", "Campaigners say the dam must go", "activists"),
        ("en", "Rival firm accuses maker of copying", "competitors"),
        ("en", "I ordered in May and nothing has come", "customers"),
    ],
)
def test_a_voice_is_heard_by_its_name_and_its_verb(language: str, title: str, voice: str) -> None:
    ((label, *_),) = StakeholderClassifier().classify([a_signal(title, text="", language=language, fingerprint="")])
    assert label.name == voice
    assert 0.5 < label.score < 1


@pytest.mark.parametrize(
    ("language", "title"),
    [("nb", "Skolen pusset opp"), ("en", "Police station to be rebuilt"), ("fi", "Poliisi: kyllä")],
)
def test_who_is_only_mentioned_does_not_speak(language: str, title: str) -> None:
    assert StakeholderClassifier().classify([a_signal(title, text="", language=language, fingerprint="")]) == [()]


def test_what_stands_in_the_text_is_less_sure_than_what_stands_in_the_title() -> None:
    titled = a_signal("Patients say they were ignored", text="", language="en", fingerprint="")
    beneath = replace(titled, title="At the hospital", text="Patients say they were ignored")
    ((above,), (below,)) = StakeholderClassifier().classify([titled, beneath])
    assert above.score > below.score
