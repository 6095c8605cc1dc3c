"""`forkant model ...`: what people taught, the models made of it, how good they are, and which is in use."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from app import clock
from app.commands.access import with_database
from app.commands.files import UnusableArgumentError, opened, progress_bar, say, usable_arguments
from app.errors import ForkantError, NotFound
from app.records import Caller, Role
from app.records.learning import ModelRow, Origin
from app.services.examples import read_examples
from app.services.models import Models
from app.services.teaching import Teaching
from app.storage import beginnings, judgements, registry
from app.storage import canaries as canary_store
from app.storage.database import Database
from classifiers.trained import MODEL

if TYPE_CHECKING:
    from classifiers.canaries import Canary
    from classifiers.comparing import Comparison, Figures
    from classifiers.lessons import Lesson
    from classifiers.topics import TopicClassifier

Found = TypeVar("Found")
SHIPPED = "shipped"
Organisation = Annotated[str, typer.Option("--organisation", help="Its name or number; the first where not given")]
As = Annotated[str, typer.Option("--as", help="Whose name is written to it")]
Why = Annotated[str, typer.Option(help="In words; kept with the model")]
Examples = Annotated[Path | None, typer.Argument(help="Lines of {text, lang, topics}; else the judged texts held out")]


def add_to(app: typer.Typer) -> None:
    """All commands of this file."""
    for name, command in COMMANDS.items():
        app.command(name)(command)


def ask(organisation: str, name: str, question: Callable[[Database, Caller], Awaitable[Found]]) -> Found:
    """Ask the database as an administrator of one organisation."""

    async def run(database: Database) -> Found:
        async with database.transaction() as connection:
            number = await beginnings.find_organisation_called(connection, organisation)
        if number is None:
            raise NotFound(f"There is no organisation {organisation}")
        return await question(database, Caller(number, name, Role.ADMIN.scopes))

    return with_database(run)


def train_for(organisation: str) -> str:
    """A candidate of what an organisation's people judged, now and here. What came of it, in words."""
    from app.live_models import open_models
    from app.stages import learn

    async def run(database: Database, caller: Caller) -> str:
        async with open_models(MODEL) as models:
            return await learn.train_for(
                database, models, learn.train_in_a_child, MODEL, caller.organisation_id, clock.now()
            )

    return ask(organisation, "command line", run)


def list_models(organisation: Organisation = "") -> None:
    """List the models: the one that ships, and those made of what people taught."""
    table = Table(
        Column("version", min_width=19, no_wrap=True),
        "state",
        "made",
        "by",
        "held-out right",
        "canaries",
        "in use since",
        "why",
    )
    for row in ask(organisation, "", lambda database, caller: Models(database).list(caller)):
        table.add_row(*_cells(row))
    Console().print(table)


def _cells(row: ModelRow) -> tuple[str, ...]:
    metrics = row.metrics
    held_out = metrics.held_out[0] if metrics and metrics.held_out else None
    return (
        row.version,
        row.state,
        f"{row.made_at:%Y-%m-%d}",
        SHIPPED if row.is_shipped else row.made_by,
        f"{held_out.right} of {held_out.texts}" if held_out else "-",
        f"{metrics.canaries.well} of {metrics.canaries.sung}" if metrics and metrics.canaries.sung else "-",
        f"{row.promoted_at:%Y-%m-%d} by {row.promoted_by}" if row.promoted_at and not row.retired_at else "-",
        row.why,
    )


def promote(version: str, why: Why = "", organisation: Organisation = "", name: As = "command line") -> None:
    """Put a model into use; refused where a canary flips."""
    row = ask(organisation, name, lambda database, caller: Models(database).promote(caller, version, why, clock.now()))
    typer.echo(f"{row.by} labels from now on. `forkant model rollback` takes it back.")


def rollback(why: Why = "", organisation: Organisation = "", name: As = "command line") -> None:
    """Put the model before the one in use into use again."""
    row = ask(organisation, name, lambda database, caller: Models(database).rollback(caller, why, clock.now()))
    typer.echo(f"{row.by if row else 'The model that ships with Forkant'} labels from now on.")


