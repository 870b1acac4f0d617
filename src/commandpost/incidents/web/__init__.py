"""The pages of incidents: the sidebar with its forms, the backstage, exports."""

from fastapi import APIRouter

from commandpost.incidents.web import backstage, checklists, deeds, finding, items, sidebar

router = APIRouter(include_in_schema=False)
for part in (sidebar, finding, deeds, checklists, items, backstage):
    router.include_router(part.router)
