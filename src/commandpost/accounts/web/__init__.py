"""The pages of accounts: sign-in, first run, one's own account, people and teams."""

from fastapi import APIRouter

from commandpost.accounts.web import (
    account,
    account_access,
    first_run,
    openid,
    password_link,
    people,
    person,
    sign_in,
    teams,
    theme,
)

router = APIRouter(include_in_schema=False)
for door in (
    sign_in,
    openid,
    first_run,
    password_link,
    account,
    account_access,
    theme,
    teams,
    people,
    person,
):
    router.include_router(door.router)
