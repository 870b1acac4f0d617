"""A walk past every page, refusal and reply of the product, in the language of one browser."""

import re
from collections.abc import Iterator

import httpx2
from fastapi.testclient import TestClient

from commandpost.accounts.actions.first_run import offer_setup
from commandpost.accounts.actor import Actor
from commandpost.kit.db import Database
from tests.commandpost.accounts.provider import Provider, known_to_us, running
from tests.commandpost.incidents.doors import Stage, an_app, set_up

HTMX = {"HX-Request": "true"}


def walk(database: Database, language: str) -> dict[str, httpx2.Response]:
    """Return what everybody is answered, by who did what, from the first run on."""
    with TestClient(an_app(database), headers={"Accept-Language": language}) as first:
        with database.transaction() as session:
            token = offer_setup(session)
        answers = dict(_got("first", first, f"/setup?token={token}", "/sign-in"))
    stage = set_up(database)
    answers |= dict(_walk(stage, language))
    stage.app.state.marks.write()  # not in a moment, when the database is gone
    return answers


def _walk(stage: Stage, language: str) -> Iterator[tuple[str, httpx2.Response]]:
    nobody, ann, bea, dan = (
        _reader(stage, language, actor)
        for actor in (None, stage.people.ann, stage.people.bea, stage.people.dan)
    )
    yield from _got("nobody", nobody, *_OUTSIDE)
    yield from _got("ann", ann, *_backstage(stage))
    yield from _got("bea", bea, *_workspace(stage))
    yield from _posted("bea", bea, *_said(stage), *_done(stage))
    yield from _got("bea, later", bea, *_seen_later(stage), *_own_post(bea, stage))
    yield from _got("dan", dan, *_seen_outside(stage))
    yield from _posted("dan", dan, (f"/incidents/{stage.incident.id}/access", {}))
    yield from _posted("dan", dan, (f"/incidents/{stage.incident.id}/end", {}))
    yield from _got("bea, asked", bea, f"/incidents/{stage.incident.id}/sidebar")
    yield from _posted("ann", ann, *_administered(stage))
    yield from _posted("bea", bea, *_ended(stage))
    yield from _got("bea, over", bea, f"/incidents/{stage.incident.id}/end")
    yield from _got("nobody", nobody, _password_link(ann, stage))
    with running(Provider()) as provider:
        stage.app.state.openid = known_to_us(provider)
        yield from _posted("bea", bea, ("/account/identities/connect", {}))


def _own_post(bea: TestClient, stage: Stage) -> list[str]:
    channel = f"/channels/{stage.incident.channel_id}"
    written = bea.post(f"{channel}/posts", data={"text": "1"})
    post_id = written.headers["location"].partition("#post_")[2]
    return [f"{channel}?show={what}&post={post_id}" for what in ("edit", "delete")]


def _password_link(ann: TestClient, stage: Stage) -> str:
    dan = f"/backstage/people/{stage.people.dan.id}"
    ann.post(f"{dan}/password-link")
    found = re.search(r"/password/[\w-]+", ann.get(dan).text)
    assert found
    return found.group()


def _reader(stage: Stage, language: str, actor: Actor | None) -> TestClient:
    reader = stage.of(actor)
    reader.headers["Accept-Language"] = language
    return reader


def _got(who: str, reader: TestClient, *paths: str) -> Iterator[tuple[str, httpx2.Response]]:
    for path in paths:
        yield f"{who} GET {path}", reader.get(path)


def _posted(
    who: str, reader: TestClient, *forms: tuple[str, dict[str, str]]
) -> Iterator[tuple[str, httpx2.Response]]:
    for path, fields in forms:
        for headers in ({}, HTMX):
            answer = reader.post(path, data=fields, headers=headers)
            yield f"{who} POST {path} {fields} {headers}", answer
            if answer.status_code == 303:
                yield f"{who} after {path} {fields}", reader.get(answer.headers["location"])


_OUTSIDE = ("/sign-in", "/setup", "/password/nothing", "/no-such-page", "/telemetry")


def _backstage(stage: Stage) -> tuple[str, ...]:
    team, person = stage.people.team_id, stage.people.ben.id
    return (
        "/",
        f"/backstage/incidents?team_id={team}",
        f"/backstage/incidents?team_id={team}&search_term=nothing",
        f"/backstage/incidents?team_id={stage.people.other_team_id}",
        f"/backstage/playbooks?team_id={team}",
        f"/backstage/playbooks?team_id={stage.people.other_team_id}",
        f"/backstage/playbooks/new?team_id={team}",
        f"/backstage/playbooks/import?team_id={team}",
        f"/backstage/playbooks/{stage.playbook_id}",
        f"/backstage/playbooks/{stage.playbook_id}/delete",
        "/backstage/telemetry",
        "/backstage/telemetry/events",
        "/backstage/telemetry/batches",
        "/backstage/telemetry/catalogue",
        "/backstage/people",
        "/backstage/people?search=nobody-at-all",
        "/backstage/people/new",
        "/backstage/people/teams",
        f"/backstage/people/teams/{team}",
        f"/backstage/people/{person}",
        "/account",
    )


