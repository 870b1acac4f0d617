"""The telemetry page and its REST routes: read by everybody, changed by administrators."""

import gzip
import hashlib
import json
import re
from html import unescape

import pytest

from commandpost.outbox.relay import Relay
from commandpost.settings import TelemetryMode
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.queries import get_installation
from commandpost.telemetry.web.pages import SHOWN, SHOWN_BATCHES
from tests.commandpost.telemetry.given import recorded_events
from tests.commandpost.telemetry.receiver import a_receiver
from tests.product.whole import SAME_ORIGIN, Whole, a_whole

PLANE = "http://127.0.0.1:9"
PAGE = "/backstage/telemetry"


@pytest.fixture
def whole(database):
    with a_whole(database, telemetry_data_plane_url=PLANE) as made:
        yield made


def relayed(whole: Whole) -> list[bytes]:
    with a_receiver() as receiver:
        carrier = RudderCarrier(receiver.url, "key")
        Relay(whole.database, "local", carrier).drain()
        carrier.close()
        return receiver.bodies


def linked(page: str, label: str) -> str:
    """Return where a link of this label leads, nowhere when there is none."""
    links = re.findall(rf'<a class="button"\s+href="([^"]*)"[^>]*><span>{label}</span>', page)
    return unescape(links[0]) if links else ""


def mode(whole: Whole) -> TelemetryMode:
    with whole.database.reading() as session:
        return get_installation(session).mode()


def test_the_status_says_the_mode_in_a_sentence_and_counts(whole):
    recorded_events(whole.database, 2)
    relayed(whole)
    recorded_events(whole.database)

    status = whole.ben.rest.get("/api/v1/telemetry").json()

    local, vendor = status["lanes"]
    assert status["mode"] == "local"
    assert status["sentence"].startswith("Nothing has left this server.")
    assert (local["delivered"], local["queued"], local["parked"]) == (2, 1, 0)
    assert (vendor["delivered"], vendor["queued"]) == (0, 0)
    assert status["data_plane_url"] == PLANE


def test_the_catalogue_lists_every_event_with_its_fields(whole):
    found = whole.ben.rest.get("/api/v1/telemetry/catalogue").json()

    by_name = {event["name"]: event for event in found["items"]}
    assert found["total_count"] == len(by_name) >= 11
    fields = [name for f in by_name["CheckChecklistItem"]["fields"] for name in f["names"]]
    assert fields == ["IncidentID", "UserID", "UserActualID"]
    wanted = {"purpose", "readers", "retention", "triggers", "owner"}
    assert all(event[word] for event in found["items"] for word in wanted)


def test_events_are_listed_newest_first_exactly_as_recorded(whole):
    recorded_events(whole.database, 3)

    found = whole.ann.rest.get("/api/v1/telemetry/events", params={"limit": 2}).json()

    assert [event["state"] for event in found["items"]] == ["queued", "queued"]
    assert found["items"][0]["message"]["messageId"] == found["items"][0]["id"]


def test_a_batch_is_given_byte_for_byte(whole):
    recorded_events(whole.database, 2)
    (sent,) = relayed(whole)

    (listed,) = whole.ann.rest.get("/api/v1/telemetry/batches").json()["items"]
    body = whole.ann.rest.get(f"/api/v1/telemetry/batches/{listed['number']}").content

    assert body == sent
    assert listed["sha256"] == hashlib.sha256(sent).hexdigest()
    assert (listed["count"], listed["status"], listed["state"]) == (2, 200, "delivered")
    assert whole.ann.page.get(f"{PAGE}/batches/{listed['number']}.json.gz").content == sent


def test_a_batch_that_is_not_kept_is_404(whole):
    assert whole.ann.rest.get("/api/v1/telemetry/batches/99").status_code == 404
    assert whole.ann.page.get(f"{PAGE}/batches/99.json.gz").status_code == 404


def test_an_administrator_looks_and_then_lets_it_be_sent(whole):
    recorded_events(whole.database, 2)

    too_early = whole.ann.rest.put("/api/v1/telemetry/mode", json={"mode": "send"})
    seen = whole.ann.rest.get("/api/v1/telemetry/preview").json()
    then = whole.ann.rest.put("/api/v1/telemetry/mode", json={"mode": "send"})

    assert too_early.status_code == 409
    assert "has seen it" in too_early.json()["error"]
    assert seen["address"] == f"{PLANE}/v1/batch"
    assert seen["sha256"] == hashlib.sha256(seen["body"].encode()).hexdigest()
    assert [m["event"] for m in json.loads(seen["body"])["batch"]] == ["CheckChecklistItem"] * 2
    assert (then.status_code, then.json()["mode"]) == (200, "send")
    assert mode(whole) is TelemetryMode.SEND


