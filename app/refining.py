"""Where labels are refined: in a child process of low priority that holds the embeddings."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from app.children import NICE
from app.config import Settings
from app.errors import ConfigurationError, OutOfOrder
from classifiers.types import Label
from signals.types import Signal

if TYPE_CHECKING:
    from classifiers.blend import Meaning
    from classifiers.topics import TopicClassifier

MOST_MODELS = 4

_shipped: Path | None = None
_meaning: "Meaning | None" = None
_why_not = "The extra is not installed: pip install 'forkant[embeddings]'"
_models: "dict[Path, TopicClassifier]" = {}


@dataclass(frozen=True, slots=True)
class Refined:
    """Labels of the signals that were read closely, by id, and which are settled without: those that meaning cannot
    change. What stands in neither waits for the next time."""

    labels: Mapping[int, tuple[Label, ...]]
    settled: frozenset[int]


class NoMeaning(Exception):
    """The embeddings cannot be used, and why: nothing is refined here."""


def _load(model: Path, folder: Path | None) -> None:
    global _shipped, _meaning, _why_not
    from classifiers.blend import find_meaning
    from classifiers.embedding import EmbeddingsError

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who closes us
    os.nice(NICE)
    _shipped = model
    try:
        _meaning = find_meaning(folder)
    except EmbeddingsError as reason:
        _why_not = str(reason)


def _refine(model: Path | None, signals: Sequence[Signal], most: int) -> Refined:
    from classifiers.blend import BlendedClassifier, blend

    if _meaning is None:
        raise NoMeaning(_why_not)
    both = blend(_find(model or _shipped), _meaning)
    if not isinstance(both, BlendedClassifier):
        return Refined({}, frozenset(one.id for one in signals))
    open_ = both.nearest(signals)
    near = [signals[at] for at in open_[:most]]
    labels = {one.id: found for one, found in zip(near, both.refine(near), strict=True)}
    waiting = {signals[at].id for at in open_[most:]}
    return Refined(labels, frozenset(one.id for one in signals) - labels.keys() - waiting)


def _find(model: Path | None) -> "TopicClassifier":
    from classifiers.topics import load_model

    assert model is not None
    if model not in _models:
        while len(_models) >= MOST_MODELS:
            _models.pop(next(iter(_models)))
        _models[model] = load_model(model)
    return _models[model]


def meaning_of(settings: Settings) -> "Meaning | None":
    """In this process, for commands. None where it is not installed or switched off; ConfigurationError if unusable."""
    from classifiers.blend import find_meaning
    from classifiers.embedding import EmbeddingsError

    try:
        return find_meaning(settings.own_embeddings) if settings.embeddings == "auto" else None
    except EmbeddingsError as reason:
        raise ConfigurationError(str(reason)) from None


class RefinerInAProcess:
    """A child that dies takes only its batch with it: the next call gets a new one."""

    def __init__(self, model: Path, folder: Path | None = None) -> None:
        self._model = model
        self._folder = folder
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, model: Path | None, signals: Sequence[Signal], most: int) -> Refined:
        """`model`: the file of a classifier of words; None: the shipped one. NoMeaning, or ModelError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._running(), _refine, model, signals, most)
        except BrokenProcessPool:
            self.close()
            raise OutOfOrder("The process that reads closely died; labels stay as the words gave them.") from None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            given = (self._model, self._folder)
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_load, initargs=given)
        return self._pool
