"""A test event takes the way of every event, and whoever sent it sees how far it came."""

import pytest

from commandpost.accounts.actor import CONSOLE
from commandpost.outbox.models import State
from commandpost.outbox.queries import list_recent
from commandpost.outbox.relay import Relay
from commandpost.settings import TelemetryMode
from commandpost.telemetry.actions import send_test_event
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.rules import LANES
from commandpost.telemetry.watching import watch_test
from commandpost.worker import Worker
from tests.commandpost.telemetry.given import an_installation
from tests.commandpost.telemetry.receiver import Reply, a_receiver
from tests.product.whole import SAME_ORIGIN, Whole, a_whole

PLANE = "http://127.0.0.1:9"
PAGE = "/backstage/telemetry"


@pytest.fixture
def whole(database):
    with a_whole(database) as made:
        yield made


def recorded(whole: Whole) -> list[tuple[str, str, str]]:
    with whole.database.reading() as session:
        return [(m.lane, m.label, m.state) for m in list_recent(session, lanes=LANES)]


def relayed(whole: Whole, reply: Reply) -> list[str]:
    with a_receiver() as receiver:
        receiver.otherwise = reply
        carrier = RudderCarrier(receiver.url, "key")
        Relay(whole.database, "local", carrier).drain()
        carrier.close()
        return [message["event"] for message in receiver.messages()]


def test_it_is_recorded_and_relayed_like_any_other(whole):
    sent = whole.ann.post("/telemetry/test")

    arrived = relayed(whole, Reply())

    assert [(each["event"], each["state"]) for each in sent["items"]] == [
        ("SendTestEvent", "queued")
    ]
    assert set(sent["items"][0]["message"]["properties"]) == {"ServerVersion", "PluginVersion"}
    assert arrived == ["SendTestEvent"]
    assert recorded(whole) == [("local", "SendTestEvent", State.DELIVERED)]


def test_in_the_mode_send_it_goes_to_both_receivers(database):
    with a_whole(
        database, telemetry_mode=TelemetryMode.SEND, telemetry_data_plane_url=PLANE
    ) as whole:
        sent = whole.ann.post("/telemetry/test")

        shown = whole.ann.page.get(PAGE).text

    assert [each["lane"] for each in sent["items"]] == ["local", "vendor"]
    assert len({each["id"] for each in sent["items"]}) == 1
    assert "Data plane:" in shown


def test_in_the_mode_off_it_says_so_and_records_nothing(database):
    with a_whole(database, telemetry_mode=TelemetryMode.OFF) as whole:
        by_rest = whole.ann.rest.post("/api/v1/telemetry/test")
        by_page = whole.ann.page.post(f"{PAGE}/test", headers=SAME_ORIGIN)
        shown = whole.ann.page.get(PAGE).text

        assert (by_rest.status_code, by_page.status_code) == (409, 409)
        assert "Telemetry is off, so no test event was recorded." in by_rest.json()["error"]
        assert f'action="{PAGE}/test"' not in shown
        assert recorded(whole) == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(), "kept here"),
        (Reply(400, b"no such thing"), "refused with 400: no such thing"),
        (Reply(503), "sending"),
    ],
)
def test_the_page_shows_how_far_it_came(reply, said, whole):
    before = whole.ann.page.get(f"{PAGE}/test").text
    whole.ann.submit(f"{PAGE}/test")
    queued = whole.ann.page.get(f"{PAGE}/test").text
    relayed(whole, reply)

    after = whole.ann.page.get(f"{PAGE}/test").text

    assert "says nothing but" in before
    assert "queued</span>" in queued
    assert said in after
    assert after.strip() in whole.ann.page.get(PAGE).text


def test_the_newest_one_is_shown_alone(whole):
    for _ in range(2):
        whole.ann.submit(f"{PAGE}/test")

    assert whole.ann.page.get(f"{PAGE}/test").text.count("This machine:") == 1


def test_somebody_at_a_terminal_waits_for_the_answer(database):
    an_installation(database)
    with a_receiver() as receiver:
        worker = Worker(database, {"local": RudderCarrier(receiver.url, "key")})
        with database.transaction() as session:
            send_test_event(session, CONSOLE)
        worker.start()

        (way,) = watch_test(database, seconds=10)

        worker.stop()
    assert (way.label, way.state) == ("SendTestEvent", State.DELIVERED)


def test_only_administrators_send_it(whole):
    assert whole.ben.rest.post("/api/v1/telemetry/test").status_code == 403
    assert whole.ben.page.post(f"{PAGE}/test", headers=SAME_ORIGIN).status_code == 403
    assert whole.ben.page.get(f"{PAGE}/test").status_code == 403
    assert recorded(whole) == []
