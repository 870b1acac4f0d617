"""The REST routes of incidents, their checklists and their items."""

from fastapi import APIRouter

from commandpost.incidents.api import access, checklists, incidents, items

router = APIRouter(tags=["incidents"])
router.include_router(incidents.router, prefix="/api/v1/incidents")
router.include_router(checklists.router, prefix="/api/v1/incidents")
router.include_router(access.router, prefix="/api/v1/incidents")
router.include_router(items.router, prefix="/api/v1/incidents")
