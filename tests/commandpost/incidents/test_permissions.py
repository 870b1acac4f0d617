"""Every route of incidents and playbooks, tried by everybody; a new route needs a row here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from commandpost.accounts.actor import Actor
from commandpost.incidents import api as incidents_api
from commandpost.incidents import web as incidents_web
from commandpost.playbooks import api as playbooks_api
from commandpost.playbooks import web as playbooks_web
from tests.commandpost.incidents.doors import SITE, Stage

# administrator, commander, member, team mate, stranger, signed-out
Six = tuple[int, int, int, int, int, int]

REST_TEAM: Six = (200, 200, 200, 200, 404, 401)
REST_MADE: Six = (201, 201, 201, 201, 404, 401)
REST_GONE: Six = (204, 204, 204, 204, 404, 401)
REST_INSIDE: Six = (200, 200, 200, 404, 404, 401)
REST_DEED: Six = (200, 200, 200, 403, 404, 401)
REST_NEW: Six = (201, 201, 201, 403, 404, 401)
REST_AWAY: Six = (204, 204, 204, 403, 404, 401)
PAGE_TEAM: Six = (200, 200, 200, 200, 404, 303)
PAGE_INSIDE: Six = (200, 200, 200, 404, 404, 303)
PAGE_ASKED: Six = (200, 200, 200, 403, 404, 303)
FORM_TEAM: Six = (303, 303, 303, 303, 404, 303)
FORM_DEED: Six = (303, 303, 303, 403, 404, 303)


@dataclass(frozen=True, slots=True)
class Row:
    """What a request carries besides its address, and what each person is answered."""

    expected: Six
    json: dict[str, object] | None = None
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    is_once: bool = False  # what it does can't be done again: each person gets their own


API = "/api/v1/incidents"
ONE = f"{API}/{{incident_id}}"
LIST = f"{ONE}/checklists/{{checklist_id}}"
ITEM = f"{LIST}/items/{{item_id}}"
PAGES = "/incidents/{incident_id}"
BACK = "/backstage/incidents"
PLAY = "/backstage/playbooks"

NEW = {"team_id": "{team_id}", "name": "Slow"}
BOOK = {"team_id": "{team_id}", "title": "Outage"}
TEAM = {"team_id": "{team_id}"}

TABLE: dict[tuple[str, str], Row] = {
    ("POST", API): Row(REST_MADE, json=dict(NEW)),
    ("GET", API): Row(REST_TEAM, query=TEAM),
    ("GET", f"{API}/commanders"): Row(REST_TEAM, query=TEAM),
    ("GET", ONE): Row(REST_TEAM),
    ("GET", f"{ONE}/details"): Row(REST_INSIDE),
    ("POST", f"{ONE}/end"): Row(REST_DEED, is_once=True),
    ("POST", f"{ONE}/restart"): Row((409, 409, 409, 403, 404, 401)),
    ("POST", f"{ONE}/commander"): Row(REST_DEED, json={"user_id": "{ben_id}"}),
    ("POST", f"{ONE}/checklists"): Row(REST_NEW, json={"title": "New"}),
    ("PATCH", LIST): Row(REST_DEED, json={"title": "New"}),
    ("DELETE", LIST): Row(REST_AWAY, is_once=True),
    ("POST", f"{LIST}/restore"): Row(REST_DEED),
    ("POST", f"{LIST}/items"): Row(REST_NEW, json={"title": "New"}),
    ("PATCH", ITEM): Row(REST_DEED, json={"title": "New"}),
    ("DELETE", ITEM): Row(REST_AWAY, is_once=True),
    ("POST", f"{ITEM}/restore"): Row(REST_DEED),
    ("POST", f"{ITEM}/check"): Row(REST_DEED),
    ("POST", f"{ITEM}/uncheck"): Row(REST_DEED),
    ("POST", f"{ITEM}/move"): Row(REST_DEED, json={"position": 2}),
    ("GET", f"{PAGES}/sidebar"): Row(PAGE_TEAM, query={"here": "{town}"}),
    ("GET", "/teams/{team_id}/sidebar"): Row(PAGE_TEAM, query={"here": "{town}"}),
    ("GET", f"{PAGES}/end"): Row(PAGE_ASKED),
    ("POST", f"{PAGES}/end"): Row(FORM_DEED, is_once=True),
    ("POST", f"{PAGES}/restart"): Row((409, 409, 409, 403, 404, 303)),
    ("GET", f"{PAGES}/commander"): Row(PAGE_ASKED),
    ("POST", f"{PAGES}/commander"): Row(FORM_DEED, form={"user_id": "{ben_id}"}),
    ("POST", f"{PAGES}/access"): Row((303, 409, 409, 303, 404, 303)),
    ("POST", f"{PAGES}/members"): Row(FORM_DEED, form={"user_id": "{dan_id}"}),
    ("POST", f"{PAGES}/checklists"): Row(FORM_DEED, form={"title": "New"}),
    ("POST", f"{PAGES}/checklists/{{checklist_id}}"): Row(FORM_DEED, form={"title": "New"}),
    ("POST", f"{PAGES}/checklists/{{checklist_id}}/remove"): Row(FORM_DEED, is_once=True),
    ("POST", f"{PAGES}/checklists/{{checklist_id}}/restore"): Row(FORM_DEED),
    ("POST", f"{PAGES}/checklists/{{checklist_id}}/items"): Row(FORM_DEED, form={"title": "New"}),
    ("POST", f"{PAGES}/items/{{item_id}}"): Row(FORM_DEED, form={"title": "New"}),
    ("POST", f"{PAGES}/items/{{item_id}}/check"): Row(FORM_DEED),
    ("POST", f"{PAGES}/items/{{item_id}}/uncheck"): Row(FORM_DEED),
    ("POST", f"{PAGES}/items/{{item_id}}/move"): Row(FORM_DEED, form={"position": "2"}),
    ("POST", f"{PAGES}/items/{{item_id}}/remove"): Row(FORM_DEED, is_once=True),
    ("POST", f"{PAGES}/items/{{item_id}}/restore"): Row(FORM_DEED),
    ("GET", BACK): Row(PAGE_TEAM, query=TEAM),
    ("GET", f"{BACK}/export.csv"): Row(PAGE_TEAM, query=TEAM),
    ("GET", f"{BACK}/{{incident_id}}"): Row(PAGE_TEAM),
    ("GET", f"{BACK}/{{incident_id}}/export.md"): Row(PAGE_INSIDE),
    ("GET", f"{BACK}/{{incident_id}}/export.json"): Row(PAGE_INSIDE),
    ("POST", "/api/v1/playbooks"): Row(REST_MADE, json=dict(BOOK)),
    ("GET", "/api/v1/playbooks"): Row(REST_TEAM, query=TEAM),
    ("GET", "/api/v1/playbooks/{playbook_id}"): Row(REST_TEAM),
    ("PUT", "/api/v1/playbooks/{playbook_id}"): Row(
        REST_TEAM, json={"title": "New", "checklists": []}
    ),
    ("DELETE", "/api/v1/playbooks/{playbook_id}"): Row(REST_GONE, is_once=True),
    ("GET", PLAY): Row(PAGE_TEAM, query=TEAM),
    ("GET", f"{PLAY}/new"): Row(PAGE_TEAM, query=TEAM),
    ("POST", f"{PLAY}/new"): Row(FORM_TEAM, query=TEAM, form={"title": "Outage"}),
    ("GET", f"{PLAY}/import"): Row(PAGE_TEAM, query=TEAM),
    ("POST", f"{PLAY}/import"): Row((422, 422, 422, 422, 422, 303), query=TEAM),
    ("GET", f"{PLAY}/{{playbook_id}}"): Row(PAGE_TEAM),
    ("POST", f"{PLAY}/{{playbook_id}}"): Row(FORM_TEAM, form={"title": "New"}),
    ("GET", f"{PLAY}/{{playbook_id}}/export"): Row(PAGE_TEAM),
    ("POST", f"{PLAY}/{{playbook_id}}/duplicate"): Row(FORM_TEAM),
    ("GET", f"{PLAY}/{{playbook_id}}/delete"): Row(PAGE_TEAM),
    ("POST", f"{PLAY}/{{playbook_id}}/delete"): Row(FORM_TEAM, is_once=True),
    ("POST", f"{PLAY}/{{playbook_id}}/restore"): Row((404, 404, 404, 404, 404, 303)),
}


def _routes(router: APIRouter, prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from ((method, prefix + route.path) for method in route.methods or ())
        else:
            # what include_router leaves is a class of FastAPI that it does not export
            inner, context = attrgetter("original_router", "include_context")(route)
            yield from _routes(inner, prefix + context.prefix)


def test_every_route_has_its_row() -> None:
    routers = (incidents_api.router, incidents_web.router, playbooks_api.router)
    found = {each for router in (*routers, playbooks_web.router) for each in _routes(router)}

    assert found == set(TABLE)


@pytest.mark.parametrize(("method", "path"), TABLE, ids=[" ".join(each) for each in TABLE])
def test_each_person_is_answered_what_the_table_says(stage: Stage, method: str, path: str) -> None:
    row = TABLE[method, path]
    people = stage.people
    everybody = (people.ann, people.bea, people.ben, people.dan, people.cid, None)

    answered = tuple(_try(stage, actor, method, path, row) for actor in everybody[::-1])[::-1]

    assert answered == row.expected


def _try(stage: Stage, actor: Actor | None, method: str, path: str, row: Row) -> int:
    if row.is_once:
        stage = stage.anew()
    names = {
        "incident_id": stage.incident.id,
        "checklist_id": stage.checklist_id,
        "item_id": stage.item_ids["a"],
        "playbook_id": stage.playbook_id,
        "team_id": stage.people.team_id,
        "ben_id": stage.people.ben.id,
        "dan_id": stage.people.dan.id,
        "town": stage.town,
    }

    def filled(said: dict[str, str]) -> dict[str, str]:
        return {name: value.format_map(names) for name, value in said.items()}

    json = None
    if row.json is not None:
        json = {
            name: value.format_map(names) if isinstance(value, str) else value
            for name, value in row.json.items()
        }
    answer = stage.of(actor).request(
        method,
        SITE + path.format_map(names),
        params=filled(row.query),
        json=json,
        data=filled(row.form) or None,
    )
    return answer.status_code
