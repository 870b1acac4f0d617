"""How far each load has got: every state it reaches is a row, written as it is reached."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import duckdb

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.loading.states import State
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal, moment

_REACHED = "INSERT INTO loader.load_states {rows}"
_ROW = "SELECT {load_id}, {namespace}, {up_to}, {turn}, '', {state}, {at}, {error}"


class Steps:
    """One load on its way; a crash leaves the last state that it reached."""

    def __init__(self, destination: Destination, to_position: int) -> None:
        self.load_id = uuid4().hex
        self.turn = 0
        self.state = State.WAITING
        self._destination = destination
        self._to_position = to_position

    def reach(self, *states: State, error: str = "") -> None:
        """Write that these were reached, in one small transaction of their own."""
        rows = join(" UNION ALL ", self._rows(states, error))
        self._destination.query(compose(_REACHED, rows=rows))

    @contextmanager
    def told(self) -> Iterator[None]:
        """Write where it broke off, if the destination can be reached at all."""
        try:
            yield
        except WarehouseError as error:
            with suppress(WarehouseError, duckdb.Error):
                self.reach(State(f"{self.state}_failed"), error=str(error))
            raise

    def _rows(self, states: tuple[State, ...], error: str) -> Iterator[Sql]:
        for state in states:
            yield compose(
                _ROW,
                load_id=literal(self.load_id),
                namespace=literal(self._destination.namespace),
                up_to=literal(self._to_position),
                turn=literal(self.turn),
                state=literal(state),
                at=moment(now()),
                error=literal(error.replace("\0", "")),
            )
            self.turn += 1
            self.state = state
