"""The backstage page of one person: name, rights, teams, password link, access."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.passwords import make_password_link
from commandpost.accounts.actions.teams import add_to_team, remove_from_team
from commandpost.accounts.actions.users import activate_user, change_user, deactivate_user
from commandpost.accounts.gate import Administrator
from commandpost.accounts.models import Team, User
from commandpost.accounts.queries import get_user, list_teams_of
from commandpost.accounts.queries.directory import TeamSize, list_team_sizes
from commandpost.accounts.queries.secrets import find_reset
from commandpost.accounts.rules import RESET_LASTS, Values, secret_hash
from commandpost.accounts.web.cookie import SHOWN_MINUTES, show_for_minutes, shown_secret
from commandpost.accounts.web.forms import Seen, SeenChecked, errors_of, seen
from commandpost.kit.clock import now
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError, Conflict, Invalid
from commandpost.kit.words import _
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/people/{user_id}")

PERSON = "accounts/person.html"


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What person.html shows."""

    id: str
    username: str
    display_name: str
    email: str
    is_admin: bool
    was: Values
    created_at: datetime
    deactivated_at: datetime | None
    has_password: bool
    teams: Sequence[Team]
    other_teams: Sequence[TeamSize]
    link: str = ""
    link_hours: int = int(RESET_LASTS.total_seconds() // 3600)
    shown_minutes: int = SHOWN_MINUTES
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        session: Session,
        user: User,
        *,
        request: Request,
        refusal: AppError | None = None,
    ) -> Self:
        teams = list_teams_of(session, user.id)
        joined = {team.id for team in teams}
        return cls(
            id=user.id,
            username=user.username,
            display_name=user.display_name,
            email=user.email,
            is_admin=user.is_admin,
            was={name: getattr(user, name) for name in ("display_name", "email", "is_admin")},
            created_at=user.created_at,
            deactivated_at=user.deactivated_at,
            has_password=bool(user.password_hash),
            teams=teams,
            other_teams=[team for team in list_team_sizes(session) if team.id not in joined],
            link=_new_link(request, session, user.id),
            errors=errors_of(refusal) if refusal else {},
        )


@router.get("")
def show_one_person(request: Request, session: Db, _actor: Administrator, user_id: str) -> Response:
    shown = PersonPage.of(session, get_user(session, user_id), request=request)
    if wants_fragment(request):
        return fragment(request, PERSON, "person_card", page=shown)
    return _show(request, shown)


@router.post("")
def change_person(
    request: Request,
    session: Db,
    actor: Administrator,
    user_id: str,
    display_name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    is_admin: Annotated[bool, Form()] = False,  # noqa: FBT002 - a checkbox
    was_display_name: Seen = (),
    was_email: Seen = (),
    was_is_admin: SeenChecked = None,
) -> Response:
    was = {
        "display_name": seen(was_display_name),
        "email": seen(was_email),
        "is_admin": was_is_admin,
    }
    try:
        change_user(
            session,
            actor,
            user_id,
            display_name=display_name,
            email=email,
            is_admin=is_admin,
            was=was,
        )
    except (Invalid, Conflict) as refusal:
        shown = _refused_page(request, session, user_id, refusal)
        typed = replace(shown, display_name=display_name, email=email, is_admin=is_admin)
        return _show(request, typed, status=refusal.form_status)
    return done(person_address(user_id), _("Saved."))


@router.post("/deactivate")
def deactivate_person(
    request: Request, session: Db, actor: Administrator, user_id: str
) -> Response:
    try:
        deactivate_user(session, actor, user_id)
    except Conflict as refusal:
        shown = _refused_page(request, session, user_id, refusal)
        return _show(request, shown, status=refusal.form_status)
    return done(
        person_address(user_id), _("They are signed out everywhere and can't come back in.")
    )


@router.post("/activate")
def activate_person(session: Db, actor: Administrator, user_id: str) -> Response:
    activate_user(session, actor, user_id)
    return done(person_address(user_id), _("They can sign in again."))


@router.post("/password-link")
def give_password_link(
    request: Request, session: Db, actor: Administrator, user_id: str
) -> Response:
    secret = make_password_link(session, actor, user_id)
    return show_for_minutes(request, done(person_address(user_id)), secret)


@router.post("/teams")
def add_person_to_team(
    session: Db, actor: Administrator, user_id: str, team_id: Annotated[str, Form()] = ""
) -> Response:
    add_to_team(session, actor, team_id, user_id)
    return done(person_address(user_id), _("They are in the team."))


@router.post("/teams/{team_id}/remove")
def remove_person_from_team(
    session: Db, actor: Administrator, user_id: str, team_id: str
) -> Response:
    remove_from_team(session, actor, team_id, user_id)
    return done(person_address(user_id), _("They are no longer in the team."))


def _show(request: Request, shown: PersonPage, *, status: int = 200) -> Response:
    return page(
        request,
        PERSON,
        page=shown,
        shell=shell(request, shown.display_name),
        status=status,
    )


def person_address(user_id: str) -> str:
    return f"/backstage/people/{user_id}"


def _new_link(request: Request, session: Session, user_id: str) -> str:
    """Return the link that was made for this person a moment ago, while it is good."""
    secret = shown_secret(request)
    kept = find_reset(session, secret_hash(secret), at=now())
    if kept is None or kept.user_id != user_id:
        return ""
    return f"{request.app.state.settings.site()}/password/{secret}"


def _refused_page(
    request: Request, session: Session, user_id: str, refusal: AppError
) -> PersonPage:
    """Undo, and return what is stored with why the change was refused."""
    session.rollback()
    return PersonPage.of(session, get_user(session, user_id), request=request, refusal=refusal)
