"""The REST routes of accounts."""

from fastapi import APIRouter

from commandpost.accounts.api import me, teams, users

router = APIRouter(prefix="/api/v1")
for door in (me, users, teams):
    router.include_router(door.router)
