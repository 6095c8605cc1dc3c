"""Work in a child process of low priority, which is killed when nobody waits for it any more."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from app.errors import OutOfOrder

Answer = TypeVar("Answer")

NICE = 10


async def in_a_child(work: Callable[..., Answer], *given: Any, told: Callable[[Any], None] | None = None) -> Answer:
    """What `work` returns or raises. OutOfOrder where the child died.

    With `told`, `work` is first given a function to tell how far it is; what it tells comes here. A child whose parent
    was killed dies of telling it.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(theirs, work, given, told is not None), daemon=True)
    child.start()
    theirs.close()
    try:
        is_over, outcome, error = await asyncio.to_thread(ours.recv)
        while not is_over:
            if told is not None:
                told(outcome)
            is_over, outcome, error = await asyncio.to_thread(ours.recv)
    except EOFError:
        raise OutOfOrder("A process at work in the background died; it will be tried again.") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await asyncio.to_thread(child.join)
        ours.close()
    if error is not None:
        raise error
    answer: Answer = outcome
    return answer


def _answer(theirs: Connection, work: Callable[..., Any], given: tuple[Any, ...], tells: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent, who kills us
    os.nice(NICE)
    if tells:
        given = (lambda told: theirs.send((False, told, None)), *given)
    try:
        theirs.send((True, work(*given), None))
    except Exception as error:  # noqa: BLE001 - a job: our parent stores the reason
        theirs.send((True, None, RuntimeError(f"{type(error).__name__}: {error}")))
