"""Signing in by a provider: the way there, and the way back."""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.identities import Claims, connect_identity, sign_in_by_identity
from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actor import Actor
from commandpost.accounts.aside import aside, away
from commandpost.accounts.errors import ProviderRefused
from commandpost.accounts.gate import find_viewer, sign_in_id_of
from commandpost.accounts.openid import CALLBACK, Journey, OpenIdProvider, provider_of
from commandpost.accounts.rules import secret_hash
from commandpost.accounts.web.cookie import give_cookie, is_secure, user_agent_of
from commandpost.accounts.web.sign_in import local
from commandpost.kit.edge import database_of
from commandpost.kit.errors import NotFound, Unauthenticated
from commandpost.kit.words import _
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell

router = APIRouter()

CONTINUE = "accounts/continue.html"
LASTS = 600  # seconds to sign in at the provider


@dataclass(frozen=True, slots=True)
class ContinuePage:
    """What continue.html shows, for browsers that do not follow by themselves."""

    provider: str
    href: str


@router.get("/sign-in/openid")
async def go_to_provider(
    request: Request,
    next: str = "/",  # noqa: A002 - the field's name
) -> Response:
    provider = _provider(request)
    address, journey = await away(partial(provider.begin, next_page=local(next), connects=""))
    return _taking_along(request, journey, RedirectResponse(address, status_code=303))


@router.post("/account/identities/connect")
async def go_to_connect(request: Request) -> Response:
    """Send somebody to the provider; not by a redirect, which the policy forbids after a form."""
    provider = _provider(request)
    connects = await aside(partial(_session_to_connect, request))
    address, journey = await away(partial(provider.begin, next_page="/account", connects=connects))
    shown = ContinuePage(provider.name, address)
    title = _("Connect %(provider)s", provider=provider.name)
    response = page(request, CONTINUE, page=shown, shell=shell(request, title))
    response.headers["Refresh"] = f"0; url={address}"
    return _taking_along(request, journey, response)


def _taking_along(request: Request, journey: Journey, response: Response) -> Response:
    packed = base64.urlsafe_b64encode(json.dumps(journey.as_document()).encode()).decode()
    response.set_cookie(
        _cookie(request),
        packed,
        max_age=LASTS,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return response


@router.get(CALLBACK)
async def come_back(
    request: Request,
    state: Annotated[str, Query()] = "",
    code: Annotated[str, Query()] = "",
) -> Response:
    """Ask the provider first, then write: nobody waits for a slow one but who came from there."""
    provider = _provider(request)
    journey = _journey(request)
    if not code or not secrets.compare_digest(state.encode(), journey.state.encode()):
        raise ProviderRefused
    claims = await away(partial(provider.finish, code, journey))
    if journey.connects:
        response = await aside(partial(_connect, request, claims, journey))
    else:
        may_create = provider.creates_users
        secret = await aside(partial(_sign_in, request, claims, may_create=may_create))
        response = done(local(journey.next))
        give_cookie(request, response, secret)
    response.delete_cookie(
        _cookie(request), httponly=True, samesite="lax", secure=is_secure(request)
    )
    return response


def _session_to_connect(request: Request) -> str:
    with database_of(request).reading() as session:
        _actor, connects = _by_session(request, session)
    return connects


def _connect(request: Request, claims: Claims, journey: Journey) -> Response:
    with database_of(request).transaction() as session:
        actor, connects = _by_session(request, session)
        if not secrets.compare_digest(connects.encode(), journey.connects.encode()):
            raise ProviderRefused
        connect_identity(session, actor, claims)
    return done("/account", _("From now on you can sign in by this provider too."))


def _by_session(request: Request, session: Session) -> tuple[Actor, str]:
    """Return who is signed in by a cookie, and a hash of that session.

    A token is not enough: whoever holds one would get a way to sign in as its owner.
    """
    actor = find_viewer(request, session)
    sign_in_id = sign_in_id_of(request)
    if actor is None or not sign_in_id:
        raise Unauthenticated(
            _("You are not signed in in this browser. Sign in, then connect again.")
        )
    return actor, secret_hash(sign_in_id)


def _sign_in(request: Request, claims: Claims, *, may_create: bool) -> str:
    with database_of(request).transaction() as session:
        user_id = sign_in_by_identity(session, claims, may_create=may_create)
        return start_session(session, user_id, user_agent=user_agent_of(request))


def _provider(request: Request) -> OpenIdProvider:
    provider = provider_of(request.app)
    if provider is None:
        raise NotFound(_("This server has no sign-in provider. Sign in by user name and password."))
    return provider


def _journey(request: Request) -> Journey:
    """Return what this browser took along; one that took nothing did not begin here."""
    try:
        packed = base64.urlsafe_b64decode(request.cookies.get(_cookie(request), ""))
        fields = json.loads(packed)
        "".join(fields.values()).encode()  # anybody can make one: each is a text that can be sent
        return Journey(**fields)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ProviderRefused from error


def _cookie(request: Request) -> str:
    """Return its name; by https one that no neighbouring site can set."""
    return "__Host-commandpost_openid" if is_secure(request) else "commandpost_openid"
