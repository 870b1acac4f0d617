"""The pages of the chat: the workspace, its posts, its channels, the dialogs of commands."""

from fastapi import APIRouter

from commandpost.chat.web import channels, commands, people, posts, workspace

router = APIRouter(include_in_schema=False)
for part in (workspace, posts, channels, people, commands):
    router.include_router(part.router)
