"""Watches from a file: what is read, and what a mistake is answered with."""

from pathlib import Path

import pytest

from classifiers.watches.watchfile import WatchDraft, WatchFileError, parse_watches, read_watches

FULL = """
[[watch]]
name = "Vann og avløp"
query = '"Vannverket" OR (kommune* AND (vannforsyning OR drikkevann))'
languages = ["nb", "nn"]
topics = ["health_safety", "service_disruption"]
owner = "beredskap"
sensitivity = "restricted"
alerts_per_day = 5
colour = "blue"  # unknown keys are passed over

[[watch]]
name = "Alt"
"""


def test_a_file_gives_its_watches_in_order(tmp_path: Path) -> None:
    path = tmp_path / "watches.toml"
    path.write_text(FULL, encoding="utf-8")
    assert read_watches(path) == (
        WatchDraft(
            name="Vann og avløp",
            query='"Vannverket" OR (kommune* AND (vannforsyning OR drikkevann))',
            languages=("nb", "nn"),
            topics=("health_safety", "service_disruption"),
            owner="beredskap",
            sensitivity="restricted",
            alerts_per_day=5,
        ),
        WatchDraft("Alt"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no [[watch]] table"),
        ("watch = 3", "has no [[watch]] table"),
        ("watch = ", "is not TOML"),
        ("[[watch]]\nquery = 'vann'", "Watch number 1: name is missing"),
        ("[[watch]]\nname = 3", "Watch number 1: name is not a text"),
        ("[[watch]]\nname = 'A'\nquery = '(vann'", "Watch “A”: query cannot be read: This bracket is never closed"),
        ("[[watch]]\nname = 'A'\nlanguages = 'nb'", "Watch “A”: languages is not a list of texts"),
        ("[[watch]]\nname = 'A'\ntopics = ['weather']", "Watch “A”: topics names 'weather', which is none of product_"),
        ("[[watch]]\nname = 'A'\nsensitivity = 'secret'", "Watch “A”: sensitivity is 'secret', none of open, internal"),
        ("[[watch]]\nname = 'A'\nalerts_per_day = 0", "Watch “A”: alerts_per_day is not a whole number from 1"),
        ("[[watch]]\nname = 'A'\nalerts_per_day = true", "Watch “A”: alerts_per_day is not a whole number"),
        ("[[watch]]\nname = 'A'\n[[watch]]\nname = 'A'", "Watch “A”: name is that of another watch too"),
        ("[[watch]]\nname = 'A'\nquery = 'watch:B'", "Watch “A”: query cannot be read: there is no watch “B”"),
    ],
)
def test_a_mistake_is_told_with_its_watch_and_key(text: str, told: str) -> None:
    with pytest.raises(WatchFileError) as error:
        parse_watches(text)
    assert told in str(error.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(WatchFileError, match="cannot be read: No such file"):
        read_watches(tmp_path / "missing.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes("[[watch]]\nname = 'Ål'".encode("latin-1"))
    with pytest.raises(WatchFileError, match="is not UTF-8"):
        read_watches(path)
