"""The page of one's own account, and the form of one's profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.users import change_user
from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import ChangedMeanwhile
from commandpost.accounts.gate import (
    SignedIn,
    sign_in_id_of,
)
from commandpost.accounts.models import Identity, SignIn, Token
from commandpost.accounts.openid import provider_of
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import (
    find_own_token,
    list_identities,
    list_sessions,
    list_tokens,
)
from commandpost.accounts.rules import SIGN_IN_LASTS, Values, browser_name, secret_hash
from commandpost.accounts.web.cookie import SHOWN_MINUTES, shown_secret
from commandpost.accounts.web.forms import Seen, errors_of, seen
from commandpost.kit.clock import now
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError, Invalid
from commandpost.kit.words import LANGUAGES, _, preferred, speaking
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import THEMES, done, shell, theme_of

router = APIRouter(prefix="/account")

ACCOUNT = "accounts/account.html"


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
    was: Values
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
    was_display_name: Seen = (),
    was_email: Seen = (),
    was_language: Seen = (),
) -> Response:
    was = {
        "display_name": seen(was_display_name),
        "email": seen(was_email),
        "language": seen(was_language),
    }
    try:
        change_user(
            session,
            actor,
            actor.id,
            display_name=display_name,
            email=email,
            language=language,
            was=was,
        )
    except (Invalid, ChangedMeanwhile) as refusal:
        typed = {"display_name": display_name, "email": email, "language": language}
        return refused(request, session, actor, refusal, **typed)
    with speaking(language or preferred(request.headers.get("accept-language", ""))):
        return done("/account", _("Your name and address are saved."))


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
        was={name: getattr(user, name) for name in ("display_name", "email", "language")},
        sessions=[session_line(s, current) for s in list_sessions(session, actor.id, at=now())],
        tokens=list_tokens(session, actor.id),
        identities=list_identities(session, actor.id),
        provider=provider.name if provider else "",
        now=now(),
    )


def session_line(kept: SignIn, current: str) -> SessionLine:
    used_at = kept.expires_at - SIGN_IN_LASTS
    return SessionLine(
        id=kept.id,
        browser=browser_name(kept.user_agent),
        user_agent=kept.user_agent,
        created_at=kept.created_at,
        used_at=used_at,
        is_current=kept.id == current,
    )


def refused(
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


def _show(request: Request, shown: AccountPage, *, status: int = 200) -> Response:
    return page(
        request,
        ACCOUNT,
        page=shown,
        shell=shell(request, _("Your account")),
        status=status,
    )
