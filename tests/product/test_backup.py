"""A backup beside a running product is whole: what is restored goes on where it was."""

from tests.journeys.product import Product, served
from tests.product.given import a_client, demo_team, rows


def test_what_is_restored_goes_on_where_it_was(tmp_path):
    home, other, file = tmp_path / "home", tmp_path / "other", tmp_path / "backup.zip"
    with served(home, "--demo") as product, a_client(product, "ann") as ann:
        started = ann.post("/incidents", json={"team_id": demo_team(ann), "name": "Power cut"})
        product.run("commandpost-telemetry", "sync", "--now")
        said = product.run("commandpost", "backup", str(file))
        lost = ann.post("/incidents", json={"team_id": demo_team(ann), "name": "After it"})

    restored = Product("", other).run("commandpost", "restore", str(file))
    with served(other) as product, a_client(product, "ann") as ann:
        incident = ann.get(f"/incidents/{started.json()['id']}").json()
        afterwards = ann.get(f"/incidents/{lost.json()['id']}").status_code
        ended = ann.post(f"/incidents/{incident['id']}/end")
        product.run("commandpost-telemetry", "sync", "--now")

    assert "with the warehouse. It holds secrets" in said
    assert restored.startswith("Restored ")
    assert (incident, afterwards, ended.status_code) == (started.json(), 404, 200)
    counted = "SELECT (SELECT count(*) FROM {0} WHERE incident_id = $1), count(*) FROM {0}"
    created, ended_too = (
        rows(other, counted.format(table), incident["id"])[0]
        for table in ("create_incident", "end_incident")
    )
    assert created == (1, 3)  # the demo's two came along, each once
    assert ended_too[0] == 1
