"""Demo data: made by the ordinary actions, so they record their events like any others."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from commandpost.accounts.actions.teams import add_to_team, create_team
from commandpost.accounts.actions.users import create_user
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.queries import has_users
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.actions.posts import post_message
from commandpost.chat.platform import Platform
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.actions.items import check_item
from commandpost.incidents.actions.start import Started, start_incident
from commandpost.incidents.queries.one import list_checklists
from commandpost.kit.clock import clock, now
from commandpost.kit.db import Database
from commandpost.kit.ids import PlaybookId, TeamId, UserId
from commandpost.playbooks.actions.create import create_playbook
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft
from commandpost.settings import Settings

PASSWORD_FILE = "demo-password.txt"  # noqa: S105 - a file's name
PEOPLE = (("ann", "Ann Archer", True), ("ben", "Ben Brook", False), ("cid", "Cid Cole", False))
PLAYBOOK = (
    ChecklistDraft(
        "First fifteen minutes",
        (
            ItemDraft("Page the on-call of the service"),
            ItemDraft("Post to the status page"),
            ItemDraft("Find the last change"),
            ItemDraft("Decide: roll back or forward"),
        ),
    ),
    ChecklistDraft(
        "Afterwards", (ItemDraft("Write the customer note"), ItemDraft("Book the review"))
    ),
)


def fill_with_demo(database: Database, settings: Settings) -> tuple[str, ...]:
    """Fill an empty server; return the lines that say who can sign in and how."""
    with database.transaction() as session:
        if not has_users(session):
            password = _password(settings)
            _fill(session, BuiltinPlatform(settings.language), password)
    return _welcome(settings)


def _password(settings: Settings) -> str:
    if settings.demo_password is not None:
        return settings.demo_password.get_secret_value()
    password = secrets.token_urlsafe(9)
    path = settings.data_dir / PASSWORD_FILE
    path.touch(mode=0o600)
    path.write_text(password, encoding="utf-8")
    return password


def _welcome(settings: Settings) -> tuple[str, ...]:
    kept = settings.data_dir / PASSWORD_FILE
    how = f"the password {_read(kept)}" if kept.exists() else "the COMMANDPOST_DEMO_PASSWORD"
    return (
        f"Commandpost is at {settings.site()}",
        f"Sign in as ann (administrator), ben (member) or cid (of another team) with {how}",
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _fill(session: Session, platform: Platform, password: str) -> None:
    people = {
        name: _person(session, name, shown, password, is_admin=is_admin)
        for name, shown, is_admin in PEOPLE
    }
    team_id = create_team(session, CONSOLE, name="demo", display_name="Demo")
    other_id = create_team(session, CONSOLE, name="elsewhere", display_name="Elsewhere")
    for name, joined in (("ann", team_id), ("ben", team_id), ("cid", other_id)):
        add_to_team(session, CONSOLE, joined, people[name].id)
        enter_team(session, people[name], joined)
    with _time_at(now() - timedelta(days=3, hours=2)):
        playbook_id = create_playbook(
            session, people["ann"], team_id=team_id, title="Service outage", checklists=PLAYBOOK
        )
        past = _incident(session, platform, people, team_id, playbook_id, "Mail was delayed")
        _check(session, platform, people["ben"], past, 6)
    with _time_at(now() - timedelta(days=3)):
        end_incident(session, platform, people["ben"], past.id)
    with _time_at(now() - timedelta(minutes=42)):
        running = _incident(session, platform, people, team_id, playbook_id, "Checkout is slow")
        _talk(session, people, running)
        _check(session, platform, people["ann"], running, 2)


def _person(
    session: Session, username: str, display_name: str, password: str, *, is_admin: bool
) -> Actor:
    user_id: UserId = create_user(
        session,
        CONSOLE,
        username=username,
        display_name=display_name,
        password=password,
        is_admin=is_admin,
    )
    return Actor(user_id, username, display_name, is_admin)


def _incident(
    session: Session,
    platform: Platform,
    people: dict[str, Actor],
    team_id: TeamId,
    playbook_id: PlaybookId,
    name: str,
) -> Started:
    started = start_incident(
        session, platform, people["ann"], team_id=team_id, name=name, playbook_id=playbook_id
    )
    platform.add_member(session, started.channel_id, people["ben"].id)
    return started


def _check(
    session: Session, platform: Platform, actor: Actor, incident: Started, count: int
) -> None:
    items = [item for list_ in list_checklists(session, incident.id) for item in list_.items]
    for item in items[:count]:
        check_item(session, platform, actor, incident.id, item.id)


def _talk(session: Session, people: dict[str, Actor], incident: Started) -> None:
    said = (
        ("ann", "I have command. @ben please look at the database, I take the status page."),
        ("ben", "Connection pool is exhausted on `pay-db-2`. Rolling back release **8121**."),
    )
    for username, message in said:
        post_message(session, people[username], incident.channel_id, message)


@contextmanager
def _time_at(moment: datetime) -> Iterator[None]:
    """Let the deeds inside happen at a moment; nothing is served yet."""
    clock.set(moment)
    try:
        yield
    finally:
        clock.reset()
