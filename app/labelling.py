"""Where signals are labelled: in a process of its own that holds the model, or right here."""

import asyncio
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from classifiers.types import Classifier, Label
from signals.types import Signal

_model: Classifier | None = None


def _load(path: Path) -> None:
    global _model
    from classifiers.topics import load_model

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who closes us
    _model = load_model(path)


def _classify(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    assert _model is not None
    return _model.classify(signals)


class LabellerInAProcess:
    """Labels in a child process, so that the model's weight and its crashes stay outside the worker.

    A child that dies takes only its batch with it: the next call gets a new child.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._running(), _classify, signals)
        except BrokenProcessPool:
            self.close()
            raise

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
