"""Every trigger of the catalogue, from every door, captured at the socket of a receiver."""

import gzip
import json
import re
from collections import Counter
from typing import Any

import pytest

from commandpost.outbox.relay import Relay
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.record import product_version
from tests.commandpost.telemetry.receiver import Receiver, a_receiver
from tests.product.captured import BY_REST, Message, by_rest, names, problems
from tests.product.whole import SAME_ORIGIN, Person, Whole, a_whole


@pytest.fixture
def whole(database):
    with a_whole(database) as made:
        yield made


@pytest.fixture
def receiver():
    with a_receiver() as listening:
        yield listening


def captured(whole: Whole, receiver: Receiver) -> list[Message]:
    """Relay what was recorded and return what came in at the receiver."""
    carrier = RudderCarrier(receiver.url, "key")
    assert Relay(whole.database, "local", carrier).drain() == 0
    carrier.close()
    return receiver.messages()


def test_every_deed_by_rest_sends_exactly_what_the_catalogue_says(whole, receiver):
    by_rest(whole.ben, whole.ann, whole.team_id)

    messages = captured(whole, receiver)

    assert problems(messages) == []
    assert Counter(names(messages)) == BY_REST
    assert {m["properties"].get("UserActualID", whole.ben.id) for m in messages} == {whole.ben.id}


def test_every_deed_on_a_page_sends_exactly_what_the_catalogue_says(whole, receiver):
    by_pages(whole.ben, whole)

    messages = captured(whole, receiver)

    assert problems(messages) == []
    assert Counter(names(messages)) == BY_REST


def by_pages(person: Person, whole: Whole) -> None:
    """Do every tracked deed by the forms of the pages and by slash commands."""
    made = person.submit("/backstage/playbooks/new", title="Outage", team_id=whole.team_id)
    playbook = _find(r"/backstage/playbooks/([a-z0-9]{26})", made.headers["location"])
    if not playbook:
        listed = person.rest.get(f"/api/v1/playbooks?team_id={whole.team_id}").json()["items"]
        playbook = listed[0]["id"]
    stored = person.rest.get(f"/api/v1/playbooks/{playbook}").json()
    person.submit(f"/backstage/playbooks/{playbook}", **_editor(stored, title="Big outage"))
    person.submit(f"/backstage/playbooks/{playbook}/delete")
    incident = start_by_command(person)
    base = f"/incidents/{incident['id']}"
    checklist = incident["checklists"][0]["id"]
    for title in ("First", "Second"):
        person.submit(f"{base}/checklists/{checklist}/items", title=title)
    first, second = _items(person, incident["id"])
    person.submit(f"{base}/items/{first}", title="The very first")
    person.submit(f"{base}/items/{first}/check")
    person.submit(f"{base}/items/{first}/check")  # is checked already
    person.submit(f"{base}/items/{first}/uncheck")
    person.submit(f"{base}/items/{first}/move", position="1")
    person.submit(f"{base}/items/{second}/remove")
    person.submit(f"{base}/end")
    whole.ann.submit("/backstage/telemetry/test")


def start_by_command(person: Person, command: str = "/incident start") -> dict[str, Any]:
    """Type the command in the town square, fill in the dialog, and return the incident."""
    square = town_square(person)
    typed = person.page.post(
        f"/channels/{square}/posts", data={"text": command}, headers=SAME_ORIGIN
    )
    assert typed.status_code == 200, typed.text[:500]
    form = hidden_fields(typed.text, "/dialogs/incident.start")
    before = {each["id"] for each in _incidents(person)}
    person.submit("/dialogs/incident.start", **form | {"name": "By command"})
    (new,) = [each for each in _incidents(person) if each["id"] not in before]
    whole: dict[str, Any] = person.rest.get(f"/api/v1/incidents/{new['id']}").json()
    return whole


def town_square(person: Person) -> str:
    """Open the first page, as signing in does, and return the channel it shows."""
    opened = person.page.get("/")
    while opened.status_code in {302, 303, 307}:
        address = opened.headers["location"]
        if found := _find(r"/channels/([a-z0-9]{26})", address):
            return found
        opened = person.page.get(address)
    raise AssertionError(f"no channel was opened: {opened.status_code}")


