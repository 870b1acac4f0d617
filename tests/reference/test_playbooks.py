"""Playbooks by REST and by the editor's forms: who may, what is refused, what it leaves alone."""

import html
import re
from urllib.parse import urlencode

import pytest

from commandpost.accounts.actor import Actor
from tests.commandpost.incidents.doors import Stage
from tests.reference.doors import API, BOTH, Door, Kind, Said, Visitor, an_incident, at, said

PAGE = "/backstage/playbooks"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DEEDS = ("create", "read", "list", "update", "delete", "duplicate", "export")


def create(who: Visitor, title: str = "Outage", items: tuple[str, ...] = ("Look",)) -> Said:
    if who.door is Door.REST:
        lists = [{"title": "First", "items": [{"title": item} for item in items]}]
        body = {"team_id": who.team_id, "title": title, "checklists": lists}
        return said(who.client.post(f"{API}/playbooks", json=body))
    fields = [("title", title), ("checklist", "new-1"), ("checklist_title", "First")]
    for number, item in enumerate(items):
        fields += [("item", f"new-item-{number}"), ("item_title", item)]
    where = f"{PAGE}/new?team_id={who.team_id}"
    return said(who.client.post(where, content=urlencode(fields), headers=FORM))


def update(who: Visitor, playbook_id: str, title: str) -> Said:
    if who.door is Door.REST:
        body = {"title": title, "checklists": []}
        return said(who.client.put(f"{API}/playbooks/{playbook_id}", json=body))
    return said(who.client.post(f"{PAGE}/{playbook_id}", data={"title": title}))


def delete(who: Visitor, playbook_id: str) -> Said:
    if who.door is Door.REST:
        return said(who.client.delete(f"{API}/playbooks/{playbook_id}"))
    return said(who.client.post(f"{PAGE}/{playbook_id}/delete"))


def try_to(who: Visitor, deed: str, playbook_id: str) -> Kind:
    """Do what the deed is called at this person's door, and return how it ended."""
    base = f"{API}/playbooks" if who.door is Door.REST else PAGE
    team = {"team_id": who.team_id}
    match deed:
        case "create":
            return create(who).kind
        case "update":
            return update(who, playbook_id, "New").kind
        case "delete":
            return delete(who, playbook_id).kind
        case "duplicate":
            return said(who.client.post(f"{base}/{playbook_id}/duplicate")).kind
        case "list":
            return said(who.client.get(base, params=team)).kind
        case _:
            path = f"{base}/{playbook_id}{'/export' if deed == 'export' else ''}"
            return said(who.client.get(path)).kind


def titles(who: Visitor) -> list[str]:
    """Return the titles of the team's playbooks as they stand in the list of the door."""
    if who.door is Door.REST:
        query = {"team_id": who.team_id, "per_page": "200"}
        found = who.client.get(f"{API}/playbooks", params=query).json()["items"]
        return [each["title"] for each in found]
    listed = who.page(PAGE, team_id=who.team_id)
    found = re.findall(rf'<a href="{PAGE}/\w{{26}}"[^>]*dir="auto">(.*?)</a>', listed)
    return [html.unescape(title) for title in found]


def newest(who: Visitor) -> str:
    query = {"team_id": who.team_id, "per_page": "200"}
    found = who.client.get(f"{API}/playbooks", params=query).json()["items"]
    return str(found[-1]["id"])


@BOTH
def test_a_playbook_is_made_listed_changed_and_deleted(stage: Stage, door: Door) -> None:
    ben = at(stage, door, stage.people.ben)
    before = titles(ben)

    made = create(ben, "Ours")
    playbook_id = newest(ben)
    listed = titles(ben)
    changed = update(ben, playbook_id, "Everybody's")
    renamed = titles(ben)
    deleted = delete(ben, playbook_id)

    assert [answer.kind for answer in (made, changed, deleted)] == [Kind.DONE] * 3
    assert (listed, renamed) == ([*before, "Ours"], [*before, "Everybody's"])
    assert titles(ben) == before


@BOTH
@pytest.mark.parametrize("deed", DEEDS)
def test_any_team_mate_may_and_nobody_else(stage: Stage, door: Door, deed: str) -> None:
    people = stage.people

    def kind(actor: Actor | None) -> Kind:
        create(at(stage, door, people.bea))
        return try_to(at(stage, door, actor), deed, newest(at(stage, door, people.bea)))

    who = (people.bea, people.ben, people.dan, people.ann, people.cid, None)
    assert [kind(actor) for actor in who] == [
        *[Kind.DONE] * 4,
        Kind.UNKNOWN,
        Kind.SIGNED_OUT,
    ]


@BOTH
@pytest.mark.parametrize("title", ["", " ", "\u200b", "x" * 129])
def test_a_title_that_cannot_be_read_makes_no_playbook(
    stage: Stage, door: Door, title: str
) -> None:
    ben = at(stage, door, stage.people.ben)
    before = titles(ben)

    refused = create(ben, title)

    assert refused.kind is Kind.INVALID
    assert titles(ben) == before


@BOTH
def test_ten_thousand_items_are_refused(stage: Stage, door: Door) -> None:
    ben = at(stage, door, stage.people.ben)
    before = titles(ben)

    refused = create(ben, "Endless", ("x",) * 10_000)

    assert refused.kind is Kind.INVALID
    assert "That is 10,000 items; 1,000 are the most" in refused.words
    assert titles(ben) == before


@BOTH
def test_a_playbook_that_is_not_there_is_not_found(stage: Stage, door: Door) -> None:
    ben = at(stage, door, stage.people.ben)

    kinds = {deed: try_to(ben, deed, "0" * 26) for deed in DEEDS if deed not in {"create", "list"}}

    assert set(kinds.values()) == {Kind.UNKNOWN}


@BOTH
def test_incidents_that_were_started_keep_what_they_started_with(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    playbook_id = newest(ben)

    update(ben, playbook_id, "Another")
    delete(ben, playbook_id)

    assert ben.now(incident) == incident


def test_an_id_of_ones_own_is_refused(stage: Stage) -> None:
    ben = at(stage, Door.REST, stage.people.ben)
    body = {"team_id": ben.team_id, "title": "Mine", "id": "0" * 26}

    refused = said(ben.client.post(f"{API}/playbooks", json=body))

    assert (refused.kind, "“id”" in refused.words) == (Kind.INVALID, True)
    assert "Mine" not in titles(ben)


def test_no_team_is_refused_and_the_page_shows_the_own_one(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)

    rest = ben.get(f"{API}/playbooks")
    page = ben.get(PAGE)

    assert (rest.status_code, "team_id" in rest.json()["error"]) == (422, True)
    assert f"team_id={stage.people.team_id}" in page.text
