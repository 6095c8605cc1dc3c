"""`forkant stories`, and the archive that commands on one's own data read."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app.commands.archive import Archive, ArchiveSignals, BadLineError, parse_line
from app.commands.stories import stories
from signals.types import Stakeholder

command = typer.Typer()
command.command()(stories)
runner = CliRunner()


def line(name: str, title: str, minute: int = 0, **given: Any) -> dict[str, Any]:
    return {"id": name, "source": f"Avis {name}", "said_at": f"2026-01-05T07:{minute:02}:00Z", "title": title} | given


WEEK = [
    line("vann-1", "Vannverket i Lillevik stengt etter funn av tarmbakterier", 0),
    line("ferge-1", "Fergen Havtind grunnstøtte ved Skarvøya", 5),
    line("vann-2", "Vannverket i Lillevik stengt etter funn av tarmbakterier", 10),
    line("vann-3", "Tarmbakterier i drikkevannet i Lillevik: Må koke vannet fra vannverket", 20),
    line("ferge-2", "Fergen Havtind grunnstøtte ved Skarvøya: 40 evakuert", 30, edit_of="ferge-1"),
]


def archive(folder: Path, *lines: dict[str, Any] | str, name: str = "items.jsonl") -> Path:
    path = folder / name
    text = "".join((entry if isinstance(entry, str) else json.dumps(entry)) + "\n" for entry in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in output.splitlines()]


def test_each_item_gets_its_story_and_what_it_copies(tmp_path: Path) -> None:
    result = runner.invoke(command, [str(archive(tmp_path, *WEEK))])
    assert result.exit_code == 0
    assert rows(result.stdout) == [
        {"id": "vann-1", "story": "vann-1", "copy_of": None, "copy_kind": None, "first": True},
        {"id": "ferge-1", "story": "ferge-1", "copy_of": None, "copy_kind": None, "first": True},
        {"id": "vann-2", "story": "vann-1", "copy_of": "vann-1", "copy_kind": "wire", "first": False},
        {"id": "vann-3", "story": "vann-1", "copy_of": None, "copy_kind": None, "first": False},
        {"id": "ferge-2", "story": "ferge-1", "copy_of": "ferge-1", "copy_kind": "edit", "first": False},
    ]


def test_items_are_taken_in_the_order_in_which_they_became_visible(tmp_path: Path) -> None:
    given = [*reversed(WEEK), line("sen", "Noe helt annet om skolen", 1, seen_at="2026-01-05T09:00:00Z")]
    result = runner.invoke(command, [str(archive(tmp_path, *given))])
    assert [row["id"] for row in rows(result.stdout)] == ["vann-1", "ferge-1", "vann-2", "vann-3", "ferge-2", "sen"]


def test_what_comes_later_changes_nothing_that_was_said_before(tmp_path: Path) -> None:
    whole = runner.invoke(command, [str(archive(tmp_path, *WEEK))]).stdout.splitlines()
    for length in range(len(WEEK)):
        part = runner.invoke(command, [str(archive(tmp_path, *WEEK[:length]))]).stdout.splitlines()
        assert part == whole[:length]


def test_final_gives_the_story_after_all_merges(tmp_path: Path) -> None:
    titles = (
        "Tarmbakterier i vannet i Lillevik",
        "Syke elever i Lillevik: – Det er vannet",
        "Tarmbakterier: Syke elever drakk vannet i Lillevik",
        "Syke elever etter tarmbakterier i Lillevik",
    )
    path = archive(tmp_path, *(line(str(number), title, number) for number, title in enumerate(titles)))
    final = rows(runner.invoke(command, [str(path), "--final"]).stdout)
    online = rows(runner.invoke(command, [str(path)]).stdout)
    assert {row["story"] for row in final} == {"0"}
    assert [row["first"] for row in final] == [True, False, False, False]
    assert online[0]["first"]


def test_it_reads_and_writes_packed_files(tmp_path: Path) -> None:
    out = tmp_path / "stories.jsonl.gz"
    result = runner.invoke(command, [str(archive(tmp_path, *WEEK, name="items.jsonl.gz")), "--out", str(out)])
    assert result.exit_code == 0
    assert len(rows(gzip.decompress(out.read_bytes()).decode())) == len(WEEK)


def test_it_reads_standard_input() -> None:
    result = runner.invoke(command, ["-"], input="\n".join(map(json.dumps, WEEK)))
    assert len(rows(result.stdout)) == len(WEEK)


def test_a_bad_line_is_told_with_its_number_and_passed_over(tmp_path: Path) -> None:
    path = archive(tmp_path, WEEK[0], "{", "[]", "", WEEK[1], WEEK[0], line("x", ""), line("y", "t", said_at="i går"))
    result = runner.invoke(command, [str(path)])
    assert result.exit_code == 1
    assert [row["id"] for row in rows(result.stdout)] == ["vann-1", "ferge-1"]
    assert result.stderr.splitlines() == [
        "line 2: not JSON (Expecting property name enclosed in double quotes)",
        "line 3: not a JSON object",
        "line 6: id 'vann-1' stands on line 1 already",
        "line 7: title is missing",
        "line 8: said_at is not a time such as 2026-01-05T07:12:00Z: 'i går'",
        "Lines passed over: 5.",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-file.jsonl"], "no-such-file.jsonl cannot be read: No such file or directory."),
        (["{archive}", "--out", "{archive}"], "is the input itself; write the results to another file."),
        (["{archive}", "--out", "no/such/folder.jsonl"], "no/such/folder.jsonl cannot be written"),
        (["{broken}"], "cannot be read to its end"),
        ([], "Missing argument"),
    ],
)
def test_unusable_arguments_give_one_clear_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(b"not packed at all")
    names = {"archive": str(archive(tmp_path, *WEEK)), "broken": str(broken)}
    result = runner.invoke(command, [argument.format(**names) for argument in arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_html_in_an_archive_is_cleaned_as_live(tmp_path: Path) -> None:
    items = Archive(archive(tmp_path, line("1", "<b>Brann</b> i Bergen", text="<p>En.</p><script>x</script>")))
    signal = ArchiveSignals().to_signal(next(iter(items)))
    assert (signal.title, signal.text) == ("Brann i Bergen", "En.")


def test_all_fields_of_a_line_are_read() -> None:
    item = parse_line(
        '{"id": 7, "source": "NRK", "said_at": "2026-01-05T08:12:00+01:00", "title": "T", "text": "x", "url": "u",'
        ' "lang": "nn", "family": "F", "stakeholder": "regulators", "tier": 1, "edit_of": "6", "unknown": []}'
    )
    assert (item.id, item.edit_of, item.tier, item.stakeholder) == ("7", "6", 1, Stakeholder.REGULATORS)
    assert item.seen_at == item.said_at == datetime(2026, 1, 5, 7, 12, tzinfo=UTC)
    signal = ArchiveSignals().to_signal(item)
    assert (signal.id, signal.language, signal.family, signal.source_name) == (1, "nn", "F", "NRK")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, "id is missing"),
        ({"id": True}, "id is neither text nor number"),
        ({"source": None}, "source is missing"),
        ({"said_at": None}, "said_at is missing"),
        ({"title": 5}, "title is not a text"),
        ({"tier": 4}, "tier is none of 1, 2, 3"),
        ({"stakeholder": "press"}, "stakeholder 'press' is none of media"),
        ({"said_at": "0001-01-01T00:00:00+14:00"}, "said_at is not a time"),
    ],
)
def test_a_line_that_is_no_item_says_why(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadLineError, match=re.escape(reason)):
        parse_line(json.dumps(WEEK[0] | changes))


def test_items_that_describe_a_source_alike_share_it_and_its_language(tmp_path: Path) -> None:
    items = [line(str(number), "Kommunen åpner ny skole i dag", number, source="Avisen") for number in range(3)]
    signals = ArchiveSignals()
    made = [signals.to_signal(item) for item in Archive(archive(tmp_path, *items))]
    assert {signal.source_id for signal in made} == {1}
    assert [signal.id for signal in made] == [1, 2, 3]
