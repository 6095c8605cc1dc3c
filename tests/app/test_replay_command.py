"""`forkant replay`: the live pipeline over an archive, in memory or into a database that is kept."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import make_app

runner = CliRunner()
WATCHES = """
[[watch]]
name = "Everything"
query = ""

[[watch]]
name = "Fjordbrød"
query = "Fjordbrød"
"""


def item(number: int, source: str, title: str, minute: int, **given: object) -> dict[str, object]:
    said_at = f"2026-01-05T{7 + minute // 60:02}:{minute % 60:02}:00Z"
    return {"id": f"item-{number}", "source": source, "said_at": said_at, "title": title, "tier": 1} | given


ARCHIVE = [
    item(1, "Fjordposten", "Mattilsynet trekker tilbake brød fra Fjordbrød etter funn av glassbiter", 0),
    item(2, "Byavisa", "Fjordbrød trekker tilbake brød: kan inneholde glassbiter, advarer Mattilsynet", 20),
    item(3, "Havnytt", "Glassbiter i brød: Fjordbrød tilbakekaller tre typer brød", 45),
    item(4, "Byavisa", "Storhaug vant 3-1 over Lillevik i cupen", 50),
    item(5, "Havnytt", "Mildere vær i helgen", 70),
]


@pytest.fixture
def files(tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORKANT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("classifiers.trained.MODEL", model_file)
    lines = [json.dumps(one) for one in reversed(ARCHIVE)]  # lines need not be sorted
    (tmp_path / "archive.jsonl").write_text("\n".join([*lines, "no json"]) + "\n")
    (tmp_path / "watches.toml").write_text(WATCHES)
    return tmp_path


def run(files: Path, *more: str) -> tuple[int, list[dict[str, object]], str]:
    arguments = ["replay", str(files / "archive.jsonl"), "--watches", str(files / "watches.toml"), *more]
    result = runner.invoke(make_app("replay"), arguments)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return result.exit_code, lines, result.stderr


def test_replay_tells_the_recall_once_on_the_narrower_watch_and_names_bad_lines(files: Path) -> None:
    code, lines, said = run(files)
    assert code == 1, "a bad line was passed over"
    assert "line 6" in said
    raised = [line for line in lines if line["change"] == "raised"]
    assert [line["watch"] for line in raised] == ["Fjordbrød"]
    assert "told_elsewhere" in said
    assert all(set(line["items"]) <= {"item-1", "item-2", "item-3"} for line in lines)  # type: ignore[call-overload]
    assert all(line["because"] and line["coverage"] == 1.0 for line in lines)


def test_replay_gives_the_same_lines_every_time(files: Path) -> None:
    assert run(files)[1] == run(files)[1]


def test_a_replay_into_a_database_that_is_kept_writes_the_same_lines(files: Path) -> None:
    assert run(files, "--keep", "trial")[1] == run(files)[1]


def test_what_was_held_back_is_written_apart_with_its_reason(files: Path) -> None:
    (files / "watches.toml").write_text('[[watch]]\nname = "Everything"\nalerts_per_day = 1\n')
    second = item(6, "Byavisa", "Salmonella i egg fra Solgården: Mattilsynet advarer, flere er syke", 180)
    (files / "archive.jsonl").write_text("\n".join(json.dumps(one) for one in (*ARCHIVE, second)))
    _, lines, said = run(files, "--held", str(files / "held.jsonl"))
    assert [line["story"] for line in lines if line["change"] == "raised"] == ["item-1"]
    held = [json.loads(line) for line in (files / "held.jsonl").read_text().splitlines()]
    (egg,) = [one for one in held if one["story"] == "item-6"]
    assert (egg["state"], egg["hold"], egg["alert"]) == ("held", "budget", None)
    assert egg["reason"] == "1 raised today, budget 1, and none is left of the days before"
    assert "Held back: " in said


def test_the_summary_says_how_soon_and_how_much_against_the_budget(files: Path) -> None:
    _, _, said = run(files)
    assert "From a story's first item to its alert" in said
    assert "budget" in said


def test_replay_of_a_part_leaves_out_the_rest(files: Path) -> None:
    assert run(files, "--from", "2026-01-05T07:48:00Z")[1] == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [(("--from", "yesterday"), "--from is not a time"), (("--keep", "No Such!"), "--keep takes a name")],
)
def test_unusable_arguments_give_one_sentence_and_exit_2(files: Path, more: tuple[str, ...], sentence: str) -> None:
    code, _, said = run(files, *more)
    assert code == 2
    assert sentence in said


def test_feedback_gives_precision(files: Path) -> None:
    (files / "feedback.jsonl").write_text('{"id": "item-1", "useful": true}\n')
    _, _, said = run(files, "--feedback", str(files / "feedback.jsonl"))
    assert "Useful: 1 of 1 judged alerts (100%)" in said
