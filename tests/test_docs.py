"""What can be set, asked for or registered is documented, and the documents say what the code says."""

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
import typer
from click import Command, Group

from app.alerts import severity
from app.api.application import make_app
from app.cli import make_app as make_command_line
from app.config import Settings
from app.notifiers import NOTIFIERS
from app.services.directory import Services
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.watches.watchfile import read_watches
from signals.collectors import COLLECTORS

HOUSE = Path(__file__).parent.parent
PAGES = (*sorted(HOUSE.glob("*.md")), *sorted((HOUSE / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Known to the makers of the application, not to its description.
UNLISTED_PATHS = ("/metrics", "/api/v1/openapi.json")


def read(name: str) -> str:
    return (HOUSE / name).read_text(encoding="utf-8")


def read_all() -> str:
    return "".join(page.read_text(encoding="utf-8") for page in PAGES)


def commands(command: Command, name: str) -> Iterator[str]:
    """`forkant db dump` and the like: all that can be typed."""
    if isinstance(command, Group):
        for word, one in command.commands.items():
            yield from commands(one, f"{name} {word}")
    else:
        yield name


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def is_known(link: str, page: Path) -> bool:
    path, _, part = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not part or part in map(anchor, re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_setting_is_documented_with_its_default() -> None:
    page = read("docs/settings.md")
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `FORKANT_{name.upper()}` \| (.*?) ?\| .+ \|$", page, re.MULTILINE)
        assert row, f"FORKANT_{name.upper()} is missing"
        default = field.default if not isinstance(field.default, bool) else str(field.default).lower()
        expected = f"{default:g}" if isinstance(default, float) else "" if default == () else str(default)
        assert row[1].strip("`") == expected, name


def test_every_documented_setting_exists() -> None:
    known = {f"FORKANT_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bFORKANT_[A-Z_]+\b", read_all()))
    assert named <= known


def test_every_command_is_documented() -> None:
    pages = read_all()
    missing = [name for name in commands(typer.main.get_command(make_command_line()), "forkant") if name not in pages]
    assert not missing


def test_every_path_of_the_api_is_documented() -> None:
    app = make_app(Mock(spec=Services), Settings(_env_file=None))  # type: ignore[call-arg]
    page = read("docs/api.md")
    assert not [path for path in (*app.openapi()["paths"], *UNLISTED_PATHS) if f"`{path}`" not in page]


@pytest.mark.parametrize("kind", sorted(COLLECTORS))
def test_every_kind_of_source_is_documented(kind: str) -> None:
    assert f"`{kind}`" in read("docs/sources.md")


@pytest.mark.parametrize("kind", sorted(NOTIFIERS))
def test_every_kind_of_receiver_is_documented(kind: str) -> None:
    assert f"`{kind}`" in read("docs/api.md")


@pytest.mark.parametrize("kind", sorted(detector.kind.value for detector in DETECTORS))
def test_every_kind_of_emergence_is_documented(kind: str) -> None:
    assert f"| `{kind}` |" in read("docs/how-forkant-decides.md")


def test_every_topic_is_documented_with_its_weight() -> None:
    page = read("docs/how-forkant-decides.md")
    for topic in load_taxonomy().topics.values():
        assert f"| `{topic.id}` | {topic.polarity.value} | {topic.weight} | " in page


def test_the_severity_that_is_documented_is_the_one_that_is_used() -> None:
    rows = [line for line in (severity.__doc__ or "").splitlines() if line.startswith("|")]
    page = read("docs/how-forkant-decides.md")
    assert len(rows) > 5
    assert "\n".join(rows) in page
    limits = ", ".join(f"{least}" for least, _ in severity.LEVELS[:3])
    assert limits == ", ".join(re.findall(r"(\d+) (?:and more is )?`(?:critical|serious|moderate)`", page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_local_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not is_known(link, page)]


@pytest.mark.parametrize("page", [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_what_is_said_to_be_made_can_be_made(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_the_watches_of_the_examples_can_be_read() -> None:
    assert len(read_watches(HOUSE / "docs/examples/watches.toml")) == 2


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert re.search(r"^## Unreleased\n\n\S", read("CHANGELOG.md"), re.MULTILINE)
