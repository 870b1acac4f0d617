"""The pages that show what is sent: for administrators, and read-only for every user."""

from fastapi import APIRouter

from commandpost.telemetry.web import deeds, files, pages

router = APIRouter(include_in_schema=False)
for part in (pages, deeds, files):
    router.include_router(part.router)
