"""Two people of one team read two languages at once; what all of them read stays English."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from commandpost.accounts.actions.users import change_user
from commandpost.accounts.actor import Actor
from commandpost.kit.middleware import Languages
from commandpost.ui.faces import add_faces
from tests.commandpost.incidents.doors import Stage

HTMX = {"HX-Request": "true"}
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}


def reader(stage: Stage, actor: Actor | None, language: str) -> TestClient:
    """Somebody who chose a language; their browser asks for French."""
    if actor is not None:
        with stage.database.transaction() as session:
            change_user(session, actor, actor.id, language=language)
    client = stage.of(actor)
    client.headers["Accept-Language"] = "fr"
    return client


@pytest.fixture
def bea(stage: Stage) -> TestClient:
    """She reads German."""
    return reader(stage, stage.people.bea, "de")


@pytest.fixture
def ben(stage: Stage) -> TestClient:
    """He reads English."""
    return reader(stage, stage.people.ben, "en")


def test_a_page_comes_in_the_language_that_its_reader_chose(
    stage: Stage, bea: TestClient, ben: TestClient
) -> None:
    german, english = (
        client.get(f"/channels/{stage.incident.channel_id}") for client in (bea, ben)
    )

    assert '<html lang="de">' in german.text
    assert "Laufende Incidents" in german.text or "Incident beenden" in german.text
    assert '<html lang="en">' in english.text
    assert "End incident" in english.text
    assert "vary" not in german.headers


def test_a_live_fragment_is_remembered_for_each_language(
    stage: Stage, bea: TestClient, ben: TestClient
) -> None:
    path = f"/incidents/{stage.incident.id}/sidebar"

    seen = [client.get(path, headers=HTMX).text for client in (bea, ben, bea, ben)]

    assert ["Incident beenden" in text for text in seen] == [True, False, True, False]
    assert ["End incident" in text for text in seen] == [False, True, False, True]


def test_who_chooses_another_language_gets_no_fragment_of_the_old_one(
    stage: Stage, bea: TestClient
) -> None:
    path = f"/incidents/{stage.incident.id}/sidebar"
    before = bea.get(path, headers=HTMX).text
    bea.post("/account/profile", data={"display_name": "Bea", "language": "en"})

    assert "Incident beenden" in before
    assert "End incident" in bea.get(path, headers=HTMX).text


def test_a_refusal_is_said_in_the_reader_s_language(
    stage: Stage, bea: TestClient, ben: TestClient
) -> None:
    german, english = (client.post("/incidents/no-such/end") for client in (bea, ben))

    assert (german.status_code, english.status_code) == (404, 404)
    assert "Diesen Incident gibt es nicht." in german.text
    assert "There is no such incident." in english.text


def test_a_form_of_another_site_is_refused_in_the_language_of_the_browser(stage: Stage) -> None:
    client = reader(stage, stage.people.bea, "")
    foreign = client.post("/account/profile", headers={**GERMAN, "Origin": "http://evil.example"})

    assert foreign.status_code == 403
    assert "Das kam von einer anderen Website" in foreign.text


def test_a_slash_command_replies_and_helps_in_the_reader_s_language(
    stage: Stage, bea: TestClient, ben: TestClient
) -> None:
    path = f"/channels/{stage.incident.channel_id}/posts"

    replies = [c.post(path, data={"text": "/incident check 1"}).text for c in (bea, ben)]
    helps = [c.get("/slash/suggestions?text=/incident s").json()[0]["help"] for c in (bea, ben)]

    assert "Punkt 1 abgehakt: „a“." in replies[0]
    assert "Item 1, “a”, is checked already." in replies[1]
    assert helps == [
        "[Name]: Einen Incident starten: mit Kanal und Checklisten.",
        "[name]: Start an incident: its channel, its checklists.",
    ]


def test_programs_are_answered_in_english(stage: Stage, bea: TestClient) -> None:
    refused = bea.get("/api/v1/incidents/no-such", headers=GERMAN)
    command = bea.post(
        f"/api/v1/channels/{stage.incident.channel_id}/commands",
        json={"command": "/incident check 1"},
    )

    assert refused.json()["error"].startswith("There is no such incident.")
    assert command.json()["reply"]["markdown"] == "Checked item 1: “a”."


def test_what_the_bot_writes_and_what_is_exported_stays_english(
    stage: Stage, bea: TestClient
) -> None:
    bea.post(f"/incidents/{stage.incident.id}/end")
    channel = bea.get(f"/channels/{stage.incident.channel_id}").text
    export = bea.get(f"/backstage/incidents/{stage.incident.id}/export.md").text

    assert "Incident ended by" in channel
    assert "ended the incident" in export
    assert " min" not in export


def test_who_chose_nothing_gets_what_the_browser_asks_for(stage: Stage) -> None:
    client = reader(stage, stage.people.bea, "")
    asked = [client.get("/account", headers={"Accept-Language": tag}) for tag in ("de-CH", "fr")]

    assert ["Eigenes Konto" in answer.text for answer in asked] == [True, False]
    assert "Your account" in asked[1].text


def test_the_sign_in_page_follows_the_browser_and_says_so(stage: Stage) -> None:
    answer = reader(stage, None, "").get("/sign-in", headers=GERMAN)

    assert "Bei Commandpost anmelden" in answer.text
    assert answer.headers["vary"] == "Accept-Language"


def test_the_language_is_chosen_on_the_account_page(stage: Stage, ben: TestClient) -> None:
    form = {"display_name": "Ben", "email": ""}
    said = [
        ben.get(ben.post("/account/profile", data={**form, "language": chosen}).headers["location"])
        for chosen in ("de", "")
    ]

    assert "Die Angaben sind gespeichert." in said[0].text
    assert '<option value="de" selected>Deutsch</option>' in said[0].text
    assert "Your name and address are saved." in said[1].text
    assert '<option value="" selected>' in said[1].text


def test_a_language_that_there_is_not_is_refused(stage: Stage, bea: TestClient) -> None:
    form = bea.post("/account/profile", data={"display_name": "Bea", "language": "tlh"})
    rest = bea.patch("/api/v1/users/me", json={"language": "tlh"})

    assert form.status_code == 422
    assert "Diese Sprache gibt es hier nicht. Bitte eine wählen von: en, de." in form.text
    assert rest.status_code == 400
    assert rest.json()["error"] == "There is no such language here. Choose one of: en, de."
    assert bea.get("/api/v1/users/me").json()["language"] == "de"


def test_a_defect_is_owned_up_to_in_the_reader_s_language() -> None:
    app = FastAPI()
    app.add_middleware(Languages)
    add_faces(app)
    app.add_api_route("/broken", broken)

    answer = TestClient(app, raise_server_exceptions=False).get("/broken", headers=GERMAN)

    assert answer.status_code == 500
    assert "Auf dem Server ist etwas schiefgegangen." in answer.text
    assert '<html lang="de">' in answer.text


def broken() -> None:
    raise RuntimeError


def test_a_page_carries_what_its_scripts_say(
    stage: Stage, bea: TestClient, ben: TestClient
) -> None:
    german, english = (client.get("/account").text for client in (bea, ben))

    assert '<script type="application/json" id="words">{' in german
    assert '"Copied.": "Kopiert."' in german
    assert 'id="words"' not in english
