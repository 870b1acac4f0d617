"""Playbooks behind their doors: REST, the list, the editor without scripts, files."""

import re
from urllib.parse import urlencode

from fastapi.testclient import TestClient

from tests.commandpost.accounts.given import an_actor
from tests.commandpost.incidents.doors import Stage

API = "/api/v1/playbooks"
PAGE = "/backstage/playbooks"
HTMX = {"HX-Request": "true"}


def _form(text: str) -> list[tuple[str, str]]:
    """The fields of the editor as a browser would send them, in the order of the page."""
    form = text[text.index('id="playbook_editor"') :]
    found = re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form)
    return [(name, value) for name, value in found if name != "do"]


def _post(client: TestClient, path: str, fields: list[tuple[str, str]]) -> tuple[int, str, str]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post(path, content=urlencode(fields), headers=kind)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_put_takes_what_get_gave_and_a_stale_one_is_a_conflict(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    one = f"{API}/{stage.playbook_id}"
    given = client.get(one).json()

    same = client.put(one, json=given)
    renamed = client.put(one, json=given | {"title": "New"})
    stale = client.put(one, json=given | {"title": "Newer"})

    assert same.json() == given
    assert renamed.json() == given | {"title": "New", "version": 2}
    assert stale.status_code == 409
    assert [stale.json()["details"][side]["title"] for side in ("yours", "stored")] == [
        "Newer",
        "New",
    ]


def test_a_playbook_has_the_shape_that_is_promised(stage: Stage) -> None:
    body = stage.of(stage.people.ben).get(f"{API}/{stage.playbook_id}").json()

    first = body["checklists"][0]
    assert set(body) == {"id", "title", "team_id", "version", "checklists"}
    assert set(first) == {"id", "title", "items"}
    assert first["items"][0] | {"id": ""} == {
        "id": "",
        "title": "Page the on-call",
        "checked": False,
        "checked_at": None,
        "checked_by": None,
    }


def test_ids_and_teams_in_the_body_cannot_move_a_playbook(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    one = f"{API}/{stage.playbook_id}"
    given = client.get(one).json()

    assert [
        client.put(one, json=given | {"id": "other"}).status_code,
        client.put(one, json=given | {"team_id": stage.people.other_team_id}).status_code,
        client.put(one, json=given | {"title": " "}).status_code,
        client.put(one, json={"title": "x"}).status_code,
    ] == [400, 403, 400, 422]


def test_lists_are_paged_in_the_order_of_creation(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    team = {"team_id": stage.people.team_id}
    for title in ("B", "A"):
        client.post(API, json=team | {"title": title})

    whole = client.get(API, params=team).json()
    second = client.get(API, params=team | {"per_page": "1", "page": "3"}).json()

    titles = [each["title"] for each in whole["items"]]
    assert titles == ["Service outage", "Service outage", "B", "A"]
    assert (whole["total_count"], second["items"][0]["title"], second["has_more"]) == (
        4,
        "A",
        False,
    )


def test_deleting_leaves_incidents_as_they_are(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    before = client.get(f"/api/v1/incidents/{stage.incident.id}").json()
    listed = client.get(API, params={"team_id": stage.people.team_id}).json()["items"]

    for playbook in listed:
        client.delete(f"{API}/{playbook['id']}")

    assert client.get(f"/api/v1/incidents/{stage.incident.id}").json() == before
    assert client.get(f"{API}/{stage.playbook_id}").status_code == 404


def test_a_playbook_is_copied_exported_and_imported_by_rest(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)
    path = f"{API}/{stage.playbook_id}"

    copied = ben.post(f"{path}/duplicate")
    file = ben.get(f"{path}/export")
    imported = ben.post(
        f"{API}/import", json={"team_id": stage.people.team_id, "file": file.text}
    ).json()

    assert (copied.status_code, copied.json()["title"]) == (201, "Service outage (copy)")
    assert file.headers["content-type"] == "application/yaml; charset=utf-8"
    assert ben.get(f"{API}/{imported['id']}/export").text == file.text
    assert imported["id"] not in {stage.playbook_id, copied.json()["id"]}


def test_a_file_is_read_while_somebody_else_writes(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)
    new = {"team_id": stage.people.team_id, "file": "format: commandpost playbook 1\ntitle: [x"}

    with stage.database.transaction() as session:
        session.connection()  # from here on nobody else may write to SQLite
        refused = ben.post(f"{API}/import", json=new)

    assert (refused.status_code, "in line 2" in refused.json()["error"]) == (400, True)


def test_a_deletion_is_taken_back_by_rest(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)
    path = f"{API}/{stage.playbook_id}"
    before = ben.get(path).json()
    ben.delete(path)

    back = ben.post(f"{path}/restore")
    again = ben.post(f"{path}/restore")

    assert (back.status_code, back.json(), again.status_code) == (200, before, 404)


def test_a_playbook_is_written_in_the_editor_without_scripts(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"{PAGE}/new?team_id={stage.people.team_id}"
    fields = _form(client.get(path).text)
    _, _, text = _post(client, path, [*fields, ("do", "add-checklist")])
    fields = _form(text)
    titles = iter(["First", "Second"])
    filled = [
        (name, {"title": "Outage", "item_title": "Look"}.get(name, value))
        if name != "checklist_title"
        else (name, next(titles))
        for name, value in fields
    ]

    status, location, _ = _post(client, path, filled)

    assert (status, location) == (303, f"{PAGE}?team_id={stage.people.team_id}")
    made = client.get(API, params={"team_id": stage.people.team_id}).json()["items"][-1]
    assert {each["title"]: [i["title"] for i in each["items"]] for each in made["checklists"]} == {
        "First": ["Look"],
        "Second": [],
    }


def test_a_refused_playbook_keeps_what_was_typed(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"{PAGE}/{stage.playbook_id}"
    fields = [
        (name, " " if name == "title" else value) for name, value in _form(client.get(path).text)
    ]

    status, _, text = _post(client, path, fields)

    assert (status, "needs a title that can be read" in text) == (422, True)
    assert "Write the customer note" in text


def test_a_stale_playbook_is_shown_again_beside_what_was_saved_meanwhile(stage: Stage) -> None:
    ben, bea = stage.of(stage.people.ben), stage.of(stage.people.bea)
    path = f"{PAGE}/{stage.playbook_id}"
    fields = _form(ben.get(path).text)
    theirs = [(name, "Theirs" if name == "title" else value) for name, value in fields]
    mine = [(name, "Mine" if name == "title" else value) for name, value in fields]

    saved, _, _ = _post(bea, path, theirs)
    status, _, text = _post(ben, path, mine)

    again, _, _ = _post(ben, path, _form(text))

    assert (saved, status, "after you opened it" in text) == (303, 409, True)
    assert 'value="Mine"' in text
    assert ">Theirs<" in text
    assert again == 303  # who has seen both may replace theirs
    assert 'value="Mine"' in ben.get(path).text


def test_the_editor_is_a_fragment_for_htmx(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"{PAGE}/{stage.playbook_id}"

    fragment = client.get(path, headers=HTMX).text

    assert ("<html" in fragment, fragment.strip() in client.get(path).text) == (False, True)


def test_the_list_offers_to_take_a_deletion_back(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"{PAGE}/{stage.playbook_id}"
    row = f'id="playbook_{stage.playbook_id}"'

    asked = client.get(f"{path}/delete", headers=HTMX).text
    client.post(f"{path}/delete")
    without = client.get(PAGE, headers=HTMX).text
    client.post(f"{path}/restore", data={"team_id": stage.people.team_id})
    back = client.get(PAGE).text

    assert 'id="delete_dialog"' in asked
    assert (row in without, f"{path}/restore" in without) == (False, True)
    assert (row in back, f"{path}/restore" in back) == (True, False)


def test_a_copy_opens_in_the_editor(stage: Stage) -> None:
    client = stage.of(stage.people.ben)

    answer = client.post(f"{PAGE}/{stage.playbook_id}/duplicate")

    copy = client.get(answer.headers["location"])
    assert 'value="Service outage (copy)"' in copy.text


def test_a_file_goes_out_and_comes_in_byte_for_byte(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    team = {"team_id": stage.people.team_id}
    out = client.get(f"{PAGE}/{stage.playbook_id}/export")

    answer = client.post(f"{PAGE}/import", params=team, files={"file": ("x.yaml", out.content)})

    made = client.get(API, params=team).json()["items"][-1]["id"]
    assert (answer.status_code, made != stage.playbook_id) == (303, True)
    assert client.get(f"{PAGE}/{made}/export").content == out.content


def test_a_file_that_is_none_is_refused_on_the_form(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    team = {"team_id": stage.people.team_id}

    answer = client.post(f"{PAGE}/import", params=team, files={"file": ("x.yaml", b"a: [")})

    assert (answer.status_code, "no YAML in UTF-8" in answer.text) == (422, True)


def test_an_empty_team_is_told_what_to_do(stage: Stage) -> None:
    cid = stage.of(stage.people.cid)

    assert "There are no playbooks yet" in cid.get(PAGE).text
    assert "no incidents of" in cid.get("/backstage/incidents").text


def test_an_administrator_of_no_team_looks_at_any_and_others_are_told_to_ask(stage: Stage) -> None:
    with stage.database.transaction() as session:
        eve = an_actor(session, "eve")
    ann, nobody = stage.of(stage.people.ann), stage.of(eve)

    assert ann.get(PAGE).status_code == 200
    assert f'value="{stage.people.other_team_id}"' in ann.get("/backstage/incidents").text
    assert "Ask an administrator" in nobody.get(PAGE).text