def test_a_member_who_looks_opens_no_gate(whole):
    previewed = whole.ben.rest.get("/api/v1/telemetry/preview")
    whole.ben.page.get(PAGE)

    refused = whole.ann.rest.put("/api/v1/telemetry/mode", json={"mode": "send"})

    assert (previewed.status_code, refused.status_code) == (403, 409)


def test_a_member_sees_the_events_of_the_own_deeds_and_a_stranger_none_of_them(whole):
    whole.ben.post("/incidents", team_id=whole.team_id, name="Ben's")
    whole.ann.post("/incidents", team_id=whole.team_id, name="Ann's")

    def seen(person):
        return [e["event"] for e in person.rest.get("/api/v1/telemetry/events").json()["items"]]

    exported = whole.cid.page.get(f"{PAGE}/events.jsonl").text
    assert (len(seen(whole.ann)), len(seen(whole.ben)), seen(whole.cid)) == (2, 1, [])
    assert exported == ""
    assert whole.cid.rest.get("/api/v1/telemetry/batches").status_code == 403


@pytest.mark.parametrize("pseudonyms", [False, True])
def test_the_own_deeds_are_found_behind_those_of_others_and_under_pseudonyms(database, pseudonyms):
    with a_whole(database, telemetry_pseudonyms=pseudonyms) as whole:
        whole.ben.post("/incidents", team_id=whole.team_id, name="Ben's")
        recorded_events(database, SHOWN + 1, at_once=True)

        shown = whole.ben.page.get(f"{PAGE}/events").text
        listed = whole.ben.rest.get("/api/v1/telemetry/events").json()["items"]

        assert "No event matches" not in shown
        assert [each["event"] for each in listed] == ["CreateIncident"]


def test_everybody_reads_where_events_are_sent_and_under_which_policy(database):
    settings = {"telemetry_mode": TelemetryMode.SEND, "telemetry_data_plane_url": PLANE}
    with a_whole(database, **settings, telemetry_policy="beta") as whole:
        shown = whole.ben.page.get(PAGE).text

    assert f"Events are sent to {PLANE}." in shown
    assert "the telemetry switch of the chat server is not honoured" in shown


@pytest.mark.parametrize("wanted", ["off", "send"])
def test_a_member_changes_no_mode(whole, wanted):
    by_rest = whole.ben.rest.put("/api/v1/telemetry/mode", json={"mode": wanted})
    by_page = whole.ben.page.post(f"{PAGE}/mode", data={"mode": wanted}, headers=SAME_ORIGIN)

    assert (by_rest.status_code, by_page.status_code) == (403, 403)
    assert mode(whole) is TelemetryMode.LOCAL


def test_the_pages_show_everything_below_the_mode_and_switch_it(whole):
    recorded_events(whole.database)
    relayed(whole)

    shown = {
        part: whole.ann.page.get(f"{PAGE}{part}").text
        for part in ("", "/events", "/batches", "/catalogue")
    }
    whole.ann.submit(f"{PAGE}/mode", mode="off")

    for part, text in shown.items():
        assert "Nothing has left this server." in text
        assert f'href="{PAGE}{part}" aria-current="page"' in text
    assert "What would be sent first" in shown[""]
    assert "CheckChecklistItem" in shown["/events"]
    assert "Batch 1 to this machine: 1 event" in shown["/batches"]
    assert "Whether checklists are worked through, and how fast." in shown["/catalogue"]
    assert mode(whole) is TelemetryMode.OFF
    assert "Telemetry is off." in whole.ann.page.get(PAGE).text


@pytest.mark.parametrize("address", [PLANE, ""])
def test_send_is_offered_where_something_can_be_sent(database, address):
    with a_whole(database, telemetry_data_plane_url=address) as made:
        shown = made.ann.page.get(PAGE).text

    assert 'name="mode" value="off"' in shown
    assert ('name="mode" value="send"' in shown) is bool(address)


def test_the_page_is_read_only_for_a_member(whole):
    shown = whole.ben.page.get(PAGE).text

    assert "Nothing has left this server." in shown
    assert f'action="{PAGE}/mode"' not in shown
    assert f'href="{PAGE}/batches"' not in shown
    assert whole.ben.page.get(f"{PAGE}/batches").status_code == 403


