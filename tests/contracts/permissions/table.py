"""Who is answered what at each door; a row more or less fails, so the table is whole."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

# administrator, commander, member, team mate, stranger, nobody (signed out or deactivated)
Six: TypeAlias = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A door with what a request carries; `where` names other things than the address does."""

    door: str
    expected: Six
    json: dict[str, Any] | None = None
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)


def _all(status: int) -> Six:
    return (status,) * 6


def _team(status: int, nobody: int) -> Six:
    return (status, status, status, status, 404, nobody)


def _inside(status: int, mate: int, nobody: int) -> Six:
    return (status, status, status, mate, 404, nobody)


def _admin(status: int, nobody: int) -> Six:
    return (status, 403, 403, 403, 403, nobody)


def _signed_in(status: int, nobody: int) -> Six:
    return (status, status, status, status, status, nobody)


IN, OUT = 303, 401  # a page sends nobody to sign in, REST says 401
TEAM = {"team_id": "{team_id}"}
NEW = {"title": "New"}
ENDED = {"incident_id": "{ended_id}"}
PRIVATE = {"channel_id": "{private_id}"}
PUBLIC = {"channel_id": "{public_id}"}
POST = {"post_id": "{public_post}"}

ONE = "/incidents/{incident_id}"
LISTS = f"{ONE}/checklists"
LIST = f"{LISTS}/{{checklist_id}}"
API = "/api/v1"
ITEM = f"{LIST}/items/{{item_id}}"
ROW = f"{ONE}/items/{{item_id}}"
BACK = "/backstage/incidents"
PLAY = "/backstage/playbooks"
BOOK = f"{PLAY}/{{playbook_id}}"
PEOPLE = "/backstage/people"
PERSON = f"{PEOPLE}/{{user_id}}"
TEAMS = f"{PEOPLE}/teams"
TELEMETRY = "/backstage/telemetry"
CHANNEL = "/channels/{channel_id}"

INCIDENTS = (
    Row(f"POST {API}/incidents", _team(201, OUT), json={**TEAM, "name": "Slow"}),
    Row(f"GET {API}/incidents", _team(200, OUT), query=TEAM),
    Row(f"GET {API}/incidents", (200, 403, 403, 403, 403, OUT)),
    Row(f"GET {API}/incidents/commanders", _team(200, OUT), query=TEAM),
    Row(f"GET {API}{ONE}", _team(200, OUT)),
    Row(f"GET {API}{ONE}/details", _inside(200, 404, OUT)),
    Row(f"POST {API}{ONE}/end", _inside(200, 403, OUT)),
    Row(f"POST {API}{ONE}/end", _inside(409, 403, OUT), where=ENDED),
    Row(f"POST {API}{ONE}/restart", _inside(200, 403, OUT), where=ENDED),
    Row(f"POST {API}{ONE}/restart", _inside(409, 403, OUT)),
    Row(f"POST {API}{ONE}/commander", _inside(200, 403, OUT), json={"user_id": "{ben_id}"}),
    Row(f"POST {API}{ONE}/access", (204, 409, 409, 204, 404, OUT)),
    Row(f"GET {API}{ONE}/access", _inside(200, 404, OUT)),
    Row(f"POST {API}{ONE}/members", _inside(204, 403, OUT), json={"user_id": "{dan_id}"}),
    Row(f"POST {API}{LISTS}", _inside(201, 403, OUT), json=NEW),
    Row(f"PATCH {API}{LIST}", _inside(200, 403, OUT), json=NEW),
    Row(f"DELETE {API}{LIST}", _inside(204, 403, OUT)),
    Row(f"GET {API}{ONE}/removed", _inside(200, 404, OUT)),
    Row(f"POST {API}{LIST}/restore", _inside(200, 403, OUT)),
    Row(f"POST {API}{LIST}/items", _inside(201, 403, OUT), json=NEW),
    Row(f"PATCH {API}{ITEM}", _inside(200, 403, OUT), json=NEW),
    Row(f"DELETE {API}{ITEM}", _inside(204, 403, OUT)),
    Row(f"POST {API}{ITEM}/restore", _inside(200, 403, OUT)),
    Row(f"POST {API}{ITEM}/check", _inside(200, 403, OUT)),
    Row(f"POST {API}{ITEM}/uncheck", _inside(200, 403, OUT)),
    Row(f"POST {API}{ITEM}/move", _inside(200, 403, OUT), json={"position": 2}),
    Row(f"GET {ONE}/sidebar", _team(200, IN), query={"here": "{town}"}),
    Row("GET /teams/{team_id}/sidebar", _team(200, IN), query={"here": "{town}"}),
    Row(f"GET {ONE}/end", _inside(200, 403, IN)),
    Row(f"POST {ONE}/end", _inside(303, 403, IN)),
    Row(f"POST {ONE}/restart", _inside(303, 403, IN), where=ENDED),
    Row(f"GET {ONE}/commander", _inside(200, 403, IN)),
    Row(f"POST {ONE}/commander", _inside(303, 403, IN), form={"user_id": "{ben_id}"}),
    Row(f"POST {ONE}/access", (303, 409, 409, 303, 404, IN)),
    Row(f"POST {ONE}/members", _inside(303, 403, IN), form={"user_id": "{dan_id}"}),
    Row(f"POST {LISTS}", _inside(303, 403, IN), form=NEW),
    Row(f"POST {LIST}", _inside(303, 403, IN), form=NEW),
    Row(f"POST {LIST}/remove", _inside(303, 403, IN)),
    Row(f"POST {LIST}/restore", _inside(303, 403, IN)),
    Row(f"POST {LIST}/items", _inside(303, 403, IN), form=NEW),
    Row(f"POST {ROW}", _inside(303, 403, IN), form=NEW),
    Row(f"POST {ROW}/check", _inside(303, 403, IN)),
    Row(f"POST {ROW}/uncheck", _inside(303, 403, IN)),
    Row(f"POST {ROW}/move", _inside(303, 403, IN), form={"position": "2"}),
    Row(f"POST {ROW}/remove", _inside(303, 403, IN)),
    Row(f"POST {ROW}/restore", _inside(303, 403, IN)),
    Row(f"GET {BACK}", _team(200, IN), query=TEAM),
    Row(f"GET {BACK}/export.csv", _team(200, IN), query=TEAM),
    Row(f"GET {BACK}/{{incident_id}}", _team(200, IN)),
    Row(f"GET {BACK}/{{incident_id}}/timeline.csv", _inside(200, 404, IN)),
    Row(f"GET {BACK}/{{incident_id}}/export.md", _inside(200, 404, IN)),
    Row(f"GET {BACK}/{{incident_id}}/export.json", _inside(200, 404, IN)),
)

