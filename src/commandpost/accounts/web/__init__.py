"""The pages of accounts: sign-in, first run, one's own account, people and teams."""

from fastapi import APIRouter

from commandpost.accounts.web import sign_in

router = APIRouter(include_in_schema=False)
router.include_router(sign_in.router)
