"""What can go wrong between log and warehouse, by class: try again later, or never."""


class WarehouseError(Exception):
    """The load did not happen; the sentence says what was kept and what to do."""


class WarehouseUnavailable(WarehouseError):
    """Transient: the destination does not answer or is held by somebody; the next sync retries."""


class TooMuchAtOnce(WarehouseUnavailable):
    """The batch takes more memory than there is; halves of it may go."""


class StatementRefused(WarehouseUnavailable):
    """The destination refuses a statement: one table's matter there, everybody's elsewhere."""


class LoadRefused(WarehouseError):
    """Permanent for this batch: something in it is refused; the loader looks for the culprit."""


class TableRefused(LoadRefused):
    """One table does not take its rows; it is held, and the others are loaded without it."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"{table}: {reason}")
        self.table = table


class CountsDisagree(WarehouseError):
    """Log, staging and tables do not add up; the load was rolled back as a whole."""


def has_answered(error: WarehouseError | None) -> bool:
    """Whether the warehouse was there: what it refuses, it has answered."""
    return isinstance(error, StatementRefused) or not isinstance(error, WarehouseUnavailable)


def rows_lost(table: str, staged: int, added: int) -> CountsDisagree:
    """Return the error of a table that has got another number of rows than it should."""
    return CountsDisagree(
        f"{staged} rows were staged for {table} but {added} arrived. The load was "
        f"undone as a whole; the log keeps the messages and the next sync retries."
    )


class AnotherLoader(WarehouseError):
    """Somebody else moved the position meanwhile; this load was rolled back as a whole."""
