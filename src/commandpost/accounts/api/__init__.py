"""The REST routes of accounts."""

from fastapi import APIRouter

from commandpost.accounts.api import me, teams

router = APIRouter(prefix="/api/v1")
router.include_router(me.router)
router.include_router(teams.router)
