"""Start to first answer, idle memory, and one incident by REST beside a bare Starlette route."""

import statistics
import time

import httpx

from bench import bare
from bench.figure import Figure, at_least, at_most
from bench.load import Rate, ask_again
from bench.product import Product, running

ITEMS = 20
STARTS = 3
IDLE_SECONDS = 5.0
# One core serves, the other one asks.
CORE = 0


def measure() -> list[Figure]:
    """Return the figures of one run."""
    starts = [_start_seconds() for _ in range(STARTS)]
    with running(cpu=CORE) as product:
        time.sleep(IDLE_SECONDS)
        memory = product.memory_mib()
        path, headers = _an_incident(product)
        body = httpx.get(product.url + path, headers=headers).content
        ours = _warm_rate(product.url + path, headers)
    with bare.running(body, cpu=CORE) as url:
        limit = _warm_rate(url + path, headers)
    return [
        at_most("start to first answer, median of 3", statistics.median(starts), 3, "s"),
        at_most("idle memory of serve with demo data", memory, 250, "MiB"),
        _requests(ours, limit),
        Figure("the same answer from a bare Starlette route", "", f"{limit.per_second:,.0f} /s"),
    ]


def _start_seconds() -> float:
    with running(demo=False) as product:
        return product.start_seconds


def _warm_rate(url: str, headers: dict[str, str]) -> Rate:
    ask_again(url, headers, seconds=0.5)
    return ask_again(url, headers)


def _requests(ours: Rate, limit: Rate) -> Figure:
    what = f"GET /api/v1/incidents/{{id}}, {ITEMS} items, one core, p99 {ours.p99_ms:.0f} ms"
    ratio = f"{ours.per_second / limit.per_second:.2f} of bare"
    return at_least(what, ours.per_second, 800, "/s", ratio)


def _an_incident(product: Product) -> tuple[str, dict[str, str]]:
    """Start an incident with its items and return its path, and who may read it."""
    headers = {"Authorization": f"Bearer {product.token()}"}
    with httpx.Client(base_url=product.url, headers=headers) as client:
        teams = client.get("/api/v1/teams").raise_for_status().json()
        team = (teams["items"] if isinstance(teams, dict) else teams)[0]["id"]
        started = client.post("/api/v1/incidents", json={"team_id": team, "name": "A measured one"})
        path = f"/api/v1/incidents/{started.raise_for_status().json()['id']}"
        checklist = client.get(path).raise_for_status().json()["checklists"][0]
        for number in range(len(checklist["items"]), ITEMS):
            item = {"title": f"Step {number} of what has to be done"}
            client.post(f"{path}/checklists/{checklist['id']}/items", json=item).raise_for_status()
    return path, headers
