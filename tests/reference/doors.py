"""The same deed by both doors, REST and the pages without scripts, and what one is answered."""

import html
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from commandpost.accounts.actor import Actor
from tests.commandpost.incidents.doors import Stage

API = "/api/v1"
NUMBERS = count(1)


class Door(StrEnum):
    """Where somebody comes in."""

    REST = "rest"
    PAGE = "page"


BOTH = pytest.mark.parametrize("door", Door)


class Kind(StrEnum):
    """How a request ended, whatever the door."""

    DONE = "done"
    INVALID = "invalid"
    SIGNED_OUT = "signed out"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    TOO_LARGE = "too large"


KINDS = {
    **dict.fromkeys((200, 201, 204, 303), Kind.DONE),
    **dict.fromkeys((400, 422), Kind.INVALID),
    401: Kind.SIGNED_OUT,
    403: Kind.FORBIDDEN,
    404: Kind.UNKNOWN,
    409: Kind.CONFLICT,
    413: Kind.TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class Incident:
    """What tests name of an incident."""

    id: str
    name: str
    channel_id: str
    lists: dict[str, str]
    items: dict[str, str]
    body: dict[str, Any]

    @property
    def titles(self) -> dict[str, list[str]]:
        """Item titles by checklist; a checked one has a star."""
        return {
            each["title"]: [i["title"] + "*" * i["checked"] for i in each["items"]]
            for each in self.body["checklists"]
        }

    @property
    def first(self) -> str:
        return next(iter(self.lists.values()))


def incident_of(body: dict[str, Any]) -> Incident:
    return Incident(
        id=body["id"],
        name=body["name"],
        channel_id=body["channel_ids"][0],
        lists={each["title"]: each["id"] for each in body["checklists"]},
        items={i["title"]: i["id"] for each in body["checklists"] for i in each["items"]},
        body=body,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: how it ended, its words without markup, where it leads, the whole of it."""

    kind: Kind
    words: str
    leads_to: str
    whole: str
    reply: dict[str, Any] = field(default_factory=dict)


def said(answer: httpx2.Response) -> Said:
    """Return an answer of either door."""
    to = answer.headers.get("location", "")
    kind = Kind.SIGNED_OUT if to.startswith("/sign-in") else KINDS[answer.status_code]
    if answer.headers.get("content-type", "").startswith("application/json"):
        body = answer.json()
        reply = body.get("reply", {}) if isinstance(body, dict) else {}
        words = json.dumps(body, ensure_ascii=False)
        return Said(kind, _plain(words), reply.get("address", to), answer.text, reply)
    return Said(kind, _plain(text_of(answer.text)), to, answer.text)


def text_of(markup: str) -> str:
    """Return what is read of a page, scripts and styles left out."""
    bare = re.sub(r"<(script|style).*?</\1>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", bare))


def _plain(text: str) -> str:
    """Return words alone, so that Markdown and what it is shown as read the same."""
    return " ".join(re.sub(r"[`*\\]", "", text).split())


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at one door."""

    client: TestClient
    door: Door
    team_id: str

    def send(self, path: str, **fields: Any) -> Said:
        """POST what both doors take at the same path."""
        if self.door is Door.REST:
            return said(self.client.post(f"{API}{path}", json=fields or None))
        return said(self.client.post(path, data=fields))

    def start(self, channel_id: str = "", **fields: str) -> Said:
        """Start by REST, or by the command and its dialog."""
        if self.door is Door.REST:
            return said(
                self.client.post(f"{API}/incidents", json={"team_id": self.team_id, **fields})
            )
        state = {"dialog_state": fields.pop("post_id", "")}
        return self.submit("start", channel_id, **state, **fields)

    def submit(self, dialog: str, channel_id: str, **fields: str) -> Said:
        """Send a dialog of /incident back."""
        if self.door is Door.REST:
            own = {"state": fields.pop("dialog_state", ""), "key": fields.pop("dialog_key", "")}
            body = {"channel_id": channel_id, **own, "fields": fields}
            return said(self.client.post(f"{API}/dialogs/incident.{dialog}", json=body))
        form = {"dialog_team": self.team_id, "dialog_channel": channel_id, **fields}
        return said(self.client.post(f"/dialogs/incident.{dialog}", data=form))

    def say(self, channel_id: str, line: str) -> Said:
        """Type a command line."""
        if self.door is Door.REST:
            where = f"{API}/channels/{channel_id}/commands"
            return said(self.client.post(where, json={"command": line, "team_id": self.team_id}))
        return said(self.client.post(f"/channels/{channel_id}/posts", data={"text": line}))

    def add(self, incident: Incident, title: str, *, to: str = "") -> Said:
        path = f"/incidents/{incident.id}/checklists/{to or incident.first}/items"
        return self.send(path, title=title)

    def item(self, incident: Incident, which: str, deed: str, **fields: Any) -> Said:
        """Check, uncheck, move, rename, remove or restore an item by the title it began with."""
        item = incident.items.get(which, which)
        if self.door is Door.PAGE:
            path = f"/incidents/{incident.id}/items/{item}"
            return self.send(path if deed == "rename" else f"{path}/{deed}", **fields)
        path = f"{API}/incidents/{incident.id}/checklists/{incident.first}/items/{item}"
        if deed == "rename":
            return said(self.client.patch(path, json=fields))
        if deed == "remove":
            return said(self.client.delete(path))
        return said(self.client.post(f"{path}/{deed}", json=fields or None))

    def now(self, incident: Incident) -> Incident:
        """Return the incident as it is."""
        return incident_of(self.client.get(f"{API}/incidents/{incident.id}").json())

    def names(self) -> list[str]:
        """Return the names of the team's incidents, newest first."""
        query = {"team_id": self.team_id, "per_page": "200"}
        found = self.client.get(f"{API}/incidents", params=query).json()
        return [each["name"] for each in found["items"]]

    def posts(self, channel_id: str) -> list[str]:
        """Return the messages of a channel, oldest first, as they are kept."""
        found = self.client.get(f"{API}/channels/{channel_id}/posts").json()
        return [post["message"] for post in found["items"]]

    def page(self, path: str, **query: str) -> str:
        """Return a page as it is written."""
        return self.client.get(path, params=query or None).text


def at(stage: Stage, door: Door, actor: Actor | None) -> Visitor:
    """Somebody at a door."""
    return Visitor(stage.of(actor), door, stage.people.team_id)


def an_incident(stage: Stage, *, name: str = "", ended: bool = False) -> Incident:
    """Bea's incident with Ben inside and the items a, b and c; its name is like no other."""
    bea = stage.of(stage.people.bea)
    lists = [{"title": "First", "items": [{"title": each} for each in "abc"]}, {"title": "Last"}]
    team = {"team_id": stage.people.team_id}
    number = next(NUMBERS)
    playbook = bea.post(
        f"{API}/playbooks", json={**team, "title": f"Outage {number}", "checklists": lists}
    ).json()
    new = {**team, "name": name or f"Slow {number}", "playbook_id": playbook["id"]}
    made = bea.post(f"{API}/incidents", json=new).json()
    one = f"{API}/incidents/{made['id']}"
    bea.post(f"{one}/members", json={"user_id": stage.people.ben.id})
    if ended:
        made = bea.post(f"{one}/end").json()
    return incident_of(made)
