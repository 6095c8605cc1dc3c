"""Where signals are labelled: in a process of its own that holds the model, or right here."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from app.errors import OutOfOrder
from classifiers.types import Classifier, Label
from signals.types import Signal

Answer = TypeVar("Answer")

_model: Classifier | None = None


def _load(path: Path) -> None:
    global _model
    from classifiers.topics import load_model

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who closes us
    _model = load_model(path)


def _is_loaded() -> bool:
    return _model is not None


def _classify(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    assert _model is not None
    return _model.classify(signals)


class LabellerInAProcess:
    """Labels in a child process, so that the model's weight and its crashes stay outside the worker.

    A child that dies takes only its batch with it: the next call gets a new child. Where not even an idle child comes
    up, the model is at fault and no item: OutOfOrder.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        try:
            return await self._ask(_classify, signals)
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

    def __init__(self, model: Classifier) -> None:
        self._model = model

    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        return self._model.classify(signals)