def _workspace(stage: Stage) -> tuple[str, ...]:
    channel, town, incident = stage.incident.channel_id, stage.town, stage.incident.id
    shown = ("browse", "new", "message", "members", "leave")
    return (
        f"/channels/{town}",
        f"/channels/{channel}",
        f"/channels/{town}?q=nothing-like-this",
        f"/channels/{channel}?q=started",
        *(f"/channels/{channel}?show={panel}" for panel in shown),
        f"/channels/{town}?incident={incident}",
        f"/backstage/incidents/{incident}",
        f"/incidents/{incident}/end",
        f"/incidents/{incident}/commander",
        f"/incidents/{incident}/commander?q=nobody-at-all",
        f"/incidents/{incident}/sidebar",
        f"/teams/{stage.people.team_id}/sidebar?here={town}",
        f"/channels/{channel}/rail",
        "/slash/suggestions?text=/",
        "/backstage/insights",
    )


def _said(stage: Stage) -> list[tuple[str, dict[str, str]]]:
    lines = ("/incident", "/incident nope", "/incident info", "/incident check", "/nope")
    more = ("/incident check 99", "/incident check 1", "/incident check 1", "/incident commander")
    people = ("/incident commander @nobody", "/incident commander @bea", "/incident restart")
    dialogs = ("/incident start", "/incident end", "   ", "@dan: 1")
    channel = f"/channels/{stage.incident.channel_id}/posts"
    inside = [(channel, {"text": text}) for text in (*lines, *more, *people, *dialogs)]
    return [*inside, (f"/channels/{stage.town}/posts", {"text": "/incident info"})]


def _done(stage: Stage) -> list[tuple[str, dict[str, str]]]:
    incident, items = f"/incidents/{stage.incident.id}", stage.item_ids
    dialog = {"dialog_team": stage.people.team_id, "dialog_channel": stage.town, "name": "?"}
    return [
        (f"{incident}/items/{items['a']}/check", {}),
        (f"{incident}/items/{items['b']}/remove", {}),
        (f"{incident}/items/{items['c']}/move", {"position": "99"}),
        (f"{incident}/items/{items['c']}", {"title": " "}),
        (f"{incident}/checklists", {"title": "2"}),
        (f"{incident}/commander", {"user_id": stage.people.dan.id}),
        ("/dialogs/incident.start", dialog),
        ("/dialogs/unknown", dialog),
        (f"/teams/{stage.people.team_id}/channels", {"display_name": "?"}),
        (f"/teams/{stage.people.team_id}/channels", {"display_name": "3 4"}),
        ("/conversations", {}),
        (f"/channels/{stage.incident.channel_id}/members", {"username": "nobody"}),
        ("/account/profile", {"display_name": "?", "email": "?"}),
        ("/account/password", {"current_password": "1", "new_password": "1"}),
        ("/account/tokens", {"name": "1", "days": "30"}),
        ("/account/tokens", {"name": ""}),
        (f"/posts/{'0' * 26}/delete", {}),
        ("/backstage/playbooks/new", {"team_id": stage.people.team_id, "title": " "}),
        (f"/backstage/playbooks/{stage.playbook_id}/delete", {}),
        ("/backstage/telemetry/mode", {"mode": "send"}),
    ]


def _seen_later(stage: Stage) -> tuple[str, ...]:
    channel, incident = stage.incident.channel_id, stage.incident.id
    return (
        f"/backstage/incidents/{incident}",
        f"/incidents/{incident}/sidebar",
        f"/channels/{channel}",
        f"/backstage/playbooks?team_id={stage.people.team_id}",
    )


def _seen_outside(stage: Stage) -> tuple[str, ...]:
    return (
        f"/channels/{stage.town}?incident={stage.incident.id}",
        f"/backstage/incidents/{stage.incident.id}",
        f"/channels/{stage.incident.channel_id}",
        "/backstage/telemetry",
        "/backstage/telemetry/events",
        "/backstage/people",
    )


def _administered(stage: Stage) -> list[tuple[str, dict[str, str]]]:
    person, team = f"/backstage/people/{stage.people.dan.id}", stage.people.team_id
    return [
        ("/backstage/people", {"username": "?"}),
        ("/backstage/people", {"username": "ben"}),
        ("/backstage/people", {"username": "eve"}),
        (person, {"display_name": "?"}),
        (f"{person}/password-link", {}),
        (f"{person}/deactivate", {}),
        (f"{person}/activate", {}),
        ("/backstage/people/teams", {"display_name": "?"}),
        (f"/backstage/people/teams/{team}/members", {"username": "nobody"}),
        ("/backstage/telemetry/mode", {"mode": "send"}),
        ("/backstage/telemetry/mode", {"mode": "off"}),
        ("/backstage/telemetry/test", {}),
    ]


def _ended(stage: Stage) -> list[tuple[str, dict[str, str]]]:
    incident = f"/incidents/{stage.incident.id}"
    return [
        (f"{incident}/end", {}),
        (f"{incident}/checklists", {"title": "late"}),
        (f"{incident}/restart", {}),
        (f"{incident}/end", {}),
    ]
