"""kill -9 right after an answer loses nothing that was answered."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.journeys.product import UNMEASURED, Product, served
from tests.product.given import a_client, demo_team, kill, rows

EVENTS = ("CreateIncident", "AddChecklistItem", "CheckChecklistItem", "EndIncident")


def test_a_process_killed_after_each_answer_keeps_state_and_events(tmp_path):
    with _dying(tmp_path, "--demo") as product, a_client(product, "ann") as ann:
        started = ann.post("/incidents", json={"team_id": demo_team(ann), "name": "Power cut"})
        kill(product)
    incident = started.json()
    lists = f"/incidents/{incident['id']}/checklists/{incident['checklists'][0]['id']}"

    with _dying(tmp_path) as product, a_client(product, "ann") as ann:
        assert ann.get(f"/incidents/{incident['id']}").json() == incident
        item = ann.post(f"{lists}/items", json={"title": "Light a candle"}).json()
        kill(product)
    with _dying(tmp_path) as product, a_client(product, "ann") as ann:
        assert _items(ann, incident["id"]) == [item]
        checked = ann.post(f"{lists}/items/{item['id']}/check").json()
        kill(product)
    with _dying(tmp_path) as product, a_client(product, "ann") as ann:
        assert _items(ann, incident["id"]) == [checked]
        ended = ann.post(f"/incidents/{incident['id']}/end").json()
        kill(product)
    with served(tmp_path) as product, a_client(product, "ann") as ann:
        assert ann.get(f"/incidents/{incident['id']}").json() == ended
        product.run("commandpost-telemetry", "sync", "--now")

    assert _events(tmp_path, incident["id"]) == sorted(EVENTS)


def test_a_sync_finds_what_a_killed_process_had_not_relayed(tmp_path):
    with _dying(tmp_path, "--demo") as product, a_client(product, "ann") as ann:
        started = ann.post("/incidents", json={"team_id": demo_team(ann), "name": "Power cut"})
        kill(product)

    product.run("commandpost-telemetry", "sync", "--now")

    assert _events(tmp_path, started.json()["id"]) == ["CreateIncident"]


@contextmanager
def _dying(folder: Path, *options: str) -> Iterator[Product]:
    """Serve, and do not mind that the process is gone when the block ends."""
    with suppress(ProcessLookupError), served(folder, *options, more=UNMEASURED) as product:
        yield product


def _items(client: httpx.Client, incident_id: str) -> list[dict[str, object]]:
    found = client.get(f"/incidents/{incident_id}").json()["checklists"]
    return [item for checklist in found for item in checklist["items"]]


def _events(folder: Path, incident_id: str) -> list[str]:
    """Return what the warehouse has of one incident; the catalogue's tables all hold its id."""
    found = rows(
        folder,
        "SELECT event_text FROM create_incident WHERE incident_id = $1"
        " UNION ALL SELECT event_text FROM add_checklist_item WHERE incident_id = $1"
        " UNION ALL SELECT event_text FROM check_checklist_item WHERE incident_id = $1"
        " UNION ALL SELECT event_text FROM end_incident WHERE incident_id = $1 ORDER BY 1",
        incident_id,
    )
    return [row[0] for row in found]
