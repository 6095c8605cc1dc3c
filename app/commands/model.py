"""`forkant model`: trains the topic classifier from the seed corpus, and reports on it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from classifiers.trained import MODEL

model = typer.Typer(name="model", help="The topic classifier: train it.", no_args_is_help=True)


@model.callback()
def _model() -> None:
    """Keeps `train` a command of its own while it is the only one."""


@model.command()
def train(
    out: Annotated[Path, typer.Option(help="Where to write the model file.")] = MODEL,
    corpus: Annotated[Path | None, typer.Option(help="A folder of <language>.tsv files; ours by default.")] = None,
    report: Annotated[bool, typer.Option("--report", help="Print what cross-validation says of it.")] = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only our own model, and only where it is missing or out of date.")
    ] = False,
) -> None:
    """Train the classifier from the corpus; takes some seconds."""
    from classifiers.corpus import FOLDER, CorpusError
    from classifiers.topics import save_model
    from classifiers.training import ensure_shipped, train_with_report

    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        if if_needed:
            if ensure_shipped(MODEL):
                console.print("The classifier was trained.")
            return
        classifier, figures = train_with_report(corpus or FOLDER)
        save_model(out, classifier)
    except (CorpusError, OSError) as reason:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(reason))
        raise typer.Exit(2) from None
    console.print(f"{classifier.by} written to {out}")
    if report:
        console.print(figures.to_text())
