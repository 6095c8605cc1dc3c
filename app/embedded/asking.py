"""Asking a server whether it takes connections, in the few bytes of Postgres' protocol that this needs."""

import socket
import struct
from enum import Enum
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
PATIENCE = 5.0
PROTOCOL = 3 << 16
STARTING_UP = b"C57P03\0"
"""The code of cannot_connect_now: the server is starting, recovering or stopping."""


class Answer(Enum):
    """What a server says to a newcomer."""

    READY = "it takes connections"
    NOT_NOW = "it is starting, recovering or stopping"
    NONE = "nobody is there"


def ask(sockets: Path) -> Answer:
    """Begin a connection, and see what comes back."""
    words = b"user\0forkant\0database\0forkant\0application_name\0supervisor\0\0"
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(bytes(sockets / SOCKET))
            client.sendall(struct.pack("!ii", len(words) + 8, PROTOCOL) + words)
            said = client.recv(4096)
        except TimeoutError:
            return Answer.NOT_NOW
        except OSError:
            return Answer.NONE
    if not said:
        return Answer.NOT_NOW
    # Any other error (too many connections, no such database) is that of a server which does take them.
    return Answer.NOT_NOW if said[:1] == b"E" and STARTING_UP in said else Answer.READY
