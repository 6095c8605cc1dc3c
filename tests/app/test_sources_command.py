"""`forkant sources import` and `export` on a real database."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.sources import app
from app.errors import Invalid

runner = CliRunner()
LIST = """<opml><body>
<outline text="Tilsyn"><outline text="Mattilsynet [x]" xmlUrl="https://tilsyn.example/rss"/></outline>
<outline text="Passwords" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


@pytest.fixture(autouse=True)
def settings(empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORKANT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("FORKANT_STARTERS", "false")


def test_a_list_is_shown_then_added_and_comes_out_again(tmp_path: Path) -> None:
    given, out = tmp_path / "given.opml", tmp_path / "out.opml"
    given.write_text(LIST)
    looked = runner.invoke(app, ["import", str(given)])
    assert looked.exit_code == 0
    assert "line 2: Mattilsynet [x], new [regulators]" in looked.stdout
    assert "line 3: Passwords, cannot be used: The address must begin with http" in looked.stdout
    assert "give --apply" in looked.stdout
    assert "Added: 1." in runner.invoke(app, ["import", str(given), "--apply"]).stdout
    assert runner.invoke(app, ["export", str(out)]).exit_code == 0
    assert 'xmlUrl="https://tilsyn.example/rss"' in out.read_text()
    again = runner.invoke(app, ["import", "-", "--apply"], input=out.read_bytes())
    assert "1 already a source" in again.stdout
    assert "Added: 0." in again.stdout


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    missing = runner.invoke(app, ["import", str(tmp_path / "missing.opml")])
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr
    (tmp_path / "page.opml").write_text("<html>")
    wrong = runner.invoke(app, ["import", str(tmp_path / "page.opml")])
    assert isinstance(wrong.exception, SystemExit | Invalid)
