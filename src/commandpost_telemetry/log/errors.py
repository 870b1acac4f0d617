"""What can go wrong with the log."""


class LogUnavailableError(Exception):
    """The log cannot promise durability now; nothing of the request was kept, send it again."""


class LogAddressError(ValueError):
    """The address of the log names no log that this program has."""


class DamagedError(Exception):
    """What the disk gives back is not what was written."""
