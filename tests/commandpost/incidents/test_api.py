"""The REST answers: shapes, statuses, sentences."""

from datetime import datetime, timedelta

import pytest

from commandpost.kit.clock import clock
from tests.commandpost.incidents.doors import Stage

API = "/api/v1/incidents"


def _items(stage: Stage) -> str:
    return f"{API}/{stage.incident.id}/checklists/{stage.checklist_id}/items"


def test_one_incident_has_the_shape_that_is_promised(stage: Stage, at_noon: datetime) -> None:
    client = stage.of(stage.people.bea)
    item = stage.item_ids["b"]
    client.post(f"{_items(stage)}/{item}/check")

    answer = client.get(f"{API}/{stage.incident.id}")

    body = answer.json()
    created = body.pop("created_at")
    assert (answer.status_code, created[-1]) == (200, "Z")
    assert body == {
        "id": stage.incident.id,
        "name": "Checkout is slow",
        "team_id": stage.people.team_id,
        "is_active": True,
        "commander_user_id": stage.people.bea.id,
        "ended_at": None,
        "channel_ids": [stage.incident.channel_id],
        "post_id": "",
        "checklists": [
            {
                "id": stage.checklist_id,
                "title": "First",
                "items": [
                    _item(stage, "a"),
                    {
                        "id": item,
                        "title": "b",
                        "checked": True,
                        "checked_at": "2026-11-24T12:00:00Z",
                        "checked_by": stage.people.bea.id,
                    },
                    _item(stage, "c"),
                ],
            }
        ],
    }


def _item(stage: Stage, title: str) -> dict[str, object]:
    return {
        "id": stage.item_ids[title],
        "title": title,
        "checked": False,
        "checked_at": None,
        "checked_by": None,
    }


