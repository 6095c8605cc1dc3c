"""Where signals are labelled: in a process of its own that holds the model, or right here."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.errors import OutOfOrder
from classifiers.exercise import Shipped
from classifiers.types import Classifier, Label
from signals.types import Signal

if TYPE_CHECKING:  # the child loads it: who only asks a child needs none of it
    from classifiers.beside import Beside

Answer = TypeVar("Answer")

MOST_OTHERS = 6  # models beside the shipped one that a child keeps in memory, some 20 MB each

_model: Classifier | None = None
_beside: "Beside | None" = None  # tone and who speaks
_others: dict[Path, Classifier] = {}  # promoted models and shadows, by their files


@dataclass(frozen=True, slots=True)
class Guesses:
    """The likeliest topic of each text with its score, however low, and from which score on it is a label."""

    threshold: float
    best: tuple[tuple[str, float], ...]


def _load(path: Path) -> None:
    global _model, _beside
    from classifiers.beside import load_beside
    from classifiers.topics import load_model

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who closes us
    _model, _beside = load_model(path), load_beside(path)


def _is_loaded() -> bool:
    return _model is not None


def _classify(signals: Sequence[Signal], model: Path | None = None) -> list[tuple[Label, ...]]:
    assert _beside is not None
    return _beside.label(_find(model), signals)


def _find(model: Path | None) -> Classifier:
    """The shipped model, or another by its file. ModelError for a file that is none, or made for other features."""
    from classifiers.topics import load_model

    if model is None:
        assert _model is not None
        return _model
    if model not in _others:
        while len(_others) >= MOST_OTHERS:
            _others.pop(next(iter(_others)))
        _others[model] = load_model(model)
    return _others[model]


def _guess(texts: Sequence[tuple[str, str]], model: Path | None) -> Guesses:
    from classifiers.guesses import best_guesses
    from classifiers.topics import TopicClassifier

    found = _find(model)
    assert isinstance(found, TopicClassifier)
    return Guesses(found.threshold, tuple(best_guesses(found, texts)))


def _describe(model: Path) -> Shipped:
    from classifiers.guesses import describe

    return describe(model)


class LabellerInAProcess:
    """Labels in a child process, so that the model's weight and its crashes stay outside the worker.

    A child that dies takes only its batch with it: the next call gets a new child. Where not even an idle child comes
    up, the model is at fault and no item: OutOfOrder.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        return await self.label_with(None, signals)

    async def label_with(self, model: Path | None, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        """By the model of a file; None: the shipped one. ModelError where the file cannot be used."""
        return await self._ask_well(_classify, signals, model)

    async def guess(self, model: Path | None, texts: Sequence[tuple[str, str]]) -> Guesses:
        """What it thinks of texts (text, language), however unsure."""
        return await self._ask_well(_guess, texts, model)

    async def describe(self) -> Shipped:
        """What the shipped model's file says of itself."""
        return await self._ask_well(_describe, self._model)

    async def _ask_well(self, question: Callable[..., Answer], *given: Any) -> Answer:
        """Tells a child that died of its batch from one that does not even come up: OutOfOrder."""
        try:
            return await self._ask(question, *given)
        except BrokenProcessPool:
            self.close()
            await self._check_model()
            raise

    async def _ask(self, question: Callable[..., Answer], *given: Any) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._running(), question, *given)

    async def _check_model(self) -> None:
        try:
            await self._ask(_is_loaded)
        except BrokenProcessPool:
            self.close()
            raise OutOfOrder(f"The classifier in {self._model} cannot be loaded: run `forkant model train`.") from None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_load, initargs=(self._model,)
            )
        return self._pool


class LabellerHere:
    """Labels in this process: for replays, where the model is wanted at once and nobody waits meanwhile."""

    def __init__(self, model: Classifier, beside: "Beside | None" = None) -> None:
        self._model, self._beside = model, beside

    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        if self._beside is None:
            return self._model.classify(signals)
        return self._beside.label(self._model, signals)