PLAYBOOKS = (
    Row(f"POST {API}/playbooks", _team(201, OUT), json={**TEAM, **NEW}),
    Row(f"GET {API}/playbooks", _team(200, OUT), query=TEAM),
    Row(f"GET {API}/playbooks/{{playbook_id}}", _team(200, OUT)),
    Row(f"PUT {API}/playbooks/{{playbook_id}}", _team(200, OUT), json={**NEW, "checklists": []}),
    Row(f"POST {API}/playbooks/import", _signed_in(400, OUT), json={**TEAM, "file": "x"}),
    Row(f"GET {API}/playbooks/{{playbook_id}}/export", _team(200, OUT)),
    Row(f"POST {API}/playbooks/{{playbook_id}}/duplicate", _team(201, OUT)),
    Row(
        f"POST {API}/playbooks/{{playbook_id}}/restore",
        _team(200, OUT),
        where={"playbook_id": "{deleted_id}"},
    ),
    Row(f"DELETE {API}/playbooks/{{playbook_id}}", _team(204, OUT)),
    Row(f"GET {PLAY}", _team(200, IN), query=TEAM),
    Row(f"GET {PLAY}/export.csv", _team(200, IN), query=TEAM),
    Row(f"GET {PLAY}/new", _team(200, IN), query=TEAM),
    Row(f"POST {PLAY}/new", _team(303, IN), query=TEAM, form=NEW),
    Row(f"GET {PLAY}/import", _team(200, IN), query=TEAM),
    Row(f"POST {PLAY}/import", _signed_in(422, IN), query=TEAM),
    Row(f"GET {BOOK}", _team(200, IN)),
    Row(f"POST {BOOK}", _team(303, IN), form=NEW),
    Row(f"GET {BOOK}/export", _team(200, IN)),
    Row(f"POST {BOOK}/duplicate", _team(303, IN)),
    Row(f"GET {BOOK}/delete", _team(200, IN)),
    Row(f"POST {BOOK}/delete", _team(303, IN)),
    Row(f"POST {BOOK}/restore", _team(303, IN), where={"playbook_id": "{deleted_id}"}),
)

