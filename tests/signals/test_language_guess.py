"""A guess at a language needs a few lines only, and says nothing rather than something wrong."""

import pytest

from signals.language_guess import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Statsministeren sier at det ikke er noen fare for de som bor i området", "nb"),
        ("Regjeringa seier at det ikkje er noko fare for dei som bur i området", "nn"),
        ("Statsministern säger att det inte är någon fara för dem som bor i området", "sv"),
        ("Statsministeren siger, at der ikke er nogen fare for dem, der bor i området", "da"),
        ("De minister zegt dat er geen gevaar is voor wie in het gebied woont", "nl"),
        ("The minister says there is no danger for those who live in the area", "en"),
    ],
)
def test_the_words_speak_louder_than_what_is_stated(text: str, language: str) -> None:
    assert guess_language(text, "fr") == language


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        ("Byen og havna", "no", "nb"),
        ("Byen og havna", "", ""),
        ("Hallitus esittää uusia leikkauksia", "fi-FI", "fi"),
        ("", "DA", "da"),
        ("", "<script>", ""),
    ],
)
def test_where_the_words_do_not_tell_it_is_what_is_stated(text: str, stated: str, language: str) -> None:
    assert guess_language(text, stated) == language
