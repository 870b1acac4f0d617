"""What every form on an incident carries, and how it is answered: a fragment, or 303 back."""

import re
from typing import Annotated

from fastapi import Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.chat.platform import Platform
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import get_header
from commandpost.incidents.sidebar import sidebar_markup
from commandpost.kit.edge import Db
from commandpost.ui.render import wants_fragment
from commandpost.ui.shell import done

Id = Annotated[str, Path(max_length=64)]
Here = Annotated[str, Query(max_length=64)]
Text = Annotated[str, Form(max_length=4096)]

IS_ID = re.compile("[a-z0-9]{1,26}")


def place_of(here: str, team: str) -> Place | None:
    """Return where a form was sent from; what is no id is nowhere."""
    if not IS_ID.fullmatch(here):
        return None
    return Place(here, team if IS_ID.fullmatch(team) else "")


class Deed:
    """Who does something in which incident, and where they look at it from."""

    def __init__(
        self,
        request: Request,
        session: Db,
        actor: SignedIn,
        platform: PlatformOf,
        incident_id: Id,
        here: Here = "",
        team: Here = "",
    ) -> None:
        self.request, self.session, self.actor = request, session, actor
        self.platform, self.incident_id = platform, incident_id
        self.place = place_of(here, team)

    def what(self) -> tuple[Session, Platform, Actor, str]:
        """Return the arguments that every action begins with."""
        return self.session, self.platform, self.actor, self.incident_id

    def done(self, sentence: str = "") -> Response:
        """Show the incident as this transaction will leave it."""
        self.session.flush()  # so that the incident is read back by its id
        header = get_header(self.session, self.actor, self.incident_id)
        if self.place is None:
            return done(f"/backstage/incidents/{header.id}", sentence)
        if wants_fragment(self.request):
            return HTMLResponse(
                sidebar_markup(
                    self.request, self.session, self.actor, self.place, header.team_id, header
                )
            )
        is_here = self.place.channel_id == header.channel_id
        return done(self.place.address(incident="" if is_here else header.id), sentence)
