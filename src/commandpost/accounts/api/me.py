"""REST routes of one's own account."""

from functools import partial

from fastapi import APIRouter, Request, Response

from commandpost.accounts.actions.passwords import change_password
from commandpost.accounts.actions.sign_in import end_session, prove_password
from commandpost.accounts.actions.tokens import create_token, revoke_token
from commandpost.accounts.actions.users import change_user
from commandpost.accounts.api.asked import Id, whole_of
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
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import get_token, list_sessions, list_tokens
from commandpost.accounts.schemas import (
    MeAnswer,
    NewTokenAnswer,
    NewTokenAsked,
    PasswordChange,
    ProfileChange,
    SessionAnswer,
    SessionList,
    TokenAnswer,
    TokenList,
)
from commandpost.kit.clock import now
from commandpost.kit.edge import Db, database_of
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/users/me", tags=["your account"])


@router.get("", responses=refusals(401))
def get_me(session: Db, actor: SignedIn) -> MeAnswer:
    """Say who you are."""
    return MeAnswer.model_validate(get_user(session, actor.id))


@router.patch("", responses=refusals(400, 401, 403, 409, 413, 422))
def patch_me(change: ProfileChange, session: Db, actor: SignedIn) -> MeAnswer:
    """Change your name, e-mail or language."""
    change_user(session, actor, actor.id, **change.model_dump())
    return MeAnswer.model_validate(get_user(session, actor.id))


@router.put("/password", status_code=204, responses=refusals(400, 401, 403, 413, 422, 429))
async def put_password(
    change: PasswordChange, request: Request, actor: SignedInOutside
) -> Response:
    """Change your password. All other sessions end; tokens stay."""
    proof = partial(
        prove_password,
        database_of(request),
        actor.username,
        change.current_password,
        address=address_of(request),
        passwords=passwords_of(request.app),
    )
    deed = partial(
        change_password,
        database_of(request),
        actor,
        new_password=change.new_password,
        keep_session=sign_in_id_of(request),
        passwords=passwords_of(request.app),
    )
    try:
        await aside(partial(deed, proven=await aside(proof)))
    except WrongCredentials as error:
        raise WrongPassword from error
    return Response(status_code=204)


@router.get("/sessions", responses=refusals(401))
def get_sessions(request: Request, session: Db, actor: SignedIn) -> SessionList:
    """List the browsers that are signed in as you."""
    found = list_sessions(session, actor.id, at=now())
    current = sign_in_id_of(request)
    items = [SessionAnswer.of(kept, current=current) for kept in found]
    return SessionList(items=items, **whole_of(items))


@router.delete("/sessions/{session_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def delete_session(session_id: Id, session: Db, actor: SignedIn) -> Response:
    """End one of your sessions."""
    end_session(session, actor, session_id)
    return Response(status_code=204)


@router.get("/tokens", responses=refusals(401))
def get_tokens(session: Db, actor: SignedIn) -> TokenList:
    """List your tokens; their secrets are kept nowhere."""
    items = [TokenAnswer.model_validate(token) for token in list_tokens(session, actor.id)]
    return TokenList(items=items, **whole_of(items))


@router.post("/tokens", status_code=201, responses=refusals(400, 401, 403, 413, 422))
def post_token(
    asked: NewTokenAsked, request: Request, session: Db, actor: SignedIn
) -> NewTokenAnswer:
    """Make a token. One made by another token ends no later than that one."""
    made = create_token(
        session,
        actor,
        name=asked.name,
        scope=asked.scope,
        expires_at=asked.expires_at,
        not_after=token_ends_at(request),
    )
    kept = TokenAnswer.model_validate(get_token(session, made.id))
    return NewTokenAnswer(**kept.model_dump(), secret=made.secret)


@router.delete("/tokens/{token_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def delete_token(token_id: Id, session: Db, actor: SignedIn) -> Response:
    """Revoke one of your tokens, at once."""
    revoke_token(session, actor, token_id)
    return Response(status_code=204)
