"""Server-sent events: whole events out of pieces that were cut anywhere."""

from dataclasses import dataclass

LARGEST_EVENT = 512 * 1024


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event with its name and what it carries."""

    name: str
    payload: str


class EventTooBig(ValueError):
    """Somebody sends without end and never finishes an event."""


class EventReader:
    """Feed it pieces; it gives back the events that are whole, and keeps the rest."""

    def __init__(self, largest: int = LARGEST_EVENT) -> None:
        self._largest = largest
        self._rest = bytearray()
        self._name, self._payload, self._size = "", list[str](), 0

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """EventTooBig when an event grows beyond what we keep."""
        self._rest += piece
        events = []
        if b"\n" in piece:  # else nothing ends here: who sends byte by byte must not make us search each time
            *lines, rest = self._rest.split(b"\n")
            self._rest = rest
            events = [event for line in lines if (event := self._take(bytes(line.removesuffix(b"\r"))))]
        if len(self._rest) + self._size > self._largest:
            raise EventTooBig
        return events

    def _take(self, line: bytes) -> ServerEvent | None:
        """The event that an empty line ends. A line that begins with a colon is a sign of life, no more."""
        if not line:
            event = ServerEvent(self._name, "\n".join(self._payload)) if self._payload else None
            self._name, self._payload, self._size = "", [], 0
            return event
        field, _, value = line.decode("utf-8", errors="replace").partition(":")
        value = value.removeprefix(" ")
        self._size += len(line)
        if self._size > self._largest:
            raise EventTooBig
        if field == "event":
            self._name = value
        elif field == "data":
            self._payload.append(value)
        return None
