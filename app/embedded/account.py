"""The account that the server's processes run as: ourselves, or one without privileges when we are root.

Postgres refuses to run as root. We make no account and open no folder to others: an account that exists is
used, and where it cannot enter a folder, the programs are copied to one it can (`binaries.py`) and the data
folder is handed over as the working directory.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.embedded.errors import OWN_DATABASE, EmbeddedPostgresError
from app.embedded.layout import Layout

NOBODY = "nobody"
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True)
class Account:
    """An account of the operating system; `changes` tells whether we have to become it."""

    user: int
    group: int
    changes: bool

    def run(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path | None = None,
        words: str = "",
        log: IO[bytes] | None = None,
        inherit: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account in `folder`, in a session of its own: Ctrl-C does not reach it.

        `words` is its input. Its output is returned, or goes to `log`. It inherits the descriptors `inherit`.
        """
        return subprocess.run(
            [str(part) for part in command],
            cwd=folder or "/",
            input=words,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdout=log or subprocess.PIPE,
            stderr=log or subprocess.STDOUT,
            pass_fds=inherit,
            env=clean_environment(),
            start_new_session=True,
            umask=0o077,
            user=self.user if self.changes else None,
            group=self.group if self.changes else None,
            extra_groups=[] if self.changes else None,
        )

    def can_enter(self, folder: Path) -> bool:
        return not self.changes or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0


def clean_environment() -> dict[str, str]:
    """No PG… variables, no secrets of the app, and messages in English whatever the language of the user."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | {"LC_ALL": "C"}


def choose_account(layout: Layout) -> Account:
    """Ourselves; for root the owner of the data, else the owner of the home, else nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), changes=False)
    for folder in (layout.data, layout.home):
        owner = folder.stat() if folder.exists() else None
        if owner and owner.st_uid != 0 and (folder == layout.data or _is_known(owner.st_uid)):
            return Account(owner.st_uid, owner.st_gid, changes=True)
    return _nobody(layout)


def _is_known(user: int) -> bool:
    """initdb refuses a user without a line in /etc/passwd, as arbitrary users in containers often are."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _nobody(layout: Layout) -> Account:
    try:
        entry = pwd.getpwnam(NOBODY)
    except KeyError:
        what = f"Postgres cannot run as root, and there is no account '{NOBODY}'."
        raise EmbeddedPostgresError(what, layout.home, f"Run as an ordinary user. {OWN_DATABASE}") from None
    return Account(entry.pw_uid, entry.pw_gid, changes=True)