# Ann administers and is in no channel: she reads what belongs to teams, and writes nowhere.
CHAT = (
    Row("GET /", (200, 303, 303, 303, 303, IN)),
    Row("GET /teams/{team_id}", (303, 303, 303, 303, 404, IN)),
    Row("GET /teams/{team_id}/channels/{slug}", _team(303, IN), where={"slug": "town-square"}),
    Row(f"GET {CHANNEL}", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}", _inside(200, 303, IN), where={"channel_id": "{incident_channel}"}),
    Row(f"GET {CHANNEL}", _team(200, IN), where=PUBLIC),
    Row(f"GET {CHANNEL}/members.csv", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}/members", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}/browse", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}/people", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}/people", _team(200, IN), where=PUBLIC),
    Row(f"GET {CHANNEL}/facts", _inside(200, 404, IN), where=PRIVATE),
    Row(f"GET {CHANNEL}/leave", _inside(200, 404, IN), where=PRIVATE),
    Row("GET /people", _signed_in(200, IN)),
    Row("GET /incidents", _signed_in(200, IN)),
    Row("GET /mentions", _signed_in(200, IN)),
    Row(f"GET {CHANNEL}/rail", _inside(200, 404, IN), where=PRIVATE),
    Row("GET /posts/{post_id}", _inside(303, 404, IN)),
    Row(f"GET {CHANNEL}/posts", _inside(200, 404, IN), where=PRIVATE),
    Row(f"POST {CHANNEL}/posts", (403, 303, 303, 404, 404, IN), where=PRIVATE, form={"text": "x"}),
    Row(f"POST {CHANNEL}/posts", (403, 303, 303, 403, 404, IN), where=PUBLIC, form={"text": "x"}),
    Row("POST /posts/{post_id}", (403, 303, 403, 404, 404, IN), form={"text": "x"}),
    Row("POST /posts/{post_id}/delete", (403, 303, 403, 404, 404, IN)),
    Row("POST /posts/{post_id}/delete", (403, 303, 403, 403, 404, IN), where=POST),
    Row("POST /teams/{team_id}/channels", _team(303, IN), form={"display_name": "New"}),
    Row(f"POST {CHANNEL}/join", _inside(303, 404, IN), where=PRIVATE),
    Row(f"POST {CHANNEL}/join", _team(303, IN), where=PUBLIC),
    Row(f"POST {CHANNEL}/leave", (403, 303, 303, 404, 404, IN), where=PRIVATE),
    Row(f"POST {CHANNEL}/leave", (403, 303, 303, 403, 404, IN), where=PUBLIC),
    Row(
        f"POST {CHANNEL}/members",
        (403, 303, 303, 404, 404, IN),
        where=PRIVATE,
        form={"username": "dan"},
    ),
    Row("POST /conversations", _team(303, IN), form={"usernames": "{user_name}"}),
    Row("GET /people/{username}", (404, 303, 303, 303, 404, IN), where={"username": "ben"}),
    Row(
        "POST /dialogs/{callback}",
        _team(303, IN),
        where={"callback": "incident.start"},
        form={"dialog_channel": "{town}", "name": "Slow"},
    ),
    Row("GET /slash/suggestions", _signed_in(200, IN)),
    Row(f"GET {API}/channels", _team(200, OUT), query=TEAM),
    Row(f"POST {API}/channels", _team(201, OUT), json={**TEAM, "display_name": "New"}),
    Row(
        f"POST {API}/conversations",
        (201, 201, 201, 201, 404, OUT),
        json={"usernames": ["{user_name}"]},
    ),
    Row(f"GET {API}{CHANNEL}", _inside(200, 404, OUT), where=PRIVATE),
    Row(f"GET {API}{CHANNEL}", _team(200, OUT), where=PUBLIC),
    Row(f"POST {API}{CHANNEL}/join", _inside(200, 404, OUT), where=PRIVATE),
    Row(f"POST {API}{CHANNEL}/join", _team(200, OUT), where=PUBLIC),
    Row(f"POST {API}{CHANNEL}/leave", (403, 204, 204, 404, 404, OUT), where=PRIVATE),
    Row(f"POST {API}{CHANNEL}/leave", (403, 204, 204, 403, 404, OUT), where=PUBLIC),
    Row(f"GET {API}{CHANNEL}/members", _inside(200, 404, OUT), where=PRIVATE),
    Row(
        f"POST {API}{CHANNEL}/members",
        (403, 201, 201, 404, 404, OUT),
        where=PRIVATE,
        json={"username": "dan"},
    ),
    Row(f"GET {API}{CHANNEL}/posts", _inside(200, 404, OUT), where=PRIVATE),
    Row(
        f"POST {API}{CHANNEL}/posts",
        (403, 201, 201, 404, 404, OUT),
        where=PRIVATE,
        json={"message": "x"},
    ),
    Row(
        f"POST {API}{CHANNEL}/posts",
        (403, 201, 201, 403, 404, OUT),
        where=PUBLIC,
        json={"message": "x"},
    ),
    Row(f"PATCH {API}/posts/{{post_id}}", (403, 200, 403, 404, 404, OUT), json={"message": "x"}),
    Row(f"DELETE {API}/posts/{{post_id}}", (403, 204, 403, 404, 404, OUT)),
    Row(
        f"POST {API}{CHANNEL}/commands",
        _inside(200, 404, OUT),
        where={"channel_id": "{incident_channel}"},
        json={"command": "/incident info"},
    ),
    Row(
        f"POST {API}/dialogs/{{callback}}",
        _inside(200, 403, OUT),
        where={"callback": "incident.end"},
        json={"channel_id": "{town}", "state": "{incident_id}"},
    ),
)