def test_starting_answers_201_with_the_new_incident(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    new = {
        "team_id": stage.people.team_id,
        "name": "Mail delayed",
        "playbook_id": stage.playbook_id,
    }

    answer = client.post(API, json=new)

    assert answer.status_code == 201
    assert answer.json() == client.get(f"{API}/{answer.json()['id']}").json()
    assert [len(each["items"]) for each in answer.json()["checklists"]] == [2, 1]


def test_the_same_idempotency_key_starts_one_incident(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    new = {"team_id": stage.people.team_id, "name": "Mail delayed"}
    headers = {"Idempotency-Key": "one"}

    first, again = (client.post(API, json=new, headers=headers) for _ in range(2))

    assert (again.status_code, again.json()) == (201, first.json())
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_items_are_added_renamed_moved_checked_removed_and_restored(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    added = client.post(_items(stage), json={"title": "d"}).json()
    one = f"{_items(stage)}/{added['id']}"

    answers = [
        client.patch(one, json={"title": "D", "was": "d"}),
        client.post(f"{one}/move", json={"position": 0}),
        client.post(f"{one}/check"),
        client.post(f"{one}/check"),
        client.post(f"{one}/uncheck"),
        client.delete(one),
        client.post(f"{one}/restore"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 204, 200]
    assert (answers[0].json()["title"], answers[2].json()["checked_by"]) == (
        "D",
        stage.people.ben.id,
    )
    body = client.get(f"{API}/{stage.incident.id}").json()
    assert [item["title"] for item in body["checklists"][0]["items"]] == ["D", "a", "b", "c"]


def test_an_item_is_found_by_its_id_after_somebody_moved_it_to_another_list(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    made = client.post(f"{API}/{stage.incident.id}/checklists", json={"title": "Second"})
    assert (made.status_code, made.json()["title"], made.json()["items"]) == (201, "Second", [])
    item = stage.item_ids["a"]
    move = {"position": 0, "checklist_id": made.json()["id"]}
    client.post(f"{_items(stage)}/{item}/move", json=move)

    answer = client.post(f"{_items(stage)}/{item}/check")

    assert (answer.status_code, answer.json()["checked"]) == (200, True)


def test_details_count_members_and_messages(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    client.post(f"/api/v1/channels/{stage.incident.channel_id}/posts", json={"message": "hello"})

    body = client.get(f"{API}/{stage.incident.id}/details").json()

    assert {name: body[name] for name in ("num_members", "channel_display_name", "team_name")} == {
        "num_members": 2,
        "channel_display_name": "Checkout is slow",
        "team_name": "demo",
    }
    assert (body["channel_name"], body["id"]) == ("checkout-is-slow", stage.incident.id)


def test_ending_twice_is_a_conflict_and_edits_are_refused_with_a_sentence(stage: Stage) -> None:
    client = stage.of(stage.people.ben)

    ended = client.post(f"{API}/{stage.incident.id}/end")
    again = client.post(f"{API}/{stage.incident.id}/end")
    edit = client.post(_items(stage), json={"title": "late"})
    restarted = client.post(f"{API}/{stage.incident.id}/restart")

    assert (ended.json()["is_active"], restarted.json()["is_active"]) == (False, True)
    assert [again.status_code, edit.status_code] == [409, 409]
    assert "restart it" in edit.json()["error"]


def test_commanders_are_listed_by_name(stage: Stage) -> None:
    client = stage.of(stage.people.bea)
    client.post(f"{API}/{stage.incident.id}/commander", json={"user_id": stage.people.ben.id})

    answer = client.get(f"{API}/commanders", params={"team_id": stage.people.team_id})

    assert answer.json() == {
        "items": [{"user_id": stage.people.ben.id, "username": "ben"}],
        "total_count": 1,
        "page_count": 1,
        "has_more": False,
    }


def test_a_list_carries_whole_incidents_and_its_size(stage: Stage) -> None:
    client = stage.of(stage.people.dan)
    query = {"team_id": stage.people.team_id, "status": "active", "per_page": "1"}

    answer = client.get(API, params=query).json()

    assert answer == {
        "items": [client.get(f"{API}/{stage.incident.id}").json()],
        "total_count": 1,
        "page_count": 1,
        "has_more": False,
    }


@pytest.mark.parametrize(
    "query",
    [
        {"status": "all"},
        {"sort": "title"},
        {"sort": "is_active"},
        {"order": "up"},
        {"page": "-1"},
        {"page": "x"},
        {"per_page": "0"},
        {"per_page": "201"},
        {"colour": "red"},
    ],
)
def test_a_query_that_is_not_known_is_refused(stage: Stage, query: dict[str, str]) -> None:
    answer = stage.of(stage.people.ben).get(API, params={"team_id": stage.people.team_id} | query)

    assert answer.status_code == 422
    assert answer.json()["error"].startswith("What was sent can't be used.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 400),
        ({"name": "x" * 65}, 400),
        ({"name": "!!!"}, 400),
        ({"name": "x" * 5000}, 422),
        ({}, 422),
        ({"name": "Fine", "colour": "red"}, 422),
        ({"name": "Fine", "playbook_id": "nothing"}, 404),
        ({"name": "Fine", "post_id": "nothing"}, 404),
        ({"name": "Fine", "team_id": "nothing"}, 404),
        ({"name": "Fine\u202e <b>%s</b> `x`"}, 201),
    ],
)
def test_bad_starts_are_refused_with_a_sentence(
    stage: Stage, body: dict[str, str], status: int
) -> None:
    client = stage.of(stage.people.ben)

    answer = client.post(API, json={"team_id": stage.people.team_id} | body)

    assert answer.status_code == status
    if status == 201:
        assert answer.json()["name"] == "Fine <b>%s</b> `x`"
    else:
        assert answer.json()["error"].endswith(".")
        total = client.get(API, params={"team_id": stage.people.team_id}).json()["total_count"]
        assert total == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("{item}/move", {"position": -1}, 422),
        ("{item}/move", {"position": 3}, 400),
        ("{item}/move", {"position": 0, "checklist_id": "nothing"}, 404),
        ("nothing/move", {"position": 0}, 404),
        ("nothing/check", None, 404),
    ],
)
def test_bad_places_are_refused(
    stage: Stage, path: str, body: dict[str, object] | None, status: int
) -> None:
    where = path.format(item=stage.item_ids["a"])

    answer = stage.of(stage.people.ben).post(f"{_items(stage)}/{where}", json=body)

    assert answer.status_code == status


def test_an_unknown_checklist_in_the_address_is_not_found(stage: Stage) -> None:
    where = f"{API}/{stage.incident.id}/checklists/nothing/items/{stage.item_ids['a']}/check"

    assert stage.of(stage.people.ben).post(where).status_code == 404


def test_a_stale_rename_is_a_conflict_with_both_titles(stage: Stage) -> None:
    one = f"{_items(stage)}/{stage.item_ids['a']}"
    stage.of(stage.people.bea).patch(one, json={"title": "Bea's"})

    answer = stage.of(stage.people.ben).patch(one, json={"title": "Ben's", "was": "a"})

    assert answer.status_code == 409
    assert answer.json()["details"] == {"yours": "Ben's", "stored": "Bea's"}


def test_a_checklist_renamed_meanwhile_is_a_conflict_too(stage: Stage) -> None:
    one = f"{API}/{stage.incident.id}/checklists/{stage.checklist_id}"
    stage.of(stage.people.bea).patch(one, json={"title": "Bea's"})
    ben = stage.of(stage.people.ben)

    stale = ben.patch(one, json={"title": "Ben's", "was": "First"})
    fresh = ben.patch(one, json={"title": "Ben's", "was": "Bea's"})

    assert (stale.status_code, fresh.status_code) == (409, 200)
    assert stale.json()["details"] == {"yours": "Ben's", "stored": "Bea's"}


def test_a_commander_changed_meanwhile_is_a_conflict(stage: Stage) -> None:
    bea, ben = stage.people.bea, stage.people.ben
    path = f"{API}/{stage.incident.id}/commander"
    stage.of(bea).post(path, json={"user_id": ben.id, "was": bea.id})

    stale = stage.of(bea).post(path, json={"user_id": bea.id, "was": bea.id})

    assert stale.status_code == 409
    assert stale.json()["details"] == {"yours": bea.id, "stored": ben.id}


def test_everything_removed_is_listed_and_can_come_back(stage: Stage, at_noon: datetime) -> None:
    ben = stage.of(stage.people.ben)
    one = f"{API}/{stage.incident.id}"
    made = ben.post(f"{one}/checklists", json={"title": "Second"}).json()["id"]
    ben.delete(f"{_items(stage)}/{stage.item_ids['a']}")
    clock.set(at_noon + timedelta(hours=1))
    ben.delete(f"{one}/checklists/{made}")

    removed = ben.get(f"{one}/removed").json()
    ben.post(f"{_items(stage)}/{stage.item_ids['a']}/restore")
    ben.post(f"{one}/checklists/{made}/restore")

    assert [(i["title"], i["is_checklist"], i["removed_at"]) for i in removed["items"]] == [
        ("Second", True, "2026-11-24T13:00:00Z"),
        ("a", False, "2026-11-24T12:00:00Z"),
    ]
    assert removed["total_count"] == 2
    assert ben.get(f"{one}/removed").json()["items"] == []
