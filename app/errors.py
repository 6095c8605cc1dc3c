"""Errors that people read: what is wrong, where, and what to do."""


class ForkantError(Exception):
    """Something the reader of the message can act on."""


class ConfigurationError(ForkantError):
    """A setting that cannot be used."""


class DatabaseUnavailable(ForkantError):
    """The database does not answer."""


class OutOfOrder(ForkantError):
    """A part that every item needs does not work: the fault is no item's own, and trying again may help."""


class NotFound(ForkantError):
    """There is no such thing, or not for this reader."""


class Conflict(ForkantError):
    """Somebody else changed it first, or it is not in a state for this."""


class Stale(Conflict):
    """The version that the caller has seen is not the present one any more."""


class TooMany(ForkantError):
    """Asked too often; `retry_after` seconds may help."""

    def __init__(self, message: str, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Expired(ForkantError):
    """It was good once: a cursor too old to follow."""


class Invalid(ForkantError):
    """A value that cannot be used; `field` tells which, `position` at which character of it, from 0."""

    def __init__(self, message: str, field: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.position = position


class Refused(ForkantError):
    """The reader may not do this."""