ACCOUNTS = (
    Row("GET /sign-in", (303, 303, 303, 303, 303, 200)),
    Row("POST /sign-in", _all(422), form={"username": "{user_id}"}),
    Row("GET /sign-in/openid", _all(404)),
    Row("GET /sign-in/openid/callback", _all(404)),
    Row("GET /setup", _all(404)),
    Row("POST /setup", _all(404)),
    Row("GET /password/{secret}", _all(404), where={"secret": "guess"}),
    Row("POST /password/{secret}", _all(404), where={"secret": "guess"}),
    Row("GET /account", _signed_in(200, IN)),
    Row("POST /account/profile", _signed_in(303, IN), form={"display_name": "New"}),
    Row("POST /account/theme", _signed_in(303, IN), form={"theme": "dark"}),
    Row("POST /account/password", _signed_in(422, IN)),
    Row("POST /account/sessions/end-others", _signed_in(303, IN)),
    Row(
        "POST /account/sessions/{session_id}/end",
        _signed_in(404, IN),
        where={"session_id": "{gone}"},
    ),
    Row("GET /account/sessions.csv", _signed_in(200, IN)),
    Row("GET /account/tokens.csv", _signed_in(200, IN)),
    Row("POST /account/tokens", _signed_in(303, IN), form={"name": "script"}),
    Row(
        "POST /account/tokens/{token_id}/revoke", _signed_in(404, IN), where={"token_id": "{gone}"}
    ),
    Row("POST /account/identities/connect", _all(404)),  # without a provider, for everybody
    Row("POST /account/identities/disconnect", _signed_in(303, IN)),
    Row(f"GET {PEOPLE}", _admin(200, IN)),
    Row(f"GET {PEOPLE}.csv", _admin(200, IN)),
    Row(f"GET {PEOPLE}/new", _admin(200, IN)),
    Row(f"POST {PEOPLE}", _admin(303, IN), form={"username": "fay"}),
    Row(f"GET {PERSON}", _admin(200, IN)),
    Row(f"POST {PERSON}", _admin(303, IN), form={"display_name": "New"}),
    Row(f"POST {PERSON}/deactivate", _admin(303, IN)),
    Row(f"POST {PERSON}/activate", _admin(303, IN)),
    Row(f"POST {PERSON}/password-link", _admin(303, IN)),
    Row(f"POST {PERSON}/teams", _admin(303, IN), form=TEAM),
    Row(f"POST {PERSON}/teams/{{team_id}}/remove", _admin(303, IN)),
    Row(f"GET {TEAMS}", _admin(200, IN)),
    Row(f"POST {TEAMS}", _admin(303, IN), form={"display_name": "New"}),
    Row(f"GET {TEAMS}.csv", _admin(200, IN)),
    Row(f"GET {TEAMS}/{{team_id}}/members.csv", _admin(200, IN)),
    Row(f"GET {TEAMS}/{{team_id}}", _admin(200, IN)),
    Row(
        f"POST {TEAMS}/{{team_id}}",
        _admin(303, IN),
        form={"display_name": "New", "posts_edits": "true"},
    ),
    Row(f"POST {TEAMS}/{{team_id}}/members", _admin(303, IN), form={"username": "ben"}),
    Row(f"POST {TEAMS}/{{team_id}}/members/{{user_id}}/remove", _admin(303, IN)),
    Row(f"GET {API}/users/me", _signed_in(200, OUT)),
    Row(f"PATCH {API}/users/me", _signed_in(200, OUT), json={}),
    Row(
        f"PUT {API}/users/me/password",
        _signed_in(400, OUT),
        json={"current_password": "wrong", "new_password": "four words in a row"},
    ),
    Row(f"GET {API}/users/me/sessions", _signed_in(200, OUT)),
    Row(
        f"DELETE {API}/users/me/sessions/{{session_id}}",
        _signed_in(404, OUT),
        where={"session_id": "{gone}"},
    ),
    Row(f"GET {API}/users/me/tokens", _signed_in(200, OUT)),
    Row(f"POST {API}/users/me/tokens", _signed_in(201, OUT), json={"name": "script"}),
    Row(
        f"DELETE {API}/users/me/tokens/{{token_id}}",
        _signed_in(404, OUT),
        where={"token_id": "{gone}"},
    ),
    Row(f"GET {API}/users", _admin(200, OUT)),
    Row(f"POST {API}/users", _admin(201, OUT), json={"username": "gil"}),
    Row(f"GET {API}/users/{{user_id}}", _admin(200, OUT)),
    Row(f"PATCH {API}/users/{{user_id}}", _admin(200, OUT), json={}),
    Row(f"POST {API}/users/{{user_id}}/deactivate", _admin(200, OUT)),
    Row(f"POST {API}/users/{{user_id}}/activate", _admin(200, OUT)),
    Row(f"POST {API}/users/{{user_id}}/password-link", _admin(201, OUT)),
    Row(f"GET {API}/teams", _signed_in(200, OUT)),
    Row(f"POST {API}/teams", _admin(201, OUT), json={"display_name": "New"}),
    Row(f"GET {API}/teams/{{team_id}}", _team(200, OUT)),
    Row(f"PATCH {API}/teams/{{team_id}}", _admin(200, OUT), json={"posts_edits": True}),
    Row(f"GET {API}/teams/{{team_id}}/members", _team(200, OUT)),
    Row(f"PUT {API}/teams/{{team_id}}/members/{{user_id}}", _admin(204, OUT)),
    Row(f"DELETE {API}/teams/{{team_id}}/members/{{user_id}}", _admin(204, OUT)),
)

