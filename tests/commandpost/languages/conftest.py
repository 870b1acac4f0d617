"""The product with a running incident."""

from tests.commandpost.incidents.conftest import stage

__all__ = ["stage"]