def examples(file: Path, organisation: Organisation = "", name: As = "command line") -> None:
    """Give texts of your own with their topics: lines of {"text", "lang", "topics"}."""
    console = Console(stderr=True)
    with usable_arguments(), progress_bar(console) as bar, opened(file, bar) as lines:
        good, bad = read_examples(lines)
    for line in bad:
        say(console, f"line {line.line}: {line.because}")
    if good:
        ask(
            organisation,
            name,
            lambda database, caller: Teaching(database).give_examples(
                caller, good, bad, clock.now(), origin=Origin.FILE
            ),
        )
    say(console, f"{len(good)} examples kept, {len(bad)} lines refused.")
    if not good:
        raise typer.Exit(2)


def forget(judge: str, organisation: Organisation = "", name: As = "command line") -> None:
    """Take back all that one person has judged, by the name they sign in with."""
    count = ask(organisation, name, lambda database, caller: Teaching(database).forget(caller, judge, clock.now()))
    typer.echo(f"{count} judgements taken back. The next model knows nothing of them; `rollback` leaves one that does.")


def canaries(
    file: Annotated[Path | None, typer.Argument(help="To add: lines of language, must, must not and text")] = None,
    organisation: Organisation = "",
    name: As = "command line",
) -> None:
    """List your canaries, or add those of a file with tabs, as classifiers/canaries.tsv has them."""
    from classifiers.canaries import read_canaries

    console = Console(stderr=True)
    if file is not None:
        with usable_arguments(), progress_bar(console) as bar, opened(file, bar) as lines:
            new, faults = read_canaries([line.rstrip("\n") for line in lines])
        for fault in faults:
            say(console, f"line {fault}")

        async def add(database: Database, caller: Caller) -> None:
            for one in new:
                await Teaching(database).add_canary(
                    caller, one.text, one.language, sorted(one.must), sorted(one.must_not), "", clock.now()
                )

        ask(organisation, name, add)
        say(console, f"{len(new)} canaries added, {len(faults)} lines refused.")
    for row in ask(organisation, name, lambda database, caller: Teaching(database).canaries(caller)):
        typer.echo(f"{row.language}\t{','.join(row.must) or '-'}\t{','.join(row.must_not) or '-'}\t{row.text}")


def export(
    file: Path,
    version: Annotated[str, typer.Option("--model", help="Its version; the one in use where not given")] = "",
    organisation: Organisation = "",
) -> None:
    """Write a model to a file: numbers and a header, with a hash over them."""
    file.write_bytes(_content(version, organisation))
    typer.echo(f"Written to {file}")


def _content(version: str, organisation: str) -> bytes:
    async def read(database: Database, caller: Caller) -> bytes:
        models = Models(database)
        row = await (models.get(caller, version) if version else models.find_live(caller))
        return MODEL.read_bytes() if row is None or row.is_shipped else await models.content(caller, row.version)

    return MODEL.read_bytes() if version == SHIPPED else ask(organisation, "", read)


def import_(file: Path, organisation: Organisation = "", name: As = "command line") -> None:
    """Take in a model file made by Forkant: its hash is checked, and it is compared with the one in use."""
    from app.live_models import open_models
    from app.stages import learn
    from classifiers.errors import ModelError
    from classifiers.learning import examine

    async def run(database: Database, caller: Caller) -> str:
        now, number = clock.now(), caller.organisation_id
        async with open_models(MODEL) as models:
            async with database.transaction() as connection:
                exercise = await learn.make_exercise(connection, models, MODEL, number, now, learn.Seed())
            learned = await asyncio.to_thread(examine, file, exercise)
        async with database.transaction() as connection:
            seen = await registry.newest_judgement(connection, number)
            return await learn.take_in(connection, number, learned, seen, caller.name, now)

    try:
        load(str(file), organisation)
        typer.echo(ask(organisation, name, run))
    except ModelError as reason:
        raise ForkantError(str(reason)) from None


def load(named: str, organisation: str = "") -> "TopicClassifier":
    """A model by version, by file, or `shipped`."""
    from classifiers.topics import load_model

    if named == SHIPPED:
        return load_model(MODEL)
    if named.endswith(".npz") or Path(named).is_file():
        return load_model(Path(named))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        path.write_bytes(_content(named, organisation))
        return load_model(path)


