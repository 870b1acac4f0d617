"""Whatever people write, none of it is in anything that telemetry captured, kept or logged."""

import gzip
from pathlib import Path

import pytest

from commandpost.outbox.queries import list_recent
from commandpost.outbox.relay import Relay
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.rules import LANES
from commandpost_telemetry.collector.sources import Sources
from tests.commandpost.telemetry.receiver import a_receiver
from tests.product.test_triggers import start_by_command, town_square
from tests.product.whole import Person, a_whole


class Canaries:
    """Unique words, one for each text field; `found_in` says which sang."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def __call__(self, field: str) -> str:
        self._words[field] = f"canary{len(self._words):03d}{field.replace(' ', '')}"
        return self._words[field]

    def found_in(self, text: str) -> list[str]:
        return [field for field, word in self._words.items() if word.lower() in text.lower()]

    def __len__(self) -> int:
        return len(self._words)


@pytest.fixture
def whole(database):
    with a_whole(database) as made:
        yield made


def write_everywhere(person: Person, team_id: str, canary: Canaries) -> None:
    """Fill every text field of the product, through every deed that has one."""
    lists = [{"title": canary("playbook list"), "items": [{"title": canary("playbook item")}]}]
    playbook = person.post(
        "/playbooks", team_id=team_id, title=canary("playbook"), checklists=lists
    )
    person.rest.put(
        f"/api/v1/playbooks/{playbook['id']}", json=playbook | {"title": canary("new playbook")}
    )
    post = person.post(f"/channels/{town_square(person)}/posts", message=canary("original post"))
    incident = person.post(
        "/incidents",
        team_id=team_id,
        name=canary("incident"),
        playbook_id=playbook["id"],
        post_id=post["id"],
    )
    base = f"/incidents/{incident['id']}"
    extra = person.post(f"{base}/checklists", title=canary("checklist"))
    lists_of = f"{base}/checklists/{extra['id']}"
    person.rest.patch(f"/api/v1{lists_of}", json={"title": canary("renamed checklist")})
    item = person.post(f"{lists_of}/items", title=canary("item"))
    person.rest.patch(
        f"/api/v1{lists_of}/items/{item['id']}", json={"title": canary("renamed item")}
    )
    person.post(f"{lists_of}/items/{item['id']}/check")
    person.post(f"{lists_of}/items/{item['id']}/uncheck")
    person.rest.delete(f"/api/v1{lists_of}/items/{item['id']}")
    channel = incident["channel_ids"][0]
    message = person.post(f"/channels/{channel}/posts", message=canary("message"))
    person.rest.patch(f"/api/v1/posts/{message['id']}", json={"message": canary("edited message")})
    person.post(f"/channels/{channel}/commands", command=f"/incident {canary('command')}")
    person.post(f"{base}/end")
    person.rest.delete(f"/api/v1/playbooks/{playbook['id']}")


def test_no_text_that_anybody_wrote_is_captured_kept_or_logged(whole, database, tmp_path, capfd):
    canary = Canaries()
    ann = whole.ann
    ann.rest.post(
        "/api/v1/users",
        json={
            "username": canary("user")[:20],
            "display_name": canary("display name"),
            "email": f"{canary('mail')}@example.org",
            "password": f"{canary('password')} long enough",
        },
    )
    ann.rest.post("/api/v1/teams", json={"name": "canary-team", "display_name": canary("team")})
    ann.rest.post("/api/v1/users/me/tokens", json={"name": canary("token")})
    ann.rest.post(
        "/api/v1/channels", json={"team_id": whole.team_id, "display_name": canary("channel")}
    )
    write_everywhere(whole.ben, whole.team_id, canary)
    start_by_command(whole.ben)

    with a_receiver() as receiver:
        carrier = RudderCarrier(receiver.url, "key")
        assert Relay(database, "local", carrier).drain() == 0
        carrier.close()
        captured = " ".join(gzip.decompress(body).decode() for body in receiver.bodies)
    with database.reading() as session:
        outbox = " ".join(m.payload.decode() for m in list_recent(session, lanes=LANES, limit=999))
    logged = "".join(capfd.readouterr())

    assert len(canary) >= 19
    assert canary.found_in(captured) == []
    assert canary.found_in(outbox) == []
    assert canary.found_in(logged) == []
    assert captured.count('"type":"track"') == 11


def test_a_canary_that_sings_is_heard():
    canary = Canaries()
    word = canary("item")

    assert canary.found_in(f'{{"Title":"{word.upper()}"}}') == ["item"]


def test_sources_keep_no_key_in_clear(tmp_path: Path):
    sources = Sources(tmp_path / "sources.sqlite", {})
    sources.ensure("commandpost", "a very secret key")
    sources.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"a very secret key" not in kept
