"""How the lines of a request lie in the log: compressed where that pays, told apart by a byte."""

import zlib

from isal import isal_zlib

from commandpost_telemetry.log.errors import DamagedError

_SMALL = 512  # below, compression costs more than it saves
# First byte of what is stored; a line starts with a brace. A checksum stands beside each entry
# already, so a plain deflate stream, which has none of its own, is enough.
_DEFLATED = b"\x01"
_ZLIB = b"\x78"  # as older files of the log have it


def packed(lines: bytes) -> bytes:
    """Return what is stored for these lines."""
    if len(lines) < _SMALL:
        return lines
    return _DEFLATED + isal_zlib.compress(lines, 1, -zlib.MAX_WBITS)


def unpacked(stored: bytes) -> bytes:
    """Return the lines of what is stored; raises when it is not whole."""
    try:
        if stored.startswith(_DEFLATED):
            return zlib.decompress(memoryview(stored)[1:], -zlib.MAX_WBITS)
        return zlib.decompress(stored) if stored.startswith(_ZLIB) else stored
    except zlib.error as error:
        raise DamagedError(f"An entry of the log cannot be inflated ({error}).") from error
