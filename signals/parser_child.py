"""The child process that parses what strangers wrote, within limits, and may be killed at any moment.

It speaks frames over its standard pipes: four bytes of length, then the bytes. In: JSON headers, then the body.
Out: one JSON answer.
"""

import fcntl
import json
import os
import resource
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

LENGTH = struct.Struct(">I")
PIPE_SIZE = 1024 * 1024
NEVER_HERE = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "ctypes.dlopen")


def serve(cpu_seconds: int, memory: int) -> None:
    """Answer documents until the pipe closes."""
    answers = os.fdopen(os.dup(1), "wb")
    _widen(0, 1)
    os.dup2(2, 1)  # a library that prints must not speak into the pipe
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from signals.feed_parser import parse_feed
    from signals.page_parser import parse_page
    from signals.parsed import ParseError, ParseErrorKind, Reader, to_json
    from signals.sitemap_parser import parse_sitemap

    readers = {Reader.FEED: parse_feed, Reader.SITEMAP: parse_sitemap, Reader.PAGE: parse_page}

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.addaudithook(_refuse)
    while (head := _read(sys.stdin.buffer)) is not None and (body := _read(sys.stdin.buffer)) is not None:
        _allow_cpu(cpu_seconds)
        headers = json.loads(head)
        try:
            read, now = readers[headers.pop("reader")], datetime.fromisoformat(headers.pop("now"))
            answer = to_json(read(body, headers, now))
        except ParseError as error:
            answer = to_json(error)
        except RecursionError:
            answer = to_json(ParseError(ParseErrorKind.TOO_HARD, "The document is nested too deeply to be read."))
        except MemoryError:
            return  # this process is spent: the pool starts another
        except Exception as error:  # noqa: BLE001  # one source: the parsers stumble over what nobody foresaw
            stumble = (
                f"The document has a fault that the parser cannot get over ({type(error).__name__}). We try again."
            )
            answer = to_json(ParseError(ParseErrorKind.BROKEN, stumble))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _widen(*pipes: int) -> None:
    """Take most documents at once, where the system can: else each goes over in pieces, and both sides wait."""
    for pipe in pipes:
        with suppress(AttributeError, OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def _refuse(event: str, arguments: Sequence[object]) -> None:
    """A parser has no business on the network: a fault in it must not give a stranger our reach."""
    if event.startswith(NEVER_HERE):
        raise PermissionError(f"The parser tried {event}")


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _read(pipe: BinaryIO) -> bytes | None:
    length = pipe.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    return pipe.read(LENGTH.unpack(length)[0])


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
