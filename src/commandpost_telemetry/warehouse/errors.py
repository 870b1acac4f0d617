"""What can go wrong between log and warehouse, by class: try again later, or never."""


class WarehouseError(Exception):
    """The load did not happen; the sentence says what was kept and what to do."""


class WarehouseUnavailable(WarehouseError):
    """Transient: the destination does not answer or is held by somebody; the next sync retries."""


class LoadRefused(WarehouseError):
    """Permanent for this batch: something in it is refused; the loader looks for the culprit."""


class CountsDisagree(WarehouseError):
    """Log, staging and tables do not add up; the load was rolled back as a whole."""


class AnotherLoader(WarehouseError):
    """Somebody else moved the position meanwhile; this load was rolled back as a whole."""