REST = (
    Row("GET /telemetry", _all(200)),
    Row(f"GET {TELEMETRY}", _signed_in(200, IN)),
    Row(f"GET {TELEMETRY}/events", _signed_in(200, IN)),
    Row(f"GET {TELEMETRY}/batches", _admin(200, IN)),
    Row(f"GET {TELEMETRY}/catalogue", _signed_in(200, IN)),
    Row(f"POST {TELEMETRY}/mode", _admin(303, IN), form={"mode": "local"}),
    Row(f"POST {TELEMETRY}/diagnostic-id", _admin(303, IN)),
    Row(f"POST {TELEMETRY}/test", _admin(303, IN)),
    Row(f"GET {TELEMETRY}/test", _admin(200, IN)),
    Row(f"GET {TELEMETRY}/events.jsonl", _signed_in(200, IN)),
    Row(f"GET {TELEMETRY}/batches/{{number}}.json.gz", _admin(404, IN), where={"number": "9"}),
    Row(f"GET {API}/telemetry", _signed_in(200, OUT)),
    Row(f"GET {API}/telemetry/catalogue", _signed_in(200, OUT)),
    Row(f"GET {API}/telemetry/events", _signed_in(200, OUT)),
    Row(f"GET {API}/telemetry/batches", _admin(200, OUT)),
    Row(f"GET {API}/telemetry/batches/{{number}}", _admin(404, OUT), where={"number": "9"}),
    Row(f"GET {API}/telemetry/preview", _admin(200, OUT)),
    Row(f"POST {API}/telemetry/test", _admin(201, OUT)),
    Row(f"PUT {API}/telemetry/mode", _admin(200, OUT), json={"mode": "local"}),
    Row("GET /api/v1/openapi.json", _all(200)),
    Row("HEAD /api/v1/openapi.json", _all(200)),
)

# What ends a session or a connection is tried apart from the requests above.
SIGN_OUT = "POST /sign-out"
LIVE = "LISTEN /live"
FILES = "FILES /static"

TABLE = (*INCIDENTS, *PLAYBOOKS, *CHAT, *ACCOUNTS, *REST)
