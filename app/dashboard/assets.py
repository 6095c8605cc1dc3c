"""Static files: our style sheet, the bundled scripts where they were built, served for a year under hashed names."""

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

HERE: Final = Path(__file__).parent / "static"
BUILT: Final = HERE / "built"
SHEETS: Final = ("tokens", "base", "frame", "parts", "lists", "pages", "coverage", "scorecard", "narrow", "print")
FOREVER: Final = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    body: bytes
    media_type: str
    packed: bytes


def make_asset(name: str, body: bytes, media_type: str) -> Asset:
    return Asset(name, body, media_type, gzip.compress(body, mtime=0))


@cache
def assets() -> dict[str, Asset]:
    """All files by the name that they are served under. Read once: a new build needs a new process."""
    style = "\n".join((HERE / f"{sheet}.css").read_text(encoding="utf-8") for sheet in SHEETS).encode()
    icon = (HERE / "icon.svg").read_bytes()
    found = [
        make_asset(f"style-{short_hash(style)}.css", style, "text/css"),
        make_asset(f"icon-{short_hash(icon)}.svg", icon, "image/svg+xml"),
    ]
    for name in manifest().values():
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found.append(make_asset(name, (BUILT / name).read_bytes(), media_type))
    return {asset.name: asset for asset in found}


@cache
def manifest() -> dict[str, str]:
    """Entry point to built file, such as base.js to base-1a2b3c4d.js; empty where nothing was built."""
    listing = BUILT / "manifest.json"
    if not listing.is_file():
        return {}
    names = json.loads(listing.read_text(encoding="utf-8"))
    return {entry: name for entry, name in names.items() if (BUILT / name).is_file()}


@cache
def address_of(entry: str) -> str:
    """Where `style.css`, `icon.svg` or a script is served; empty: it was not built, and the page does without."""
    if entry in manifest():
        return f"/static/{manifest()[entry]}"
    stem, _, ending = entry.rpartition(".")
    return next((f"/static/{name}" for name in assets() if name.startswith(f"{stem}-") and name.endswith(ending)), "")


def short_hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=5).hexdigest()


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)
