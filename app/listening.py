"""The socket that the pages are served on: opened before anything else, and handed on to the process that serves."""

import os
import socket

from app.config import Settings
from app.errors import ConfigurationError

WAITING = 2048  # connections that may wait while a process that serves is started again
LISTENER = "FORKANT_LISTENER"  # in the environment of a child: the descriptor of its parent's socket


def listen(settings: Settings) -> socket.socket:
    """In a child of `up` its parent's socket, else a new one. ConfigurationError where the port is not to be had."""
    if handed_on := os.environ.get(LISTENER):
        os.set_inheritable(int(handed_on), False)
        return socket.socket(fileno=int(handed_on))
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((settings.host, settings.port), family=family, backlog=WAITING)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise ConfigurationError(
            f"Port {settings.port} on {settings.host} cannot be used: {reason}. Perhaps Forkant or another"
            " program listens there already; FORKANT_PORT sets another port, FORKANT_HOST another address."
        ) from None


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])
