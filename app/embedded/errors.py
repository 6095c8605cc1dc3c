"""What can go wrong with the embedded Postgres, and what the reader can do about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import DatabaseUnavailable

OWN_DATABASE = "Set FORKANT_DATABASE_URL to a Postgres of your own."

# The words are those of Postgres and of the operating system (LC_ALL=C); the first that occurs counts.
CAUSES = (
    ("No space left on device", "The disk is full. Free some space and start again; nothing saved is lost."),
    ("Disk quota exceeded", "The disk quota is used up. Free some space there and start again."),
    ("Read-only file system", "The disk is read-only. Set FORKANT_HOME to a folder that can be written."),
    ("Directory not empty", "Something that is not a data folder of Postgres lies there. Move it away."),
    ("has wrong ownership", "The data folder belongs to somebody else. Give all of it back to its account."),
    ("incompatible with server", f"Another version of Postgres made this folder. {OWN_DATABASE}"),
    ("could not look up effective user", f"The account has no line in /etc/passwd. Add it. {OWN_DATABASE}"),
    ("Operation not permitted", f"Root is restricted here. Run as an ordinary user. {OWN_DATABASE}"),
    ("Permission denied", "Run as the user who owns the folder, or set FORKANT_HOME to one of your own."),
    ("Cannot allocate memory", "Memory is short. Free some, or lower shared_buffers in postgresql.conf."),
    ("using socket file", "A Postgres whose home was moved away still answers here. Stop it first."),
    ("configuration file", "A line in postgresql.conf or pg_hba.conf is wrong. Correct it, start again."),
    ("valid checkpoint record", "The data is damaged. Move it away, then `forkant db restore` a dump."),
)


class EmbeddedPostgresError(DatabaseUnavailable):
    """What is wrong, where, and what to do."""

    def __init__(self, what: str, where: Path, advice: str) -> None:
        super().__init__(f"{what}\n  where: {where}\n  what to do: {advice}")
        self.what, self.where, self.advice = what, where, advice


def advice_for(output: str, log: Path | None = None) -> str:
    """What to do about this output of Postgres or of the operating system."""
    known = (advice for words, advice in CAUSES if words in output)
    return next(known, f"Read {log or 'the lines above'}. {OWN_DATABASE}")


@contextmanager
def told_clearly(what: str, where: Path) -> Iterator[None]:
    """Turn a refusal of the operating system (disk full, no permission) into an error with advice."""
    try:
        yield
    except OSError as error:
        raise EmbeddedPostgresError(f"{what}: {error}", where, advice_for(str(error))) from error
