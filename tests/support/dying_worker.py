"""A worker in a process of its own that stops before a named function, says so, and waits to be killed.

python -m tests.support.dying_worker <database address> <module> <function>
"""

import asyncio
import importlib
import sys
from typing import Any

from app.storage.database import Database, make_engine
from tests.support.rows import NOON
from tests.support.workshop import Workshop


async def _wait_for_the_end(*_: Any, **__: Any) -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main(url: str, module: str, function: str) -> None:
    setattr(importlib.import_module(module), function, _wait_for_the_end)
    await Workshop(Database(make_engine(url))).understand(NOON)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
