"""REST routes of one's own account."""

from fastapi import APIRouter

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.schemas import MeAnswer
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/users/me", tags=["users"])


@router.get("", responses=refusals(401))
def get_me(actor: SignedIn) -> MeAnswer:
    """Say who you are."""
    return MeAnswer.model_validate(actor)
