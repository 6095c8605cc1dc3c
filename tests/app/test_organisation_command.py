"""`forkant organisation` on a real database: how an organisation is called and spoken to."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.commands.organisation import organisation

runner = CliRunner()
app = typer.Typer()
app.command()(organisation)


@pytest.fixture(autouse=True)
def settings(empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORKANT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("FORKANT_STARTERS", "false")
    monkeypatch.setenv("FORKANT_LANGUAGE", "sv")


def test_it_begins_as_the_settings_say_and_is_changed_in_part() -> None:
    assert runner.invoke(app, []).stdout == "My organisation: sv, Europe/Oslo\n"
    told = runner.invoke(app, ["--language", "nn", "--name", "Lillevik kommune"])
    assert told.stdout == "Lillevik kommune: nn, Europe/Oslo\n"
    assert runner.invoke(app, ["Lillevik kommune", "--time-zone", "Europe/Stockholm"]).stdout.endswith("Stockholm\n")
    unknown = runner.invoke(app, ["Nobody"])
    assert str(unknown.exception) == "There is no organisation Nobody."
    wrong = runner.invoke(app, ["--time-zone", "Lillevik"])
    assert "not a time zone" in wrong.output + str(wrong.exception)
    assert runner.invoke(app, ["--language", "fi"]).exit_code == 2
