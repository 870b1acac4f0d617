"""Pages of a list: how they are asked for and what an answer carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

DEFAULT_PER_PAGE = 50
MAX_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: `page` counts from 0, `per_page` is 1 to 200."""

    page: int = 0
    per_page: int = DEFAULT_PER_PAGE

    @property
    def offset(self) -> int:
        return self.page * self.per_page


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list with the size of the whole."""

    items: Sequence[T]
    total_count: int
    request: PageRequest

    @property
    def page_count(self) -> int:
        return -(-self.total_count // self.request.per_page)

    @property
    def has_more(self) -> bool:
        return self.request.page + 1 < self.page_count
