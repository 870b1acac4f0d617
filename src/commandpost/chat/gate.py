"""What doors ask of the application: the chat platform and the slash commands."""

from typing import Annotated

from fastapi import Depends, Request

from commandpost.chat.platform import Platform
from commandpost.chat.workspace import Workspace
from commandpost.slash.registry import Registry


def platform_of(request: Request) -> Platform:
    """Return the chat platform that the application was made with."""
    platform: Platform = request.app.state.platform
    return platform


def commands_of(request: Request) -> Registry[Platform]:
    """Return the slash commands that the application was made with."""
    commands: Registry[Platform] = request.app.state.commands
    return commands


def workspace_of(request: Request) -> Workspace:
    """Return what features above the chat put into its workspace."""
    workspace: Workspace = request.app.state.workspace
    return workspace


PlatformOf = Annotated[Platform, Depends(platform_of)]
CommandsOf = Annotated[Registry[Platform], Depends(commands_of)]
