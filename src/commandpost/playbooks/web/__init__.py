"""The playbooks of the backstage: list, editor, files."""

from fastapi import APIRouter

from commandpost.playbooks.web import editing, files, listing

router = APIRouter(include_in_schema=False)
for part in (listing, files, editing):
    router.include_router(part.router)
