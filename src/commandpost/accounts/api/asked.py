"""What several routes of accounts take and answer: ids, pages, the size of a list."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias, TypedDict, TypeVar

from fastapi import Path, Query

from commandpost.kit.paging import MAX_PER_PAGE, Page, PageRequest

Id: TypeAlias = Annotated[str, Path(max_length=64, pattern="^[^\\x00]*$")]
PageNumber: TypeAlias = Annotated[int, Query(ge=0, le=1_000_000, description="Counts from 0.")]
PerPage: TypeAlias = Annotated[int, Query(ge=1, le=MAX_PER_PAGE)]

T = TypeVar("T")


class Whole(TypedDict):
    """What a list says of its whole."""

    total_count: int
    page_count: int
    has_more: bool


def whole(found: Page[T]) -> Whole:
    """Return what an answer says of the list that this page is of."""
    return Whole(
        total_count=found.total_count, page_count=found.page_count, has_more=found.has_more
    )


def whole_of(items: Sequence[T]) -> Whole:
    """Return what an answer says of a list that is given in one piece."""
    return whole(Page(items, len(items), PageRequest(0, max(1, len(items)))))