def hidden_fields(markup: str, action: str) -> dict[str, str]:
    """Return the hidden inputs of the form with this action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', markup, re.DOTALL)
    assert form, f"no form posts to {action}"
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', form[0])
    return {
        _find(r'name="([^"]*)"', tag): _find(r'value="([^"]*)"', tag).replace("&#34;", '"')
        for tag in inputs
    }


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def _incidents(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.rest.get(
        "/api/v1/incidents", params={"team_id": _team(person)}
    ).json()["items"]
    return found


def _team(person: Person) -> str:
    return str(person.rest.get("/api/v1/teams").json()["items"][0]["id"])


def _items(person: Person, incident_id: str) -> list[str]:
    found = person.rest.get(f"/api/v1/incidents/{incident_id}").json()["checklists"]
    return [item["id"] for checklist in found for item in checklist["items"]]


def _editor(stored: dict[str, Any], *, title: str) -> dict[str, str]:
    return {"title": title, "version": str(stored.get("version", "")), "team_id": stored["team_id"]}


def test_starting_from_a_post_by_its_menu_sends_its_id(whole, receiver):
    square = town_square(whole.ben)
    post = whole.ben.post(f"/channels/{square}/posts", message="Carts are timing out")

    start_by_command(whole.ben, f"/incident start {post['id']}")

    (message,) = captured(whole, receiver)
    assert (message["event"], message["properties"]["PostID"]) == ("CreateIncident", post["id"])


def test_ending_by_command_sends_who_ended_it(whole, receiver):
    incident = whole.ann.post("/incidents", team_id=whole.team_id, name="Ann starts")

    channel = incident["channel_ids"][0]
    typed = whole.ann.page.post(
        f"/channels/{channel}/posts", data={"text": "/incident end"}, headers=SAME_ORIGIN
    )
    whole.ann.submit("/dialogs/incident.end", **hidden_fields(typed.text, "/dialogs/incident.end"))

    ended = captured(whole, receiver)[-1]
    assert (ended["event"], ended["properties"]["UserID"]) == ("EndIncident", whole.ann.id)


@pytest.mark.parametrize(
    ("planted", "problem"),
    [
        ({"event": "OpenIncident", "properties": {}}, "OpenIncident: not in the catalogue"),
        (
            {
                "event": "CheckChecklistItem",
                "properties": {
                    "IncidentID": "i" * 26,
                    "UserID": "u" * 26,
                    "UserActualID": "u" * 26,
                    "Title": "x",
                },
            },
            "CheckChecklistItem: Title is not documented",
        ),
        (
            {
                "event": "CheckChecklistItem",
                "properties": {"IncidentID": 7, "UserID": "u" * 26, "UserActualID": "u" * 26},
            },
            "CheckChecklistItem: IncidentID has a wrong type",
        ),
        (
            {
                "event": "CheckChecklistItem",
                "properties": {"IncidentID": "i" * 26, "UserActualID": "u" * 26},
            },
            "CheckChecklistItem: UserID was never seen",
        ),
        (
            {"event": "SendTestEvent", "properties": {}, "context": {"ip": "10.0.0.1"}},
            "SendTestEvent: context.ip is not documented",
        ),
        ({"event": "SendTestEvent", "properties": {}}, "SendTestEvent: userId was never seen"),
    ],
)
def test_a_planted_difference_is_found(planted, problem):
    found = problems([planted])

    assert problem in found
    assert "EndIncident: documented but never seen" in found


def test_the_request_says_no_more_than_the_page_tells(whole, receiver):
    whole.ann.post("/telemetry/test")
    captured(whole, receiver)

    (headers,) = receiver.headers
    of_the_body = {"content-type", "content-encoding", "content-length"}
    of_the_connection = {"host", "connection", "accept", "accept-encoding"}
    assert headers.keys() == of_the_body | of_the_connection | {"authorization", "user-agent"}
    assert headers["user-agent"] == f"commandpost/{product_version()}"


def test_what_was_captured_is_what_the_page_shows(whole, receiver):
    by_rest(whole.ben, whole.ann, whole.team_id)
    captured(whole, receiver)

    shown = whole.ann.rest.get("/api/v1/telemetry/batches").json()["items"]
    stored = [whole.ann.rest.get(f"/api/v1/telemetry/batches/{b['number']}") for b in shown]

    assert [each.content for each in reversed(stored)] == receiver.bodies
    assert json.loads(gzip.decompress(receiver.bodies[0]))["batch"]