def test_administrators_alone_hear_that_something_was_recorded(whole):
    shown = [who.page.get(f"{PAGE}/events").text for who in (whole.ann, whole.ben)]

    heard = [re.findall(r'id="event_list" data-topics="([^"]*)"', page) for page in shown]
    assert heard == [["telemetry,outbox,outbox-settled"], [""]]


def test_older_events_are_a_page_away_under_the_same_filters(whole):
    recorded_events(whole.database, SHOWN + 2, at_once=True)
    asked = {"event": "CheckChecklistItem", "state": "queued"}

    newest = whole.ann.page.get(f"{PAGE}/events", params=asked).text
    older = whole.ann.page.get(linked(newest, "Older")).text
    again = whole.ann.page.get(linked(older, "Newest")).text

    assert [page.count("<tr id=") for page in (newest, older)] == [SHOWN, 2]
    assert (linked(older, "Older"), linked(newest, "Newest")) == ("", "")
    assert again == newest
    assert "event=CheckChecklistItem&state=queued" in linked(newest, "Older")


def test_older_batches_are_a_page_away(whole):
    for _number in range(SHOWN_BATCHES + 1):
        recorded_events(whole.database)
        relayed(whole)

    newest = whole.ann.page.get(f"{PAGE}/batches").text
    older = whole.ann.page.get(linked(newest, "Older")).text

    assert [page.count("download it") for page in (newest, older)] == [SHOWN_BATCHES, 1]
    assert linked(older, "Newest") == f"{PAGE}/batches"


def test_an_unknown_mode_changes_nothing(whole):
    response = whole.ann.page.post(f"{PAGE}/mode", data={"mode": "loud"}, headers=SAME_ORIGIN)

    assert response.status_code == 422
    assert mode(whole) is TelemetryMode.LOCAL


def test_events_can_be_filtered_and_exported(whole):
    recorded_events(whole.database, 2)

    none = whole.ann.page.get(
        f"{PAGE}/events", params={"event": "EndIncident", "state": "queued"}
    ).text
    lines = whole.ann.page.get(f"{PAGE}/events.jsonl").text.splitlines()

    assert "No event matches." in none
    assert [json.loads(line)["event"] for line in lines] == ["CheckChecklistItem"] * 2


def test_the_diagnostic_id_is_reset_by_an_administrator(whole):
    before = whole.ann.rest.get("/api/v1/telemetry").json()["diagnostic_id"]

    refused = whole.ben.page.post(f"{PAGE}/diagnostic-id", headers=SAME_ORIGIN)
    whole.ann.submit(f"{PAGE}/diagnostic-id")

    assert refused.status_code == 403
    assert whole.ann.rest.get("/api/v1/telemetry").json()["diagnostic_id"] != before


def test_the_public_page_needs_no_sign_in(whole):
    whole.cid.page.cookies.clear()

    response = whole.cid.page.get("/telemetry")

    assert response.status_code == 200
    assert "Why do we track?" in response.text
    assert '<a href="/">' in response.text


@pytest.mark.parametrize("path", ["", "/events.jsonl", "/batches/1.json.gz"])
def test_somebody_signed_out_is_sent_to_sign_in(whole, path):
    whole.cid.page.cookies.clear()

    response = whole.cid.page.get(PAGE + path)

    assert response.status_code == 303
    assert response.headers["location"].startswith("/sign-in")


def test_a_held_receiver_is_shown_to_the_administrator(whole):
    recorded_events(whole.database)
    with a_receiver() as receiver:
        receiver.otherwise.status = 401
        receiver.otherwise.body = b"invalid write key\n"
        carrier = RudderCarrier(receiver.url, "wrong")
        Relay(whole.database, "local", carrier).drain()
        carrier.close()

    shown = whole.ann.page.get(PAGE).text

    assert "last answered: invalid write key" in shown


def test_a_receiver_that_answered_well_is_no_complaint(whole):
    recorded_events(whole.database)
    relayed(whole)
    recorded_events(whole.database)

    assert "last answered" not in whole.ann.page.get(PAGE).text


def test_the_stored_body_is_gzip_of_what_is_shown(whole):
    recorded_events(whole.database)
    (sent,) = relayed(whole)

    shown = whole.ann.page.get(f"{PAGE}/batches").text

    assert gzip.decompress(sent).decode().replace('"', "&#34;") in shown
