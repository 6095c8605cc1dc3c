"""Which file under the home folder is what."""

import os
from dataclasses import dataclass
from pathlib import Path

MAJOR = 18
"""The Postgres we run. Another major version has another data folder, so that two can lie side by side."""


@dataclass(frozen=True)
class Layout:
    """The embedded Postgres' files in one home."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / str(MAJOR)

    @property
    def turn(self) -> Path:
        """Locked by the one process that starts or stops the server right now."""
        return self.folder / "turn.lock"

    @property
    def holders(self) -> Path:
        """Locked, shared, by every process that uses the server."""
        return self.folder / "holders.lock"

    @property
    def alive(self) -> Path:
        """Locked, shared, by every process of the server itself."""
        return self.folder / "alive.lock"

    @property
    def keep(self) -> Path:
        """Exists while the server shall go on running without holders."""
        return self.folder / "keep"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def create(self) -> None:
        """Make the folder. Root gives it to the owner of the home, who may want to go on without root."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o755, exist_ok=True)
        if os.geteuid() == 0:
            owner = self.home.stat()
            os.chown(self.folder, owner.st_uid, owner.st_gid, follow_symlinks=False)
            for file in (self.turn, self.holders, self.alive, self.log):
                descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
                os.close(descriptor)
