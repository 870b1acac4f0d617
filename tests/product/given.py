"""People who use the running product by REST, and eyes on its warehouse."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx

from tests.journeys.product import Product


@contextmanager
def a_client(product: Product, username: str) -> Iterator[httpx.Client]:
    """Act as somebody with a personal access token made at the command line."""
    secret = product.run("commandpost", "token", "create", username).strip()
    with httpx.Client(
        base_url=f"{product.url}/api/v1",
        headers={"Authorization": f"Bearer {secret}"},
        timeout=30,
        trust_env=False,
    ) as client:
        yield client


def demo_team(client: httpx.Client) -> str:
    """Return the id of the demo team."""
    teams = client.get("/teams").json()["items"]
    return next(str(team["id"]) for team in teams if team["name"] == "demo")


def kill(product: Product) -> None:
    """End the process as a power cut does: no handler runs, nothing is flushed."""
    control = json.loads((product.folder / "control.json").read_text(encoding="utf-8"))
    os.kill(control["pid"], signal.SIGKILL)


def rows(folder: Path, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    """Ask the warehouse of a product that has stopped."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql, list(parameters)).fetchall()
