"""Every text field of every door: what becomes of what is typed there, and where it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts


class Kind(StrEnum):
    """What becomes of a text."""

    LINE = "kept as one line that can be read"
    MESSAGE = "kept as typed, shown as Markdown"
    REFUSED = "refused beside its field, which keeps it"
    UNKNOWN = "the name of nobody"
    SEARCH = "looked for, and shown in its field"
    REPLY = "answered to who typed it"
    STALE = "not what is stored: a conflict"
    SEEN = "compared with what is stored, or looked for, where that is of use; kept nowhere"


@dataclass(frozen=True, slots=True)
class Field:
    """A text field: its door and name, who types there, and where it is shown afterwards."""

    key: str
    kind: Kind
    who: str = "bea"
    shown: tuple[str, ...] = ()
    longest: int = 0  # characters of a line; 0: its length is not checked by itself
    may_be_blank: bool = False

    @property
    def door(self) -> str:
        return self.key.rpartition(" ")[0]

    @property
    def name(self) -> str:
        return self.key.rpartition(" ")[2]


# What takes no text of its own: ids, keys, secrets, choices, where one looks from.
IDS = {
    *("id", "team_id", "user_id", "playbook_id", "post_id", "channel_id", "checklist_id"),
    *("checklists[].id", "checklists[].items[].id", "commander_user_id", "issuer", "subject"),
}
SECRETS = {"token", "code", "state", "password", "current_password", "new_password"}
CHOICES = {
    *("mode", "scope", "days", "shown", "status", "sort", "order", "page", "page_number", "event"),
    *("is_admin", "is_private", "posts_edits", "position", "before", "expires_at", "theme"),
    *("was_is_admin", "was_posts_edits"),
}
PLUMBING = {"key", "idempotency_key", "next", "here", "team", "file"}
NO_TEXT = IDS | SECRETS | CHOICES | PLUMBING
FIRST_RUN = "/setup"  # is 404 once somebody is here; accounts/test_first_run.py tries it


def fields_of(app: FastAPI) -> set[str]:
    """Return every text field of every door, as `METHOD /path name`."""
    found = {*_of_rest(app.openapi()), *_of_pages(app)}
    return {
        key
        for key in found
        if key.rpartition(" ")[2] not in NO_TEXT and f" {FIRST_RUN} " not in key
    }


def _of_rest(document: dict[str, Any]) -> Iterator[str]:
    shapes = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for name in _texts(content["schema"], shapes, ""):
                    yield f"{method.upper()} {path} {name}"


def _texts(shape: dict[str, Any], shapes: dict[str, Any], name: str) -> Iterator[str]:
    """Return the names of the texts in a shape, `a[].b` for those in lists."""
    if "$ref" in shape:
        shape = shapes[shape["$ref"].rsplit("/", 1)[1]]
    if shape.get("type") == "string" and not {"enum", "const", "format"} & shape.keys():
        yield name
    for each in shape.get("anyOf", ()):
        yield from _texts(each, shapes, name)
    if shape.get("type") == "array":
        yield from _texts(shape["items"], shapes, f"{name}[]")
    for inner, each in shape.get("properties", {}).items():
        yield from _texts(each, shapes, f"{name}.{inner}" if name else inner)
    if isinstance(others := shape.get("additionalProperties"), dict):
        yield from _texts(others, shapes, f"{name}.*")


def _of_pages(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route.original_route, "dependant", None)
        path = route.path or ""
        if dependant is None or path.startswith("/api/"):
            continue
        for part in _parts(dependant):
            for parameter in (*part.body_params, *part.query_params):
                for method in route.methods or ():
                    yield f"{method} {path} {parameter.name}"


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _parts(each)


CHANNEL, DETAIL = "/channels/{incident_channel}", "/backstage/incidents/{incident_id}"
BOTH_PAGES = (CHANNEL, DETAIL)
ONE = "/incidents/{incident_id}"
LIST = f"{ONE}/checklists/{{checklist_id}}"
BOOK = "/backstage/playbooks/{new}"
PERSON, TEAM = "/backstage/people/{user_id}", "/backstage/people/teams/{team_id}"
PEOPLE, TEAMS = "/backstage/people", "/backstage/people/teams"
A = "/api/v1"

_L, _R = Kind.LINE, Kind.REFUSED
FIELDS = (
    Field(
        f"POST {A}/incidents name",
        _L,
        shown=("/channels/{town}", "/backstage/incidents"),
        longest=64,
    ),
    Field(f"POST {A}{ONE}/checklists title", _L, shown=BOTH_PAGES, longest=128),
    Field(f"PATCH {A}{LIST} title", _L, shown=BOTH_PAGES, longest=128),
    Field(f"PATCH {A}{LIST} was", Kind.STALE),
    Field(f"POST {A}{LIST}/items title", _L, shown=BOTH_PAGES, longest=256),
    Field(f"PATCH {A}{LIST}/items/{{item_id}} title", _L, shown=BOTH_PAGES, longest=256),
    Field(f"PATCH {A}{LIST}/items/{{item_id}} was", Kind.STALE),
    Field(f"POST {A}{ONE}/commander was", Kind.STALE),
    Field(f"PATCH {A}/users/me display_name", _L, "ben", ("/account",), 128),
    Field(f"PATCH {A}/users/me email", _R),
    Field(f"PATCH {A}/users/me language", _R),
    *(
        Field(f"PATCH {A}/users/{whom} was.{name}", Kind.SEEN, "ann", (f"{A}/users/{whom}",))
        for whom in ("me", "{user_id}")
        for name in ("display_name", "email", "language")
    ),
    Field(f"POST {A}/users/me/tokens name", _L, shown=("/account",), longest=64),
    Field(f"POST {A}/users username", _R, "ann"),
    Field(f"POST {A}/users display_name", _L, "ann", (PEOPLE,), 128, may_be_blank=True),
    Field(f"POST {A}/users email", _R, "ann"),
    Field(f"PATCH {A}/users/{{user_id}} display_name", _L, "ann", (PERSON,), 128),
    Field(f"PATCH {A}/users/{{user_id}} email", _R, "ann"),
    Field(f"PATCH {A}/users/{{user_id}} language", _R, "ann"),
    Field(f"POST {A}/teams display_name", _L, "ann", (TEAMS,), 128),
    Field(f"POST {A}/teams name", _R, "ann"),
    Field(f"PATCH {A}/teams/{{team_id}} display_name", _L, "ann", (TEAM, TEAMS), 128),
    Field(f"PATCH {A}/teams/{{team_id}} was.display_name", Kind.SEEN, "ann", (TEAM, TEAMS)),
    Field(f"POST {A}/channels display_name", _L, shown=("/channels/{new}",), longest=64),
    Field(f"POST {A}/conversations usernames[]", Kind.UNKNOWN),
    Field(f"POST {A}/channels/{{channel_id}}/members username", Kind.UNKNOWN),
    Field(
        f"POST {A}/channels/{{channel_id}}/posts message",
        Kind.MESSAGE,
        shown=("/channels/{private_id}",),
    ),
    Field(f"PATCH {A}/posts/{{post_id}} was", Kind.STALE),
    Field(f"PATCH {A}/posts/{{post_id}} message", Kind.MESSAGE, shown=("/channels/{private_id}",)),
    Field(f"POST {A}/channels/{{channel_id}}/commands command", Kind.REPLY),
    Field(
        f"POST {A}/dialogs/{{callback}} fields.*", _L, shown=("/backstage/incidents",), longest=64
    ),
    Field(f"POST {A}/playbooks title", _L, shown=("/backstage/playbooks", BOOK), longest=128),
    Field(f"POST {A}/playbooks checklists[].title", _L, shown=(BOOK,), longest=128),
    Field(f"POST {A}/playbooks checklists[].items[].title", _L, shown=(BOOK,), longest=256),
    Field(f"PUT {A}/playbooks/{{playbook_id}} title", _L, shown=(BOOK,), longest=128),
    Field(f"PUT {A}/playbooks/{{playbook_id}} checklists[].title", _L, shown=(BOOK,), longest=128),
    Field(
        f"PUT {A}/playbooks/{{playbook_id}} checklists[].items[].title",
        _L,
        shown=(BOOK,),
        longest=256,
    ),
    Field("POST /sign-in username", _R),
    Field("POST /account/profile display_name", _L, "ben", ("/account",), 128),
    Field("POST /account/profile email", _R),
    Field("POST /account/profile language", _R),
    *(
        Field(f"POST /account/profile was_{name}", Kind.SEEN, "ben", ("/account", f"{A}/users/me"))
        for name in ("display_name", "email", "language")
    ),
    Field("POST /account/tokens name", _L, shown=("/account",), longest=64),
    Field(f"POST {TEAMS} display_name", _L, "ann", (TEAMS,), 128),
    Field(f"POST {TEAMS} name", _R, "ann"),
    Field(f"POST {TEAM} display_name", _L, "ann", (TEAM, TEAMS), 128),
    Field(f"POST {TEAM} was_display_name", Kind.SEEN, "ann", (TEAM, TEAMS)),
    Field(f"POST {TEAM}/members username", _R, "ann"),
    Field(f"GET {PEOPLE} search", Kind.SEARCH, "ann"),
    Field(f"GET {PEOPLE}.csv search", Kind.SEARCH, "ann"),
    Field(f"POST {PEOPLE} username", _R, "ann"),
    Field(f"POST {PEOPLE} display_name", _L, "ann", (PEOPLE,), 128, may_be_blank=True),
    Field(f"POST {PEOPLE} email", _R, "ann"),
    Field(f"POST {PERSON} display_name", _L, "ann", (PERSON,), 128),
    Field(f"POST {PERSON} email", _R, "ann"),
    Field(f"POST {PERSON} was_display_name", Kind.SEEN, "ann", (PERSON,)),
    Field(f"POST {PERSON} was_email", Kind.SEEN, "ann", (PERSON,)),
    Field("GET /channels/{channel_id} asked", Kind.SEARCH),
    Field("GET /channels/{channel_id}/posts q", Kind.SEARCH),
    Field(
        "POST /channels/{channel_id}/posts text", Kind.MESSAGE, shown=("/channels/{private_id}",)
    ),
    Field("POST /posts/{post_id} was", Kind.STALE),
    Field("POST /posts/{post_id} text", Kind.MESSAGE, shown=("/channels/{private_id}",)),
    Field(
        "POST /teams/{team_id}/channels display_name", _L, shown=("/channels/{new}",), longest=64
    ),
    Field("POST /channels/{channel_id}/members username", Kind.UNKNOWN),
    Field("POST /conversations usernames", Kind.UNKNOWN),
    Field("POST /conversations who", Kind.SEEN, shown=("/channels/{private_id}",)),
    Field("GET /channels/{channel_id}/people text", Kind.SEARCH),
    Field("GET /people text", Kind.SEARCH),
    Field("GET /incidents text", Kind.SEARCH),
    Field("GET /slash/suggestions text", Kind.SEARCH),
    Field(f"GET {ONE}/commander q", Kind.SEARCH),
    Field(f"POST {ONE}/commander was", Kind.STALE),
    Field(f"POST {ONE}/checklists title", _L, shown=BOTH_PAGES, longest=128),
    Field(f"POST {LIST} title", _L, shown=BOTH_PAGES, longest=128),
    Field(f"POST {LIST} was", Kind.STALE),
    Field(f"POST {LIST}/items title", _L, shown=BOTH_PAGES, longest=256),
    Field(f"POST {ONE}/items/{{item_id}} title", _L, shown=BOTH_PAGES, longest=256),
    Field(f"POST {ONE}/items/{{item_id}} was", Kind.STALE),
    Field("GET /backstage/incidents search_term", Kind.SEARCH),
    Field("GET /backstage/incidents/export.csv search_term", Kind.SEARCH),
)
