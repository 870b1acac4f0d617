"""One application with a person of each kind, and things for them to try their hands at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.gate import COOKIE
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.actions.end import end_incident
from commandpost.kit.db import Database
from commandpost.kit.ids import new_id
from commandpost.main import create_app
from commandpost.playbooks.actions.delete import delete_playbook
from commandpost.settings import Settings
from tests.commandpost.accounts import given
from tests.commandpost.chat.given import a_channel, a_post
from tests.commandpost.incidents.given import an_incident, checklist_ids, item_ids
from tests.commandpost.playbooks.given import a_playbook

SITE = "http://testserver"
PLATFORM = BuiltinPlatform()


@dataclass(frozen=True, slots=True)
class Cast:
    """Ann administers and is in no team, Bea commands, Ben is inside, Dan is of the team only,
    Cid of another one; Eve was inside and is deactivated.
    """

    app: FastAPI
    database: Database
    client: TestClient
    team_id: str
    town: str
    ann: Actor
    bea: Actor
    ben: Actor
    dan: Actor
    cid: Actor
    eve: Actor
    cookies: dict[str, str] = field(default_factory=dict)

    def cookie(self, actor: Actor | None) -> dict[str, str]:
        """Return the header that says who asks; nothing for None."""
        return {"cookie": f"{COOKIE}={self.cookies[actor.id]}"} if actor else {}


@contextmanager
def a_cast(database: Database) -> Iterator[Cast]:
    """Make them; Eve's session is begun after she was deactivated, so that only that counts."""
    app = create_app(Settings(site_url=SITE, do_not_track=""), database)
    app.state.passwords = given.PASSWORDS
    with database.transaction() as session:
        team, other = given.a_team(session, "demo"), given.a_team(session, "other")
        ann = given.an_actor(session, "ann", is_admin=True)
        own = [given.an_actor(session, name, teams=[team]) for name in ("bea", "ben", "dan", "eve")]
        cid = given.an_actor(session, "cid", teams=[other])
        bea, ben, dan, eve = own
        town = enter_team(session, bea, team)
        for mate in (ben, dan, eve):
            enter_team(session, mate, team)
        enter_team(session, cid, other)
        deactivate_user(session, CONSOLE, eve.id)
        cookies = {str(who.id): start_session(session, who.id) for who in (ann, *own, cid)}
    with TestClient(app, base_url=SITE, follow_redirects=False) as client:
        yield Cast(app, database, client, team, town, ann, bea, ben, dan, cid, eve, cookies)
    if marks := getattr(app.state, "marks", None):
        marks.write()  # now, while there is a database to write to


class Things(dict[str, str]):
    """What addresses and bodies name, by name; each is made when it is first asked for."""

    def __init__(self, cast: Cast) -> None:
        names = {f"{name}_id": getattr(cast, name).id for name in ("bea", "ben", "dan")}
        super().__init__(names, team_id=cast.team_id, town=cast.town, gone="gone")
        self._cast = cast

    def __missing__(self, name: str) -> str:
        with self._cast.database.transaction() as session:
            self.update(_MAKERS[name](session, self._cast))
        return self[name]


def _running(session: Session, cast: Cast) -> dict[str, str]:
    started = an_incident(session, PLATFORM, cast.bea, cast.team_id, members=(cast.ben, cast.eve))
    return {
        "incident_id": started.id,
        "incident_channel": started.channel_id,
        "checklist_id": checklist_ids(session, started.id)["First"],
        "item_id": item_ids(session, started.id)["a"],
    }


def _ended(session: Session, cast: Cast) -> dict[str, str]:
    started = an_incident(session, PLATFORM, cast.bea, cast.team_id, members=(cast.ben,))
    end_incident(session, PLATFORM, cast.bea, started.id)
    return {"ended_id": started.id}


def _playbook(session: Session, cast: Cast) -> dict[str, str]:
    return {"playbook_id": a_playbook(session, cast.bea, cast.team_id)}


def _deleted(session: Session, cast: Cast) -> dict[str, str]:
    playbook_id = a_playbook(session, cast.bea, cast.team_id)
    delete_playbook(session, cast.bea, playbook_id)
    return {"deleted_id": playbook_id}


def _private(session: Session, cast: Cast) -> dict[str, str]:
    channel_id = a_channel(session, cast.bea, cast.team_id, is_private=True, members=(cast.ben,))
    return {"private_id": channel_id, "post_id": a_post(session, cast.bea, channel_id, new_id())}


def _public(session: Session, cast: Cast) -> dict[str, str]:
    channel_id = a_channel(session, cast.bea, cast.team_id, name="Open", members=(cast.ben,))
    return {"public_id": channel_id, "public_post": a_post(session, cast.bea, channel_id, new_id())}


def _user(session: Session, cast: Cast) -> dict[str, str]:
    name = f"user-{new_id()}"
    return {"user_name": name, "user_id": given.a_user(session, name, teams=[cast.team_id])}


_MAKERS: dict[str, Callable[[Session, Cast], dict[str, str]]] = {
    **dict.fromkeys(("incident_id", "incident_channel", "checklist_id", "item_id"), _running),
    "ended_id": _ended,
    "playbook_id": _playbook,
    "deleted_id": _deleted,
    **dict.fromkeys(("private_id", "post_id"), _private),
    **dict.fromkeys(("public_id", "public_post"), _public),
    **dict.fromkeys(("user_id", "user_name"), _user),
}
