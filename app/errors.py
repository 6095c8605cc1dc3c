"""Errors that people read: what is wrong, where, and what to do."""


class ForkantError(Exception):
    """Something the reader of the message can act on."""


class ConfigurationError(ForkantError):
    """A setting that cannot be used."""


class DatabaseUnavailable(ForkantError):
    """The database does not answer."""


class NotFound(ForkantError):
    """There is no such thing, or not for this reader."""


class Conflict(ForkantError):
    """Somebody else changed it first, or it is not in a state for this."""


class Invalid(ForkantError):
    """A value that cannot be used; `field` tells which."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Refused(ForkantError):
    """The reader may not do this."""
