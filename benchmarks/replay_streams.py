"""The streams of ../shared/data as archives that `forkant replay` reads: NU.nl, BBC, and Google News of Sweden.

    python -m benchmarks.replay_streams FOLDER

Each item is written once, with the title under which it was first seen; later edits of titles are left out.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared/data"

Line = Mapping[str, Any]


def nunl() -> Iterator[Line]:
    """NU.nl: Dutch headlines from July 2022 on, with the time of publication."""
    for given in _stream("replay-nunl-nl"):
        yield {
            "id": str(given["id"]),
            "source": "NU.nl",
            "tier": 1,
            "said_at": given["published_at"],
            "seen_at": given["first_seen"],
            "title": given["title"],
            "text": given["subtitle"] or "",
            "url": "https://www.nu.nl" + given["url"],
            "lang": "nl",
        }


def bbc() -> Iterator[Line]:
    """The BBC's home page from July 2021 on: times are those of the first snapshot that shows an item."""
    for given in _stream("replay-bbc-en"):
        yield {
            "id": given["url"],
            "source": "BBC",
            "tier": 1,
            "said_at": given["first_seen"],
            "title": given["title"],
            "text": given["summary"] or "",
            "url": "https://www.bbc.co.uk" + given["url"],
            "lang": "en",
        }


def sv() -> Iterator[Line]:
    """Google News of Sweden, section Top Stories: many publishers, headlines alone."""
    number = 0
    for given in _stream("replay-googlenews-sv"):
        if given["stream"] == "topics" and "Top Stories" in given["sections"]:
            number += 1
            yield {
                "id": f"sv{number}",
                "source": given["publisher"],
                "said_at": given["first_seen"],
                "title": given["title"],
                "lang": "sv",
            }


STREAMS: Mapping[str, Callable[[], Iterator[Line]]] = {"nunl": nunl, "bbc": bbc, "sv": sv}


def _stream(name: str) -> Iterator[Line]:
    with gzip.open(DATA / name / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_archive(name: str, path: Path, since: str = "", until: str = "~") -> int:
    """One stream as an archive, from one time to another; returns how many items it has."""
    count = 0
    with path.open("w", encoding="utf-8") as target:
        for item in STREAMS[name]():
            if since <= str(item.get("seen_at") or item["said_at"]) < until:
                target.write(json.dumps(item, ensure_ascii=False) + "\n")
                count += 1
    return count


def main(folder: Path) -> None:
    if not DATA.is_dir():
        print(f"skipped: no {DATA}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in STREAMS:
        print(name, write_archive(name, folder / f"{name}.jsonl"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
