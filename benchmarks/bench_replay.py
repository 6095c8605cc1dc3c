"""Two months of Dutch headlines through `forkant replay`, with a watch on NS, one on Schiphol, and one on everything.

Reads ../shared/data/replay-nunl-nl; writes the alerts to the file given as argument, so that a person can judge them.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STREAM = Path(__file__).resolve().parents[2] / "shared/data/replay-nunl-nl/items.jsonl.gz"
SINCE, UNTIL = "2022-09-01", "2022-11-01"
WATCHES = """
[[watch]]
name = "NS"
query = "NS"

[[watch]]
name = "Schiphol"
query = "Schiphol"

[[watch]]
name = "everything"
query = ""
"""


def main(out: Path | None) -> None:
    if not STREAM.is_file():
        print(f"skipped: no {STREAM}")
        return
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as name:
        folder = Path(name)
        count = write_archive(folder / "archive.jsonl")
        (folder / "watches.toml").write_text(WATCHES)
        began = time.perf_counter()
        told = out or folder / "told.jsonl"
        forkant = [sys.executable, "-m", "app.cli", "replay", str(folder / "archive.jsonl")]
        options = ["--watches", str(folder / "watches.toml"), "--out", str(told), "--time-zone", "Europe/Amsterdam"]
        subprocess.run([*forkant, *options], check=True)
        took = time.perf_counter() - began
        print(f"{count} items in {took:.0f} s: {count / took:.0f} items/s of wall time")


def write_archive(path: Path) -> int:
    """The stream as an archive of items; returns how many."""
    count = 0
    with gzip.open(STREAM, "rt") as lines, path.open("w") as target:
        for line in lines:
            given = json.loads(line)
            if not SINCE <= given["first_seen"] < UNTIL:
                continue
            count += 1
            item = {
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
            target.write(json.dumps(item, ensure_ascii=False) + "\n")
    return count


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
