"""What a list of the loader's accounts is: its columns, and how its rows are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Found(Protocol):
    """Rows, from whatever answered."""

    @property
    def rows(self) -> Sequence[Sequence[object]]: ...


AskSql = Callable[[str], Found]
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: what it is, its columns, how it is read, and what to say when it is empty."""

    name: str
    title: str
    columns: tuple[str, ...]
    numbers: frozenset[str]
    nothing: str
    read: Callable[[AskSql], list[Row]]