def evaluate(
    file: Examples = None,
    version: Annotated[str, typer.Option("--model", help="Version, file, or `shipped`; else the one in use")] = "",
    organisation: Organisation = "",
) -> None:
    """How good is a model on judged texts that it was not trained on, and does it get the canaries right?"""
    from classifiers.comparing import figures_of, given_to, measure

    model = _loaded(version, organisation)
    texts = _texts(file, organisation)
    typer.echo(f"{model.by} on {len(texts)} texts")
    _print_figures(figures_of(texts, given_to(model, texts)))
    report = measure(model, model, (), _all_canaries(organisation, needs_database=file is None))[2]
    typer.echo(f"Canaries right: {report.well} of {report.sung}")
    for one in report.ill:
        typer.echo(f"  {one.language} “{one.text}”: given {', '.join(one.given) or 'none'}")


def compare(
    first: Annotated[str, typer.Argument(help="The one in use: a version, a file, or `shipped`")],
    second: Annotated[str, typer.Argument(help="The candidate: a version, a file, or `shipped`")],
    file: Examples = None,
    organisation: Organisation = "",
) -> None:
    """Two models side by side on the same texts, and the canaries that would flip."""
    from classifiers.comparing import figures_of, given_to, measure

    before, now = _loaded(first, organisation), _loaded(second, organisation)
    texts = _texts(file, organisation)
    for model in (before, now):
        typer.echo(f"{model.by} on {len(texts)} texts")
        _print_figures(figures_of(texts, given_to(model, texts)))
    _, _, report, comparison = measure(now, before, texts, _all_canaries(organisation, needs_database=file is None))
    typer.echo(_in_words(comparison))
    typer.echo(f"Canaries right: {report.well} of {report.sung}; flips: {len(report.flips)}")
    for flip in report.flips:
        typer.echo(f"  {flip.language} “{flip.text}”: given {', '.join(flip.given) or 'none'}")
    if report.flips:
        raise typer.Exit(1)


def _in_words(compared: "Comparison") -> str:
    verdict = "worse, by more than noise" if compared.is_worse else "no worse than noise allows"
    return (
        f"Right by the first only: {compared.only_before}, by the second only: {compared.only_now}"
        f" (chance {compared.chance:.2f}): the second is {verdict}."
    )


def _loaded(named: str, organisation: str) -> "TopicClassifier":
    from classifiers.errors import ModelError

    try:
        return load(named, organisation)
    except ModelError as reason:
        raise ForkantError(str(reason)) from None


def _texts(file: Path | None, organisation: str) -> "Sequence[Lesson]":
    from classifiers.lessons import Lesson, to_lessons

    if file is None:

        async def read(database: Database, caller: Caller) -> "Sequence[Lesson]":
            async with database.transaction() as connection:
                given = await judgements.load_judgements(connection, caller.organisation_id, clock.now())
            return to_lessons(given, corpus_size=1).held_out

        return ask(organisation, "", read)
    console = Console(stderr=True)
    with usable_arguments(), progress_bar(console) as bar, opened(file, bar) as lines:
        good, bad = read_examples(lines)
        if not good:
            raise UnusableArgumentError(f"{file} holds no example that can be used.")
    for line in bad:
        say(console, f"line {line.line}: {line.because}")
    return [Lesson(one.text, one.language, one.text, frozenset(one.topics), frozenset(), True, 1.0) for one in good]


def _all_canaries(organisation: str, *, needs_database: bool) -> "Sequence[Canary]":
    from classifiers.canaries import load_canaries

    async def read(database: Database, caller: Caller) -> "Sequence[Canary]":
        async with database.transaction() as connection:
            return await canary_store.load_canaries(connection, caller.organisation_id)

    return (*load_canaries(), *(ask(organisation, "", read) if needs_database else ()))


def _print_figures(figures: "Sequence[Figures]") -> None:
    typer.echo(f"{'':8}{'texts':>7}{'right':>7}{'precision':>11}{'recall':>8}{'topic F1':>10}")
    for one in figures:
        typer.echo(f"{one.name:8}{one.texts:7}{one.right:7}{one.precision:11.2f}{one.recall:8.2f}{one.topic_f1:10.2f}")


COMMANDS: dict[str, Callable[..., None]] = {
    "evaluate": evaluate,
    "compare": compare,
    "promote": promote,
    "rollback": rollback,
    "list": list_models,
    "export": export,
    "import": import_,
    "examples": examples,
    "forget": forget,
    "canaries": canaries,
}
