"""Folders in shared places that are ours and nobody else's."""

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from app.embedded.account import Account
from app.embedded.asking import SOCKET
from app.embedded.errors import OWN_DATABASE, EmbeddedPostgresError

LONGEST_SOCKET = 103
"""In bytes: 107 on Linux, 103 on macOS."""


def own_folder(path: Path, user: int, mode: int) -> Path:
    """Make the folder, or make sure that the one which is there is truly this user's. Links are refused."""
    with suppress(FileExistsError):
        path.mkdir(mode=mode)
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        path.chmod(mode)
        os.chown(path, user, -1, follow_symlinks=False)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or stat.S_IMODE(found.st_mode) != mode:
        what = f"Somebody else has made the folder we need (wanted: owner {user}, mode {mode:o}, no link)."
        raise EmbeddedPostgresError(what, path, f"Remove it, or set TMPDIR to another folder. {OWN_DATABASE}")
    return path


def socket_folder(home: Path, account: Account) -> Path:
    """The folder for the socket: in the temporary folder, as the path of a socket must be short."""
    name = "forkant-" + blake2b(bytes(home), digest_size=8).hexdigest()
    for place in (Path(tempfile.gettempdir()), Path("/tmp")):
        folder = place / name
        # Postgres reads a list of folders, so a comma in the name would end it.
        fits = len(bytes(folder / SOCKET)) <= LONGEST_SOCKET and "," not in str(folder)
        if fits and account.can_enter(place):
            return folder
    what = "No temporary folder can hold the socket."
    raise EmbeddedPostgresError(what, place, f"Set TMPDIR to a folder with a short name. {OWN_DATABASE}")
