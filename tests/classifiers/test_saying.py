"""Why something was noticed, in six languages: the same figures in each."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.dashboard.rendering import said_in
from classifiers.detectors.hearing import HeardHour, Hearing, House, find_loss, find_silence, tell_loss
from classifiers.saying import say_why
from classifiers.types import Emergence, EmergenceKind
from tests.support.noticed import noticed
from tests.support.values import NOW, an_emergence

ZONE = NOW.tzinfo


def a_silence() -> Emergence:
    one = Hearing(
        source_id=1, name="Fjordposten", tier=1, health="failing", is_active=True, failures=5, error="404",
        created_at=NOW - timedelta(days=90), heard_at=NOW - timedelta(days=3), asked_at=NOW - timedelta(days=2),
        silent_after=None, known=None,
    )  # fmt: skip
    found = find_silence(one, 1, NOW, ZONE)  # type: ignore[arg-type]
    assert found is not None
    return found


def a_loss() -> Emergence:
    hours = [HeardHour(NOW - timedelta(hours=number), 10, 3, 10, 3, 0) for number in range(6, 0, -1)]
    loss = find_loss(hours, [House("Avishuset", 4, 10)])
    assert loss is not None
    return tell_loss(loss, 1, NOW)


CASES: dict[EmergenceKind, Callable[[], Emergence]] = {
    EmergenceKind.SOURCE_SILENT: a_silence,
    EmergenceKind.COVERAGE_LOST: a_loss,
}


def figures(sentence: str) -> list[str]:
    numbers = re.findall(r"\d+(?:[.,]\d+)?", re.sub(r"“.*”", "", sentence))
    return sorted(number.replace(",", ".") for number in numbers)


@pytest.mark.parametrize("kind", EmergenceKind)
def test_every_kind_is_said_in_six_languages_with_the_same_figures(kind: EmergenceKind) -> None:
    one = CASES[kind]() if kind in CASES else noticed(kind)
    said = {language: say_why(one, language) for language in ("nb", "nn", "sv", "da", "nl", "en")}
    assert len(set(said.values())) == 6
    for language, sentence in said.items():
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert figures(sentence) == figures(said["en"]), language
        assert "_" not in sentence


@pytest.mark.parametrize("kind", [kind for kind in EmergenceKind if kind not in CASES])
def test_what_is_said_in_english_is_what_was_stored(kind: EmergenceKind) -> None:
    """The stored sentence writes dates and topics a little otherwise; its figures are the same."""
    one = noticed(kind)
    numbers = [number for number in figures(one.because) if "2025" not in number and "2026" not in number]
    assert set(figures(say_why(one, "en"))) >= {number for number in numbers if float(number) != 0} - dates(one)


def dates(one: Emergence) -> set[str]:
    return set(figures(f"{one.facts.get('usual_from', '')} {one.facts.get('usual_until', '')}"))


def test_what_was_erased_from_the_stored_sentence_is_not_said_again() -> None:
    one = replace(noticed(EmergenceKind.NOVEL_STORY), because="A new story of health safety is told.")
    assert say_why(one, "nb") == one.because


def test_an_old_row_without_figures_and_a_language_that_we_do_not_speak_give_the_stored_sentence() -> None:
    old = an_emergence(kind=EmergenceKind.SURGE, because="9 signals in 1 h where 2.0 are usual.")
    assert say_why(old, "nb") == old.because
    assert say_why(noticed(EmergenceKind.SURGE), "fi") == noticed(EmergenceKind.SURGE).because


def test_a_page_says_it_in_the_organisations_language_and_in_english_as_it_was_stored() -> None:
    one = noticed(EmergenceKind.FROM_ZERO)
    assert said_in(one, "en") == one.because
    assert "signaler fra 40 utgivere på 7 dager" in said_in(one, "nb")
    assert "helse" in said_in(one, "nb")
