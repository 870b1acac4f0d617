"""What lets one in to one's own account: password, sessions, tokens, a provider."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.actions.identities import disconnect_identity
from commandpost.accounts.actions.passwords import change_password
from commandpost.accounts.actions.sign_in import end_session, end_sessions, prove_password
from commandpost.accounts.actions.tokens import create_token, revoke_token
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
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries.secrets import (
    list_sessions,
    list_tokens,
)
from commandpost.accounts.rules import Scope
from commandpost.accounts.web.account import refused, session_line
from commandpost.accounts.web.cookie import show_for_minutes
from commandpost.kit.clock import now
from commandpost.kit.edge import Db, database_of
from commandpost.kit.errors import AppError, Conflict, Invalid, TooMany
from commandpost.kit.words import _
from commandpost.ui.files import csv_file
from commandpost.ui.shell import done

router = APIRouter(prefix="/account")

TOKEN_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}


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
        await aside(partial(change, proven=await aside(proof)))
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
    lines = (session_line(kept, current) for kept in list_sessions(session, actor.id, at=now()))
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
        return refused(request, session, actor, refusal, token_name=name)
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
        return refused(request, session, actor, refusal)
    return done("/account", _("The provider is disconnected from your account."))


def _refused_outside(request: Request, actor: Actor, refusal: AppError) -> Response:
    with database_of(request).reading() as session:
        return refused(request, session, actor, refusal)
