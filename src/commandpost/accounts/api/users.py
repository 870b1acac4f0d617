"""REST routes of people, for administrators."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from commandpost.accounts.actions.passwords import hash_checked, make_password_link
from commandpost.accounts.actions.users import (
    activate_user,
    change_user,
    create_user,
    deactivate_user,
)
from commandpost.accounts.actor import Actor
from commandpost.accounts.api.asked import Id, PageNumber, PerPage, whole
from commandpost.accounts.aside import aside
from commandpost.accounts.gate import Administrator, AdministratorOutside
from commandpost.accounts.passwords import NO_PASSWORD, Passwords, passwords_of
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.directory import Shown, page_of_users
from commandpost.accounts.rules import RESET_LASTS
from commandpost.accounts.schemas import NewUser, PasswordLink, UserAnswer, UserChange, UserList
from commandpost.kit.clock import now
from commandpost.kit.db import Database
from commandpost.kit.edge import Db, SettingsOf, database_of
from commandpost.kit.paging import DEFAULT_PER_PAGE, PageRequest
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/users", tags=["people"])


@router.get("", responses=refusals(401, 403, 422))
def get_users(
    session: Db,
    _actor: Administrator,
    search: Annotated[str, Query(max_length=200)] = "",
    shown: Shown = Shown.ACTIVE,
    page: PageNumber = 0,
    per_page: PerPage = DEFAULT_PER_PAGE,
) -> UserList:
    """List people by user name; `search` looks into names and addresses."""
    found = page_of_users(session, PageRequest(page, per_page), search=search, shown=shown)
    items = [UserAnswer.model_validate(user) for user in found.items]
    return UserList(items=items, **whole(found))


@router.post("", status_code=201, responses=refusals(400, 401, 403, 409, 413, 422))
async def post_user(new: NewUser, request: Request, actor: AdministratorOutside) -> UserAnswer:
    """Make a person."""
    deed = partial(_make, database_of(request), actor, new, passwords_of(request.app))
    return await aside(deed)


def _make(database: Database, actor: Actor, new: NewUser, passwords: Passwords) -> UserAnswer:
    password_hash = NO_PASSWORD
    if new.password:
        password_hash = hash_checked(new.password, username=new.username, passwords=passwords)
    with database.transaction() as session:
        user_id = create_user(
            session,
            actor,
            username=new.username,
            display_name=new.display_name,
            email=new.email,
            password_hash=password_hash,
            is_admin=new.is_admin,
        )
        return UserAnswer.model_validate(get_user(session, user_id))


@router.get("/{user_id}", responses=refusals(401, 403, 404, 422))
def get_one_user(user_id: Id, session: Db, _actor: Administrator) -> UserAnswer:
    """Answer one person."""
    return UserAnswer.model_validate(get_user(session, user_id))


@router.patch("/{user_id}", responses=refusals(400, 401, 403, 404, 409, 413, 422))
def patch_user(user_id: Id, change: UserChange, session: Db, actor: Administrator) -> UserAnswer:
    """Change somebody's name, e-mail or rights. The last administrator stays one."""
    change_user(session, actor, user_id, **change.model_dump())
    return UserAnswer.model_validate(get_user(session, user_id))


@router.post("/{user_id}/deactivate", responses=refusals(401, 403, 404, 409, 422))
def post_deactivate(user_id: Id, session: Db, actor: Administrator) -> UserAnswer:
    """Take away all access at once: sessions, tokens and links end."""
    deactivate_user(session, actor, user_id)
    return UserAnswer.model_validate(get_user(session, user_id))


@router.post("/{user_id}/activate", responses=refusals(401, 403, 404, 422))
def post_activate(user_id: Id, session: Db, actor: Administrator) -> UserAnswer:
    """Let somebody in again."""
    activate_user(session, actor, user_id)
    return UserAnswer.model_validate(get_user(session, user_id))


@router.post("/{user_id}/password-link", status_code=201, responses=refusals(401, 403, 404, 422))
def post_password_link(
    user_id: Id, session: Db, actor: Administrator, settings: SettingsOf
) -> PasswordLink:
    """Make a link by which somebody chooses a password, once; earlier ones end."""
    secret = make_password_link(session, actor, user_id)
    return PasswordLink(
        address=f"{settings.site()}/password/{secret}", expires_at=now() + RESET_LASTS
    )
