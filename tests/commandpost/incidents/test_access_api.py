"""Coming in by REST: asked for, seen by those inside, granted."""

from tests.commandpost.incidents.doors import Stage


def test_a_team_mate_asks_and_is_let_in(stage: Stage) -> None:
    path = f"/api/v1/incidents/{stage.incident.id}"
    dan, ben = stage.of(stage.people.dan), stage.of(stage.people.ben)

    asked = dan.post(f"{path}/access")
    waiting = ben.get(f"{path}/access").json()
    let_in = ben.post(f"{path}/members", json={"user_id": stage.people.dan.id})

    assert (asked.status_code, let_in.status_code) == (204, 204)
    assert waiting == {
        "items": [{"user_id": stage.people.dan.id, "username": "dan"}],
        "total_count": 1,
        "page_count": 1,
        "has_more": False,
    }
    assert ben.get(f"{path}/access").json()["items"] == []
    assert dan.get(f"{path}/details").json()["num_members"] == 3
