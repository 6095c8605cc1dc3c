"""`forkant model ...` on a real database with a small model."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands import learning
from app.commands.model import model
from app.errors import Conflict, ForkantError, NotFound

runner = CliRunner()


@pytest.fixture(autouse=True)
def settings(empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_model: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORKANT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("FORKANT_STARTERS", "false")
    monkeypatch.setattr(learning, "MODEL", small_model)


def ask(*words: str) -> str:
    result = runner.invoke(model, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout + result.stderr


def test_a_model_is_carried_out_and_in_promoted_and_rolled_back(tmp_path: Path, small_model: Path) -> None:
    out = tmp_path / "out.npz"
    assert "Written" in ask("export", str(out))
    assert out.read_bytes() == small_model.read_bytes()
    told = ask("import", str(out))
    assert "runs in shadow" in told
    version = told.split()[0]
    assert version in ask("list")
    assert f"topics@{version} labels from now on" in ask("promote", version, "--why", "a trial", "--as", "kari")
    assert "already" in ask("import", str(out))
    assert "ships with Forkant labels" in ask("rollback")
    with pytest.raises(Conflict, match="none before it"):
        ask("rollback")
    with pytest.raises(NotFound):
        ask("promote", "nope")


def test_a_changed_file_or_anything_else_is_refused_se_15(tmp_path: Path, small_model: Path) -> None:
    content = bytearray(small_model.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.npz").write_bytes(content)
    (tmp_path / "pickle.npz").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    for name, words in (("changed.npz", "changed or damaged"), ("pickle.npz", "no model of Forkant")):
        with pytest.raises(ForkantError, match=words):
            ask("import", str(tmp_path / name))


def test_examples_are_kept_bad_lines_told_and_all_of_it_taken_back(tmp_path: Path) -> None:
    lines = [json.dumps({"text": "Støy fra havna", "lang": "nb", "topics": ["public_pressure"]}), "{", "7"]
    (tmp_path / "own.jsonl").write_text("\n".join(lines))
    told = ask("examples", str(tmp_path / "own.jsonl"), "--as", "ola")
    assert "line 2: this is no JSON" in told
    assert "line 3:" in told
    assert "1 examples kept, 2 lines refused" in told
    assert "1 judgements taken back" in ask("forget", "ola")
    assert "0 judgements taken back" in ask("forget", "ola")


def test_two_models_are_compared_on_a_file(tmp_path: Path, small_model: Path) -> None:
    lines = [
        json.dumps({"text": "Fabrikken slapp ut giftig avløpsvann i elva", "lang": "nb", "topics": ["environment"]}),
        json.dumps({"text": "Brann vant 3-1 etter to sene mål", "lang": "nb", "topics": []}),
    ]
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(lines))
    assert "on 2 texts" in ask("evaluate", str(path), "--model", str(small_model))
    told = ask("compare", "shipped", str(small_model), str(path))
    assert "no worse than noise allows" in told
    assert "flips: 0" in told


def test_canaries_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text("nb\t-\tany\tVi har åpent som vanlig\nnb\tsol\t-\tHm\n", "utf-8")
    told = ask("canaries", str(tmp_path / "own.tsv"))
    assert "line 2: no topic of the taxonomy: sol" in told
    assert "nb\t-\tany\tVi har åpent som vanlig" in told
