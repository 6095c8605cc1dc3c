"""`forkant watch test` on a small archive we made up."""

import gzip
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.watch import app

runner = CliRunner()

TITLES = [
    ("2026-01-05T07:12:00Z", "Drikkevannet i Lillevik er forurenset"),
    ("2026-01-05T09:00:00Z", "Lillevik vant 3–0"),
    ("2026-01-07T08:00:00Z", "Vannet fra Vannverket må kokes"),
    ("2026-01-07T09:00:00Z", "Nytt vannverk kan bli dyrt"),
]


def archive_of(titles: list[tuple[str, str]]) -> str:
    lines = [
        {"id": str(number), "source": "Lilleviks Blad", "said_at": at, "title": title, "lang": "nb"}
        for number, (at, title) in enumerate(titles)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.jsonl.gz"
    path.write_bytes(gzip.compress(archive_of(TITLES).encode()))
    return path


def test_hits_a_day_forms_and_examples_are_shown(archive: Path) -> None:
    result = runner.invoke(app, ["test", "vann OR drikkevann", str(archive)])
    assert result.exit_code == 0
    assert "3 of 4 items in 3 days: 1.0 hits a day" in result.stdout
    days = [line.split() for line in result.stdout.splitlines() if line.startswith("  2026") and ":" not in line]
    assert days == [["2026-01-05", "1", "█"], ["2026-01-06", "0"], ["2026-01-07", "2", "██"]]
    assert "  drikkevann: drikkevannet 1" in result.stdout
    assert "2026-01-05 07:12  Lilleviks Blad: Drikkevannet i Lillevik er forurenset" in result.stdout
    assert "Lillevik vant" not in result.stdout


def test_the_query_is_explained(archive: Path) -> None:
    result = runner.invoke(app, ["test", "kommune* NOT NS", str(archive)])
    assert "words that begin with kommune" in result.stdout
    assert "NS (exactly, with these capitals)" in result.stdout
    assert "0 of 4 items" in result.stdout
    assert "Examples" not in result.stdout


def test_ten_examples_are_spread_over_all_hits() -> None:
    many = [(f"2026-01-{day:02}T07:00:00Z", f"Vannet dag {day}") for day in range(1, 29)]
    result = runner.invoke(app, ["test", "vann", "-"], input=archive_of(many))
    examples = [line for line in result.stdout.splitlines() if "Lilleviks Blad" in line]
    assert len(examples) == 10
    assert "Vannet dag 1" in examples[0]
    assert "Vannet dag 28" in examples[-1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("(vann", "The query cannot be read: This bracket is never closed"),
        ("watch:Vann", "An archive knows no saved watches"),
        ("vann topic:environment", "An archive has no labels: leave out topic:"),
    ],
)
def test_a_query_that_cannot_be_tried_ends_with_one_sentence(query: str, sentence: str, archive: Path) -> None:
    result = runner.invoke(app, ["test", query, str(archive)])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_bad_line_is_passed_over_and_told() -> None:
    result = runner.invoke(app, ["test", "vann", "-"], input="nonsense\n" + archive_of(TITLES))
    assert result.exit_code == 1
    assert "line 1: not JSON" in result.stderr
    assert "3 of 4 items" in result.stdout


def test_escape_codes_in_an_archive_do_not_reach_the_terminal() -> None:
    result = runner.invoke(app, ["test", "vann", "-"], input=archive_of([(TITLES[0][0], "Vann \u001b[31mrødt")]))
    assert "\u001b" not in result.stdout


def test_a_query_of_another_service_is_imported_with_notes(tmp_path: Path) -> None:
    result = runner.invoke(app, ["import", "--from", "retriever", "headline:streik ANDNOT page:4"])
    assert result.exit_code == 0
    assert result.stdout == "title:streik\n"
    assert "Character 1: headline: became title:" in result.stderr
    assert "Character 24: page:4 was left out" in result.stderr
    path = tmp_path / "query.txt"
    path.write_text("streik\n  AND NOT [fotball]\n", encoding="utf-8")
    assert runner.invoke(app, ["import", "--from", "meltwater", str(path)]).stdout == 'streik AND NOT "[fotball]"\n'
    assert runner.invoke(app, ["import", "--from", "freshrss", "-"], input="a -b\n").stdout == "a AND NOT b\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "yellow", "streik"], "--from takes one of meltwater, retriever, brandwatch, freshrss, not yellow"),
        (["--from", "retriever", "(streik"], "The query cannot be imported: This bracket is never closed"),
    ],
)
def test_an_import_that_fails_ends_with_one_sentence(arguments: list[str], sentence: str) -> None:
    result = runner.invoke(app, ["import", *arguments])
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_changed_query_shows_what_it_adds_and_loses(archive: Path) -> None:
    result = runner.invoke(app, ["test", "vannverk", str(archive), "--against", "drikkevann OR vannverk"])
    assert "Lost, 1 in all:" in result.stdout
    assert "Added" not in result.stdout
    assert "Languages: nb 2. Speakers: media 2." in result.stdout


def test_a_noisy_query_is_told_what_would_bring_less() -> None:
    many = [(f"2026-01-05T07:{minute:02}:00Z", f"Vannet {minute}") for minute in range(40)]
    result = runner.invoke(app, ["test", "vann OR streik", "-"], input=archive_of(many))
    assert "More than a handful a day, and people stop looking; vann stands in 40 of them." in result.stdout
    assert "  streik: 0.0 a day (leaves out vann)" in result.stdout


def test_the_days_are_those_of_the_audience() -> None:
    late = archive_of([("2026-01-05T23:30:00Z", "Vannet er borte")])
    result = runner.invoke(app, ["test", "vann", "-", "--time-zone", "Europe/Oslo"], input=late)
    assert "  2026-01-06      1  █" in result.stdout
    wrong = runner.invoke(app, ["test", "vann", "-", "--time-zone", "Mars"], input=late)
    assert "--time-zone is no zone such as Europe/Oslo: Mars." in wrong.stderr


def test_the_alerts_are_those_of_the_detectors_that_are_live(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.trained.MODEL", model_file)
    title = "Vannverket trekker tilbake drikkevann: innbyggere er alvorlig syke av bakterier"
    lines = [
        json.dumps(
            {
                "id": str(hour),
                "source": f"Avis {hour}",
                "said_at": f"2026-01-05T0{hour}:12:00Z",
                "title": title,
                "tier": 1,
                "lang": "nb",
            }
        )
        for hour in range(3)
    ]
    result = runner.invoke(app, ["test", "drikkevann", "-", "--alerts"], input="\n".join(lines))
    assert result.exit_code == 0, result.output
    assert re.search(r"^[1-9] alerts, .* a week;", result.stdout, re.MULTILINE), result.stdout
    assert re.search(r"2026-01-05 0\d:\d\d  report \w+ \d+: Vannverket", result.stdout), result.stdout
