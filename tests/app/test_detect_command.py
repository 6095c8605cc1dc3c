"""`forkant detect` on small series we made up."""

import csv
import gzip
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.commands.detect import detect

runner = CliRunner()
app = typer.Typer()
app.command()(detect)

HEADER = "timestamp,value,anomaly_score,alert\n"


def lines_of(counts: Sequence[float], minutes: int = 15) -> list[str]:
    start = datetime(2026, 1, 5)  # noqa: DTZ001 - a series may be written in local time
    times = (start + n * timedelta(minutes=minutes) for n in range(len(counts)))
    return ["timestamp,value", *(f"{at},{count}" for at, count in zip(times, counts, strict=True))]


def text_of(counts: Sequence[float], minutes: int = 15) -> str:
    return "\n".join(lines_of(counts, minutes)) + "\n"


def scored(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


A_BURST = [2, 0, 1, 0] * 72 + [40, 60, 20]


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "series.csv"
    path.write_text(text_of(A_BURST))
    return path


def test_a_burst_is_marked_once_and_every_row_is_written(series: Path) -> None:
    result = runner.invoke(app, [str(series)])
    rows = scored(result.stdout)
    assert result.exit_code == 0
    assert result.stdout.startswith(HEADER)
    assert len(rows) == len(A_BURST)
    assert [row["timestamp"] for row in rows if row["alert"] == "1"] == ["2026-01-08 00:00:00"]
    assert all(float(row["anomaly_score"]) >= 0 for row in rows)
    assert rows[0]["value"] == "2"


def test_the_same_comes_from_standard_input_and_from_packed_files(series: Path, tmp_path: Path) -> None:
    packed, out = tmp_path / "series.csv.gz", tmp_path / "scores.csv.gz"
    packed.write_bytes(gzip.compress(series.read_bytes()))
    from_file = runner.invoke(app, [str(series)]).stdout
    assert runner.invoke(app, ["-"], input=text_of(A_BURST)).stdout == from_file
    assert runner.invoke(app, [str(packed), "--out", str(out)]).exit_code == 0
    assert gzip.decompress(out.read_bytes()).decode() == from_file


def test_a_prefix_of_the_file_scores_as_the_whole_does() -> None:
    whole = runner.invoke(app, ["-"], input=text_of(A_BURST)).stdout
    for length in (2, 10, 24, 25, 200):
        assert whole.startswith(runner.invoke(app, ["-"], input=text_of(A_BURST[:length])).stdout)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("yesterday,3", "'yesterday' is no time stamp"),
        ("2026-01-05 01:00:00,many", "'many' is no number"),
        ("2026-01-05 01:00:00,-1", "'-1' is no count of mentions"),
        ("2026-01-05 01:00:00,nan", "'nan' is no count of mentions"),
        ("2026-01-05 01:00:00", "too few columns: 1"),
        ("2026-01-05 00:30:00,9", "same time stamp as line 4"),
        ("2026-01-05 00:15:00,9", "earlier than line 4"),
        ("2026-01-05 00:33:00,9", "less than half a bucket after line 4"),
        ("\x00\ufffd,1", "is no time stamp"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_passed_over(line: str, reason: str) -> None:
    lines = lines_of(A_BURST)
    spoilt = "\n".join([*lines[:4], line, *lines[4:]])
    result = runner.invoke(app, ["-"], input=spoilt)
    assert result.exit_code == 1
    assert result.stderr.startswith("line 5: ")
    assert reason in result.stderr
    assert result.stdout == runner.invoke(app, ["-"], input=text_of(A_BURST)).stdout


def test_bytes_that_are_no_utf8_spoil_their_own_line_only() -> None:
    result = runner.invoke(app, ["-"], input=text_of(A_BURST).encode() + b"\xff\xfe\n")
    assert result.exit_code == 1
    assert len(scored(result.stdout)) == len(A_BURST)


def test_a_gap_is_skipped_and_not_taken_for_silence() -> None:
    lines = lines_of([3] * 300 + [3] * 10)
    with_gap = scored(runner.invoke(app, ["-"], input="\n".join(lines[:150] + lines[250:])).stdout)
    zeros = [line.rpartition(",")[0] + ",0" for line in lines[150:250]]
    with_zeros = scored(runner.invoke(app, ["-"], input="\n".join(lines[:150] + zeros + lines[250:])).stdout)
    assert float(with_gap[-1]["anomaly_score"]) < float(with_zeros[-1]["anomaly_score"])


def test_an_empty_file_gives_a_header_only() -> None:
    for nothing in ("", "timestamp,value\n"):
        result = runner.invoke(app, ["-"], input=nothing)
        assert (result.exit_code, result.stdout) == (0, HEADER)


def test_a_file_without_header_and_one_with_more_columns_are_read() -> None:
    bare = "2026-01-05T00:00:00+01:00,4\n2026-01-05T00:05:00+01:00,5.5\n"
    more = "name,Value,timestamp\nx,4,2026-01-05T00:00:00+01:00\nx,5.5,2026-01-05T00:05:00+01:00\n"
    answers = [runner.invoke(app, ["-"], input=text) for text in (bare, more, "\ufeff" + more)]
    assert {answer.exit_code for answer in answers} == {0}
    assert len({answer.stdout for answer in answers}) == 1
    assert [row["value"] for row in scored(answers[0].stdout)] == ["4", "5.5"]


def test_a_jittering_clock_changes_nothing() -> None:
    start = datetime(2026, 1, 5)  # noqa: DTZ001
    times = [start + timedelta(seconds=300 * n + (n * 37) % 19) for n in range(100)]
    jittering = "timestamp,value\n" + "".join(f"{at},{n % 5}\n" for n, at in enumerate(times))
    steady = text_of([n % 5 for n in range(100)], minutes=5)
    answers = [scored(runner.invoke(app, ["-"], input=text).stdout) for text in (jittering, steady)]
    assert [row["anomaly_score"] for row in answers[0]] == [row["anomaly_score"] for row in answers[1]]


@pytest.mark.parametrize(
    ("arguments", "text", "sentence"),
    [
        (["-", "--bucket", "fortnight"], "", "'fortnight' is no length of a bucket"),
        (["-", "--bucket", "0min"], "", "'0min' is no length of a bucket"),
        (["-", "--bucket", "1h"], text_of([1, 2, 3]), "The rows are 15 min apart"),
        (["-"], "2026-01-05 00:00:00,1\n2026-01-05 00:00:10,1\n", "add them up"),
        (["-"], '{"id": 1}\n', "neither the header timestamp,value"),
        (["no/such/file.csv"], "", "cannot be read: No such file"),
        (["-", "--out", "no/such/folder.csv"], text_of([1]), "cannot be written: No such file"),
    ],
)
def test_an_unusable_argument_ends_with_one_clear_sentence(arguments: list[str], text: str, sentence: str) -> None:
    result = runner.invoke(app, arguments, input=text)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_an_unusable_series_leaves_an_earlier_result_alone(tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    out.write_text("earlier")
    assert runner.invoke(app, ["-", "--out", str(out)], input="not a series").exit_code == 2
    assert out.read_text() == "earlier"


def test_the_series_is_never_overwritten_by_its_scores(series: Path) -> None:
    before = series.read_text()
    assert runner.invoke(app, [str(series), "--out", str(series)]).exit_code == 2
    assert series.read_text() == before


def test_a_truncated_archive_is_told(series: Path, tmp_path: Path) -> None:
    packed = tmp_path / "series.csv.gz"
    packed.write_bytes(gzip.compress(series.read_bytes())[:-20])
    result = runner.invoke(app, [str(packed)])
    assert result.exit_code == 2
    assert "cannot be read to its end" in result.stderr
