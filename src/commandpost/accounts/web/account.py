"""One's own account: name, password, sessions, tokens, sign-in by a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.identities import disconnect_identity
from commandpost.accounts.actions.passwords import change_password
from commandpost.accounts.actions.sign_in import end_session, end_sessions, prove_password
from commandpost.accounts.actions.tokens import create_token, revoke_token
from commandpost.accounts.actions.users import change_user
from commandpost.accounts.actor import Actor
from commandpost.accounts.aside import aside
from commandpost.accounts.errors import WrongCredentials, WrongPassword
from commandpost.accounts.gate import (
    SignedIn,
    SignedInOutside,
    address_of,
    sign_in_id_of,
    token_ends_at,
)
from commandpost.accounts.models import Identity, SignIn, Token
from commandpost.accounts.openid import provider_of
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import (
    find_own_token,
    list_identities,
    list_sessions,
    list_tokens,
)
from commandpost.accounts.rules import SIGN_IN_LASTS, Scope, browser_name, secret_hash
from commandpost.accounts.web.cookie import SHOWN_MINUTES, show_for_minutes, shown_secret
from commandpost.accounts.web.forms import errors_of
from commandpost.kit.clock import now
from commandpost.kit.edge import Db, database_of
from commandpost.kit.errors import AppError, Conflict, Invalid, TooMany
from commandpost.kit.words import LANGUAGES, _, preferred, speaking
from commandpost.ui.files import csv_file
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import THEMES, done, shell, theme_of

router = APIRouter(prefix="/account")

ACCOUNT = "accounts/account.html"
TOKEN_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as the list shows it; its last use is known to the day."""

    id: str
    browser: str
    user_agent: str
    created_at: datetime
    used_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What account.html shows."""

    topics: str
    username: str
    display_name: str
    email: str
    language: str
    languages: Sequence[tuple[str, str]]
    theme: str
    themes: Sequence[tuple[str, str]]
    is_admin: bool
    sessions: Sequence[SessionLine]
    tokens: Sequence[Token]
    identities: Sequence[Identity]
    provider: str
    now: datetime
    errors: Mapping[str, str] = field(default_factory=dict)
    new_token: str = ""
    shown_minutes: int = SHOWN_MINUTES
    token_name: str = ""


@router.get("")
def show_account(request: Request, session: Db, actor: SignedIn) -> Response:
    shown = _account_page(request, session, actor)
    if wants_fragment(request):
        return fragment(request, ACCOUNT, "account_access", page=shown)
    secret = shown_secret(request)
    if find_own_token(session, actor.id, secret_hash(secret)):
        shown = replace(shown, new_token=secret)
    return _show(request, shown)


@router.post("/profile")
def change_profile(
    request: Request,
    session: Db,
    actor: SignedIn,
    display_name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
) -> Response:
    try:
        change_user(
            session,
            actor,
            actor.id,
            display_name=display_name,
            email=email,
            language=language,
        )
    except Invalid as refusal:
        typed = {"display_name": display_name, "email": email, "language": language}
        return _refused(request, session, actor, refusal, **typed)
    with speaking(language or preferred(request.headers.get("accept-language", ""))):
        return done("/account", _("Your name and address are saved."))


@router.post("/password")
async def change_password_by_form(
    request: Request,
    actor: SignedInOutside,
    current_password: Annotated[str, Form()] = "",
    new_password: Annotated[str, Form()] = "",
) -> Response:
    proof = partial(
        prove_password,
        database_of(request),
        actor.username,
        current_password,
        address=address_of(request),
        passwords=passwords_of(request.app),
    )
    change = partial(
        change_password,
        database_of(request),
        actor,
        new_password=new_password,
        keep_session=sign_in_id_of(request),
        passwords=passwords_of(request.app),
    )
    try:
        await aside(proof)
        await aside(change)
    except WrongCredentials:
        return await aside(partial(_refused_outside, request, actor, WrongPassword()))
    except (Invalid, TooMany) as refusal:
        return await aside(partial(_refused_outside, request, actor, refusal))
    return done("/account", _("Your password is changed, and all other sessions have ended."))


@router.post("/sessions/end-others")
def end_other_sessions(request: Request, session: Db, actor: SignedIn) -> Response:
    end_sessions(session, actor.id, keep=sign_in_id_of(request))
    return done("/account", _("All other sessions have ended."))


@router.post("/sessions/{session_id}/end")
def end_one_session(session: Db, actor: SignedIn, session_id: str) -> Response:
    end_session(session, actor, session_id)
    return done("/account", _("That session has ended."))


@router.get("/sessions.csv")
def export_sessions(request: Request, session: Db, actor: SignedIn) -> Response:
    current = sign_in_id_of(request)
    lines = (_line(kept, current) for kept in list_sessions(session, actor.id, at=now()))
    rows = [
        (line.browser, line.user_agent, line.created_at, line.used_at, line.is_current)
        for line in lines
    ]
    return csv_file("sessions", ("browser", "user_agent", "signed_in", "used", "this_one"), rows)


@router.get("/tokens.csv")
def export_tokens(session: Db, actor: SignedIn) -> Response:
    rows = [
        (token.name, token.scope, token.created_at, token.expires_at)
        for token in list_tokens(session, actor.id)
    ]
    return csv_file("tokens", ("name", "may", "made", "good_until"), rows)


@router.post("/tokens")
def make_token(
    request: Request,
    session: Db,
    actor: SignedIn,
    name: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "read",
    days: Annotated[str, Form()] = "",
) -> Response:
    expires_at = now() + timedelta(days=TOKEN_DAYS[days]) if days in TOKEN_DAYS else None
    try:
        made = create_token(
            session,
            actor,
            name=name,
            scope=Scope.WRITE if scope == Scope.WRITE else Scope.READ,
            expires_at=expires_at,
            not_after=token_ends_at(request),
        )
    except Invalid as refusal:
        return _refused(request, session, actor, refusal, token_name=name)
    return show_for_minutes(request, done("/account"), made.secret)


@router.post("/tokens/{token_id}/revoke")
def revoke_token_by_form(session: Db, actor: SignedIn, token_id: str) -> Response:
    revoke_token(session, actor, token_id)
    return done("/account", _("The token is revoked."))


@router.post("/identities/disconnect")
def disconnect_by_form(
    request: Request,
    session: Db,
    actor: SignedIn,
    issuer: Annotated[str, Form()] = "",
    subject: Annotated[str, Form()] = "",
) -> Response:
    try:
        disconnect_identity(session, actor, issuer=issuer, subject=subject)
    except Conflict as refusal:
        return _refused(request, session, actor, refusal)
    return done("/account", _("The provider is disconnected from your account."))


def _account_page(request: Request, session: Session, actor: Actor) -> AccountPage:
    user = get_user(session, actor.id)
    provider = provider_of(request.app)
    current = sign_in_id_of(request)
    return AccountPage(
        topics=f"user:{actor.id}",
        username=user.username,
        display_name=user.display_name,
        email=user.email,
        language=user.language,
        languages=[("", _("as the browser asks")), *LANGUAGES.items()],
        theme=theme_of(request),
        themes=[
            ("", _("as the system has it")),
            *((each, _(said)) for each, said in THEMES.items()),
        ],
        is_admin=actor.is_admin,
        sessions=[_line(s, current) for s in list_sessions(session, actor.id, at=now())],
        tokens=list_tokens(session, actor.id),
        identities=list_identities(session, actor.id),
        provider=provider.name if provider else "",
        now=now(),
    )


def _line(kept: SignIn, current: str) -> SessionLine:
    used_at = kept.expires_at - SIGN_IN_LASTS
    return SessionLine(
        id=kept.id,
        browser=browser_name(kept.user_agent),
        user_agent=kept.user_agent,
        created_at=kept.created_at,
        used_at=used_at,
        is_current=kept.id == current,
    )


def _refused(
    request: Request, session: Session, actor: Actor, refusal: AppError, **typed: str
) -> Response:
    """Undo, and show the page again with what was typed and why it was refused."""
    session.rollback()
    shown = replace(
        _account_page(request, session, actor),
        errors=errors_of(refusal),
        **typed,  # type: ignore[arg-type]  # every typed field is text
    )
    return _show(request, shown, status=refusal.form_status)


def _refused_outside(request: Request, actor: Actor, refusal: AppError) -> Response:
    with database_of(request).reading() as session:
        return _refused(request, session, actor, refusal)


def _show(request: Request, shown: AccountPage, *, status: int = 200) -> Response:
    return page(
        request,
        ACCOUNT,
        page=shown,
        shell=shell(request, _("Your account")),
        status=status,
    )
