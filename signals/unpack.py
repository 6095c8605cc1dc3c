"""Unpacks gzip piece by piece and stops at a limit, so that no answer can fill the memory."""

import zlib

PIECE = 64 * 1024
GZIP_MAGIC = b"\x1f\x8b"


class TooMuch(Exception):
    """The limit is reached. `is_bomb`: by packing tricks rather than by size alone."""

    def __init__(self, *, is_bomb: bool) -> None:
        super().__init__("bomb" if is_bomb else "too big")
        self.is_bomb = is_bomb


class Unpacker:
    """Collects a body, unpacked on the way. ValueError when it is broken or packed in a way we did not ask for."""

    def __init__(self, encoding: str, limit: int, ratio: int, ratio_from: int) -> None:
        self._limit, self._ratio, self._ratio_from = limit, ratio, ratio_from
        self._pieces: list[bytes] = []
        self._packed = self._size = 0
        self._inflater = _inflater(encoding.strip().lower())

    def feed(self, chunk: bytes) -> None:
        if self._inflater is None:
            self._keep(chunk)
        else:
            self._inflate(chunk)

    def finish(self) -> bytes:
        if self._inflater is not None and self._packed and not self._inflater.eof:
            raise ValueError("it ends too early")
        return b"".join(self._pieces)

    def _inflate(self, chunk: bytes) -> None:
        while chunk and self._inflater is not None:
            if self._inflater.eof:
                if not chunk.startswith(GZIP_MAGIC):
                    return  # padding behind the end: some servers send it, and nobody needs it
                self._inflater = _inflater("gzip")
                continue
            try:
                piece = self._inflater.decompress(chunk, PIECE)
            except zlib.error:
                raise ValueError("it is not the gzip it claims to be") from None
            rest = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
            self._packed += len(chunk) - len(rest)
            chunk = rest
            self._keep(piece, is_inflated=True)

    def _keep(self, piece: bytes, *, is_inflated: bool = False) -> None:
        self._size += len(piece)
        if is_inflated and self._size > max(self._ratio_from, self._ratio * self._packed):
            raise TooMuch(is_bomb=True)
        if self._size > self._limit:
            raise TooMuch(is_bomb=False)
        self._pieces.append(piece)


def _inflater(encoding: str) -> "zlib._Decompress | None":
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    raise ValueError(f"it is packed as {encoding[:20]!r}, which we did not ask for")
