"""Every action, done by a person of each kind: whatever door comes next, this holds behind it."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from sqlalchemy.orm import Session

import commandpost
from commandpost.accounts.actions import identities, passwords, sign_in, teams, tokens, users
from commandpost.accounts.actor import Actor
from commandpost.accounts.queries.secrets import Credentials
from commandpost.chat.actions import channels, members, posts
from commandpost.incidents.actions import access, checklists, commander, end, items, start
from commandpost.kit.errors import AppError
from commandpost.playbooks.actions import create, delete, update
from commandpost.settings import TelemetryMode
from commandpost.telemetry import actions as telemetry
from tests.commandpost.accounts.given import PASSWORDS
from tests.conftest import Make
from tests.contracts.permissions.cast import PLATFORM, Cast, Things, a_cast

PARTS = {"may", "note"}  # what actions share: asking and noting, no deeds of their own

Deed: TypeAlias = Callable[[Session, Actor, Things, Cast], object]

# who may, and what the others are told; "" is for whom the deed is done
INSIDE = {"dan": "NotInChannel", "cid": "IncidentNotFound"}
TEAM = {"cid": "TeamNotFound"}
BOOKS = {"cid": "PlaybookNotFound"}
CHANNEL = {"ann": "NotAMember", "dan": "ChannelNotFound", "cid": "ChannelNotFound"}
OWN_POST = {
    "ann": "NotYourPost",
    "ben": "NotYourPost",
    "dan": "PostNotFound",
    "cid": "PostNotFound",
}
ADMIN = dict.fromkeys(("bea", "ben", "dan", "cid"), "NotAdministrator")
TELEMETRY = dict.fromkeys(("bea", "ben", "dan", "cid"), "Forbidden")
ALL: dict[str, str] = {}
CLAIMS = identities.Claims("https://issuer", "subject")


def _inside(action: Callable[..., object], **said: str) -> Deed:
    """Return a deed in an incident; what it says names things."""

    def deed(session: Session, actor: Actor, things: Things, _cast: Cast) -> object:
        filled = {name: value.format_map(things) for name, value in said.items()}
        return action(session, PLATFORM, actor, things["incident_id"], **filled)

    return deed


def _named(action: Callable[..., object], *names: str, **said: Any) -> Deed:
    """Return a deed on things by their ids."""

    def deed(session: Session, actor: Actor, things: Things, _cast: Cast) -> object:
        return action(session, actor, *(things[name] for name in names), **said)

    return deed


def _move(session: Session, actor: Actor, things: Things, _cast: Cast) -> None:
    ids = things["incident_id"], things["item_id"]
    items.move_item(session, PLATFORM, actor, *ids, position=1)


def _start(session: Session, actor: Actor, things: Things, _cast: Cast) -> object:
    return start.start_incident(session, PLATFORM, actor, team_id=things["team_id"], name="Slow")


def _restart(session: Session, actor: Actor, things: Things, _cast: Cast) -> None:
    end.restart_incident(session, PLATFORM, actor, things["ended_id"])


def _in_team(action: Callable[..., object], **said: Any) -> Deed:
    def deed(session: Session, actor: Actor, things: Things, _cast: Cast) -> object:
        return action(session, actor, team_id=things["team_id"], **said)

    return deed


def _save(session: Session, actor: Actor, things: Things, _cast: Cast) -> None:
    update.update_playbook(session, actor, things["playbook_id"], title="New", checklists=())


def _password(_session: Session, actor: Actor, _things: Things, cast: Cast) -> None:
    passwords.change_password(
        cast.database,
        actor,
        proven=Credentials(actor.id, ""),
        new_password="four words in a row",
        passwords=PASSWORDS,
    )


def _mode(session: Session, actor: Actor, _things: Things, cast: Cast) -> object:
    settings = cast.app.state.settings
    return telemetry.choose_mode(session, actor, settings, mode=TelemetryMode.LOCAL)


ITEM = {"item_id": "{item_id}"}
LIST = {"checklist_id": "{checklist_id}"}

TABLE: dict[Callable[..., object], tuple[Deed, dict[str, str]]] = {
    start.start_incident: (_start, TEAM),
    end.end_incident: (_inside(end.end_incident), INSIDE),
    end.restart_incident: (_restart, INSIDE),
    commander.change_commander: (
        _inside(commander.change_commander, user_id="{ben_id}"),
        INSIDE,
    ),
    access.ask_for_access: (
        _inside(access.ask_for_access),
        {"bea": "AlreadyInside", "ben": "AlreadyInside", "cid": "IncidentNotFound"},
    ),
    access.give_access: (_inside(access.give_access, user_id="{dan_id}"), INSIDE),
    checklists.add_checklist: (_inside(checklists.add_checklist, title="New"), INSIDE),
    checklists.rename_checklist: (
        _inside(checklists.rename_checklist, **LIST, title="New"),
        INSIDE,
    ),
    checklists.remove_checklist: (_inside(checklists.remove_checklist, **LIST), INSIDE),
    checklists.restore_checklist: (_inside(checklists.restore_checklist, **LIST), INSIDE),
    items.add_item: (_inside(items.add_item, **LIST, title="New"), INSIDE),
    items.rename_item: (_inside(items.rename_item, **ITEM, title="New"), INSIDE),
    items.move_item: (_move, INSIDE),
    items.check_item: (_inside(items.check_item, **ITEM), INSIDE),
    items.uncheck_item: (_inside(items.uncheck_item, **ITEM), INSIDE),
    items.remove_item: (_inside(items.remove_item, **ITEM), INSIDE),
    items.restore_item: (_inside(items.restore_item, **ITEM), INSIDE),
    create.create_playbook: (_in_team(create.create_playbook, title="New"), TEAM),
    create.duplicate_playbook: (_named(create.duplicate_playbook, "playbook_id"), BOOKS),
    update.update_playbook: (_save, BOOKS),
    delete.delete_playbook: (_named(delete.delete_playbook, "playbook_id"), BOOKS),
    delete.restore_playbook: (_named(delete.restore_playbook, "deleted_id"), BOOKS),
    channels.create_channel: (_in_team(channels.create_channel, display_name="New"), TEAM),
    channels.enter_team: (
        _named(channels.enter_team, "team_id"),
        {"ann": "TeamNotFound", "cid": "TeamNotFound"},
    ),
    channels.open_conversation: (
        lambda session, actor, _things, _cast: channels.open_conversation(session, actor, ["ben"]),
        {"cid": "PersonNotFound"},
    ),
    channels.find_conversation: (
        lambda session, actor, _things, _cast: channels.find_conversation(session, actor, ["ben"]),
        {"cid": "PersonNotFound"},
    ),
    members.join: (
        _named(members.join, "private_id"),
        {"dan": "ChannelNotFound", "cid": "ChannelNotFound"},
    ),
    members.leave: (_named(members.leave, "private_id"), CHANNEL),
    members.invite: (_named(members.invite, "private_id", username="dan"), CHANNEL),
    posts.post_message: (_named(posts.post_message, "private_id", text="x"), CHANNEL),
    posts.edit_post: (_named(posts.edit_post, "post_id", text="x"), OWN_POST),
    posts.delete_post: (_named(posts.delete_post, "post_id"), OWN_POST),
    identities.connect_identity: (_named(identities.connect_identity, claims=CLAIMS), ALL),
    identities.disconnect_identity: (
        _named(identities.disconnect_identity, issuer="", subject=""),
        ALL,
    ),
    passwords.change_password: (_password, ALL),
    passwords.make_password_link: (_named(passwords.make_password_link, "user_id"), ADMIN),
    sign_in.end_session: (
        _named(sign_in.end_session, "gone"),
        dict.fromkeys(("ann", "bea", "ben", "dan", "cid"), "SignInNotFound"),
    ),
    teams.create_team: (_named(teams.create_team, display_name="New"), ADMIN),
    teams.change_team: (_named(teams.change_team, "team_id", posts_edits=True), ADMIN),
    teams.add_to_team: (_named(teams.add_to_team, "team_id", "user_id"), ADMIN),
    teams.remove_from_team: (_named(teams.remove_from_team, "team_id", "user_id"), ADMIN),
    tokens.create_token: (_named(tokens.create_token, name="script"), ALL),
    tokens.revoke_token: (
        _named(tokens.revoke_token, "gone"),
        dict.fromkeys(("ann", "bea", "ben", "dan", "cid"), "TokenNotFound"),
    ),
    users.create_user: (_named(users.create_user, username="fay"), ADMIN),
    users.change_user: (_named(users.change_user, "user_id", display_name="New"), ADMIN),
    users.deactivate_user: (_named(users.deactivate_user, "user_id"), ADMIN),
    users.activate_user: (_named(users.activate_user, "user_id"), ADMIN),
    telemetry.choose_mode: (_mode, TELEMETRY),
    telemetry.note_seen: (_named(telemetry.note_seen), ALL),
    telemetry.reset_diagnostic_id: (_named(telemetry.reset_diagnostic_id), TELEMETRY),
    telemetry.send_test_event: (_named(telemetry.send_test_event), TELEMETRY),
}


def actions() -> Iterator[Callable[..., object]]:
    """Return every public function of an action module that takes who acts."""
    for found in pkgutil.walk_packages(commandpost.__path__, "commandpost."):
        parts = found.name.split(".")
        if "actions" in parts and parts[-1] not in PARTS:
            yield from _deeds_of(import_module(found.name))


def _deeds_of(module: ModuleType) -> Iterator[Callable[..., object]]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        own = function.__module__ == module.__name__ and not name.startswith("_")
        if own and "actor" in inspect.signature(function).parameters:
            yield function


@pytest.fixture(scope="module")
def cast(make_database: Make) -> Iterator[Cast]:
    """One cast for all deeds: each is rolled back."""
    with make_database() as database, a_cast(database) as made:
        yield made


@pytest.fixture(scope="module")
def things(cast: Cast) -> Things:
    return Things(cast)


def test_every_action_has_its_row() -> None:
    assert set(actions()) == set(TABLE)


@pytest.mark.parametrize("action", TABLE, ids=[action.__name__ for action in TABLE])
def test_each_person_does_what_the_table_says(
    cast: Cast, things: Things, action: Callable[..., object]
) -> None:
    deed, refused = TABLE[action]
    everybody = ("ann", "bea", "ben", "dan", "cid")

    told = {who: _try(deed, cast, getattr(cast, who), things) for who in everybody}

    assert {who: said for who, said in told.items() if said} == refused


def _try(deed: Deed, cast: Cast, actor: Actor, things: Things) -> str:
    """Do it, take it back, and return the name of the refusal if there was one."""
    with cast.database.writing() as session:
        try:
            deed(session, actor, things, cast)
            session.flush()  # what can't be stored fails here
        except AppError as refusal:
            return type(refusal).__name__
    return ""
