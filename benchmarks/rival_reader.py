"""Polls with `reader` (lemon24) when told to on its standard input; run by bench_collect in a Python that has it."""

import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]

WORKERS = 8


def main(database: str, addresses: str) -> None:
    reader = make_reader(database)
    for address in Path(addresses).read_text().split():
        reader.add_feed(address)
    print("ready", flush=True)
    for _ in sys.stdin:
        reader.update_feeds(workers=WORKERS, scheduled=False)
        print(f"{reader.get_entry_counts().total} entries", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
