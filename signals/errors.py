"""What goes wrong with one source, in words that its owner can act on."""

from datetime import timedelta
from enum import StrEnum


class CollectError(Exception):
    """One source could not be read. `kind` is for machines, the message for people.

    `is_permanent` says that trying again cannot help; `retry_after` that the other side asked us to wait.
    """

    def __init__(
        self,
        kind: StrEnum,
        message: str,
        *,
        retry_after: timedelta | None = None,
        is_permanent: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.is_permanent = is_permanent
