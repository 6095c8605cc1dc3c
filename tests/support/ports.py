"""Ports of loopback where nobody listens, for sure."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def port_of_nobody() -> Iterator[int]:
    """Held without listening while it is needed: a port that was merely free may be somebody else's the next moment."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
