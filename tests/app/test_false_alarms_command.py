"""`forkant false-alarms` on a real database."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.commands.false_alarms import false_alarms
from app.errors import ForkantError

runner = CliRunner()
app = typer.Typer()
app.command()(false_alarms)


@pytest.fixture(autouse=True)
def settings(empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORKANT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("FORKANT_STARTERS", "false")


def ask(*words: str) -> str:
    result = runner.invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_what_is_borne_is_shown_set_and_left_to_the_watches_again() -> None:
    assert ask() == "Borne in 30 days: 1 (one for each active watch); spent: 0.\n"  # there is the first watch
    assert ask("7") == "Borne in 30 days: 7; spent: 0.\n"
    assert ask("0", "--organisation", "1") == "Borne in 30 days: 0; spent: 0.\n"
    assert ask("by-watch").startswith("Borne in 30 days: 1 (")
    for words, said in (
        (("many",), "no whole number"),
        (("1001",), "1000"),
        (("--organisation", "x"), "organisation x"),
    ):
        with pytest.raises(ForkantError, match=said):
            ask(*words)
