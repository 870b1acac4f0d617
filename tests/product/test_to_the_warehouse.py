"""One incident by REST, and its four events in the warehouse with every documented column."""

from datetime import datetime
from importlib.metadata import version

from tests.journeys.product import served
from tests.product.given import a_client, demo_team, rows


def test_an_incident_by_rest_ends_as_four_rows(tmp_path):
    with served(tmp_path, "--demo") as product, a_client(product, "ann") as ann:
        me = ann.get("/users/me").json()["id"]
        team = demo_team(ann)
        started = ann.post("/incidents", json={"team_id": team, "name": "Disk is full"})
        incident = started.json()
        lists = f"/incidents/{incident['id']}/checklists/{incident['checklists'][0]['id']}"
        added = ann.post(f"{lists}/items", json={"title": "Find the largest table"})
        checked = ann.post(f"{lists}/items/{added.json()['id']}/check")
        ended = ann.post(f"/incidents/{incident['id']}/end")
        synced = product.run("commandpost-telemetry", "sync", "--now")

    statuses = [r.status_code for r in (started, added, checked, ended)]
    assert statuses == [201, 201, 200, 200]
    assert synced.startswith("Loaded ")
    seen = rows(
        tmp_path,
        "SELECT event_text, server_version, plugin_version, type, event_integrations,"
        " event_time_stamp = event_original_timestamp, created_at >= event_time_stamp"
        " FROM telemetry_events WHERE id IN (SELECT id FROM tracks) AND id IN ("
        " SELECT id FROM create_incident WHERE incident_id = $1"
        " UNION ALL SELECT id FROM add_checklist_item WHERE incident_id = $1"
        " UNION ALL SELECT id FROM check_checklist_item WHERE incident_id = $1"
        " UNION ALL SELECT id FROM end_incident WHERE incident_id = $1)"
        " ORDER BY event_time_stamp, event_text",
        incident["id"],
    )
    product_version = version("commandpost")
    assert seen == [
        (name, product_version, product_version, "track", None, True, True)
        for name in ("CreateIncident", "AddChecklistItem", "CheckChecklistItem", "EndIncident")
    ]
    assert rows(
        tmp_path,
        "SELECT is_active, commander_user_id, team_id, channel_i_ds, post_id, num_checklists,"
        " total_checklist_items, created_at FROM create_incident WHERE incident_id = $1",
        incident["id"],
    ) == [
        (
            True,
            me,
            team,
            f'["{incident["channel_ids"][0]}"]',
            None,  # Rudder's rules skip an empty text
            1,
            0,
            _millis(incident["created_at"]),
        )
    ]
    assert rows(
        tmp_path,
        "SELECT is_active, user_actual_id, total_checklist_items FROM end_incident"
        " WHERE incident_id = $1",
        incident["id"],
    ) == [(False, me, 1)]
    assert rows(
        tmp_path,
        "SELECT user_actual_id FROM check_checklist_item WHERE incident_id = $1",
        incident["id"],
    ) == [(me,)]


def _millis(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
