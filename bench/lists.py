"""The incident list over 50,000 incidents: the slowest of its filters and sort orders."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from bench.figure import Figure, at_most
from bench.product import Product, running_on
from commandpost.chat.models import Channel, ChannelKind
from commandpost.incidents.models.incident import Incident
from commandpost.kit.clock import now
from commandpost.kit.ids import new_id
from commandpost.main import open_database
from commandpost.settings import Settings

INCIDENTS = 50_000
ROUNDS = 7
BUDGET_MS = 20
SUBJECTS = ("Checkout is slow", "Mail bounces", "No sign-in from abroad", "Full disk on db-7")
SORTS = ("created_at", "ended_at", "name", "commander_user_id", "id", "team_id")


def measure() -> list[Figure]:
    """Return the slowest list, and the same without a filter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_on(folder) as product:
            token, team, people = _who_is_there(product)
        _fill(folder, team, people)
        with running_on(folder, cpu=0) as product:
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=product.url, headers=headers) as client:
                took = {shown: _median_ms(client, query) for shown, query in _lists(team, people)}
    slowest = max(took, key=lambda shown: took[shown])
    what = f"incident list of {INCIDENTS:,}, page of 50, slowest of {len(took)}: {slowest}"
    return [
        at_most(what, took[slowest], BUDGET_MS, "ms"),
        at_most("the same list without a filter", took[""], BUDGET_MS, "ms"),
    ]


def _lists(team: str, people: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each way to ask, and a word for it."""
    yield "", {"team_id": team}
    yield "last page", {"team_id": team, "page": INCIDENTS // 50 - 1}
    yield "middle page", {"team_id": team, "page": INCIDENTS // 100}
    yield "of all teams", {}
    yield "ongoing", {"team_id": team, "status": "active"}
    yield "ended", {"team_id": team, "status": "ended"}
    yield "of one commander", {"team_id": team, "commander_user_id": people[0]}
    yield "found by a word", {"team_id": team, "search_term": "disk"}
    yield "found nowhere", {"team_id": team, "search_term": "nothing is called so"}
    for sort in SORTS:
        yield f"by {sort}", {"team_id": team, "sort": sort, "order": "asc"}


def _median_ms(client: httpx.Client, query: dict[str, Any]) -> float:
    durations = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        client.get("/api/v1/incidents", params=query).raise_for_status()
        durations.append(time.perf_counter() - before)
    return statistics.median(durations) * 1000


def _who_is_there(product: Product) -> tuple[str, str, list[str]]:
    token = product.token()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{product.url}/api/v1", headers=headers) as client:
        team = client.get("/teams").raise_for_status().json()["items"][0]["id"]
        me = client.get("/users/me").raise_for_status().json()["id"]
    return token, team, [me, *(new_id() for _ in range(9))]


def _fill(folder: Path, team: str, people: list[str]) -> None:
    database = open_database(Settings(data_dir=folder))
    start = now()
    incidents = [
        _an_incident(number, start - timedelta(minutes=number), team, people)
        for number in range(INCIDENTS)
    ]
    with database.transaction() as session:
        session.execute(insert(Channel), [_its_channel(incident) for incident in incidents])
        session.execute(insert(Incident), incidents)
    database.dispose()


def _an_incident(number: int, at: datetime, team: str, people: list[str]) -> dict[str, Any]:
    name = f"{SUBJECTS[number % len(SUBJECTS)]} {number}"
    ended = number % 20 > 0
    return {
        "id": new_id(),
        "name": name,
        "name_folded": name.lower(),
        "team_id": team,
        "channel_id": new_id(),
        "is_active": not ended,
        "commander_user_id": people[number % len(people)],
        "created_at": at,
        "ended_at": at + timedelta(hours=1) if ended else None,
        "post_id": "",
        "playbook_id": "",
        "version": 1,
    }


def _its_channel(incident: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": incident["channel_id"],
        "team_id": incident["team_id"],
        "name": incident["channel_id"],
        "display_name": incident["name"],
        "kind": ChannelKind.PRIVATE,
        "created_at": incident["created_at"],
        "last_number": 0,
        "message_count": 0,
    }
