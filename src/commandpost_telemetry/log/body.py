"""How the lines of a request lie in the log: compressed where that pays, told apart by a byte."""

import zlib

from commandpost_telemetry.log.errors import DamagedError

_SMALL = 512  # below, compression costs more than it saves
_ZLIB = 0x78  # first byte of a zlib stream; a line starts with a brace


def packed(lines: bytes) -> bytes:
    """Return what is stored for these lines."""
    return lines if len(lines) < _SMALL else zlib.compress(lines, 1)


def unpacked(stored: bytes) -> bytes:
    """Return the lines of what is stored; raises when it is not whole."""
    if stored[:1] != bytes([_ZLIB]):
        return stored
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise DamagedError(f"An entry of the log cannot be inflated ({error}).") from error
