"""What features above the chat put into its workspace: the sidebar and entries of the rail."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.ids import ChannelId, TeamId


@dataclass(frozen=True, slots=True)
class RailPart:
    """Entries for the rail, and which channels they stand for: those are not listed twice."""

    markup: Markup
    channel_ids: frozenset[str]
    ended_ids: frozenset[str] = frozenset()
    """Channels of incidents that ended: they are listed with the others, and marked."""


class Workspace(Protocol):
    """Filled in by main with the incidents' side; `app.state.workspace`."""

    def sidebar(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> Markup:
        """Return the right pane: details of the channel's incident, else the incident list."""
        ...

    def rail(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> RailPart:
        """Return the rail's entries of running incidents that the actor is in."""
        ...

    def leaving(
        self, request: Request, session: Session, actor: Actor, channel_id: ChannelId
    ) -> Markup:
        """Return what somebody should know, and can do, before they leave a channel; or nothing."""
        ...

    def outside(self, session: Session, actor: Actor, channel_id: str) -> str:
        """Return the address for somebody who may not read a channel but may know what it is of."""
        ...
