"""What every form on an incident carries, and how it is answered: a fragment, or 303 back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.chat.platform import Platform
from commandpost.incidents.errors import StaleTitle
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import Header, get_header
from commandpost.incidents.sidebar import sidebar_markup
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError, Conflict, Invalid
from commandpost.ui.render import by_htmx, page, wants_fragment
from commandpost.ui.shell import done, shell

Id = Annotated[str, Path(max_length=64)]
Here = Annotated[str, Query(max_length=64)]
Text = Annotated[str, Form(max_length=4096)]
Was = Annotated[str | None, Form(max_length=4096)]  # the title that was seen

AGAIN = "incidents/again.html"
IS_ID = re.compile("[a-z0-9]{1,26}")


def place_of(here: str, team: str) -> Place | None:
    """Return where a form was sent from; what is no id is nowhere."""
    if not IS_ID.fullmatch(here):
        return None
    return Place(here, team if IS_ID.fullmatch(team) else "")


@dataclass(frozen=True, slots=True)
class TypedAgain:
    """What again.html shows: one line as it was typed, why it was refused, and what is stored."""

    name: str
    action: str
    back_href: str
    typed: str
    stored: str
    error: str


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

    def titled(
        self, action: Callable[..., object], *ids: str, title: str, **said: str | None
    ) -> Response:
        """Do what a title was typed for; without scripts a refused one is shown again, and why."""
        try:
            action(*self.what(), *ids, title=title, **said)
        except (Invalid, Conflict) as refusal:
            if by_htmx(self.request) and not isinstance(refusal, StaleTitle):
                raise  # its sentence is said, what was typed is given back
            return self._again(title, refusal)
        return self.done()

    def _again(self, title: str, refusal: AppError) -> Response:
        """Ask again with what was typed, beside what is stored if somebody else was faster."""
        self.session.rollback()  # what was refused leaves nothing behind
        header = get_header(self.session, self.actor, self.incident_id)
        shown = TypedAgain(
            name=header.name,
            action=f"{self.request.url.path}?{self.request.url.query}",
            back_href=self._back(header),
            typed=title,
            stored=refusal.stored if isinstance(refusal, StaleTitle) else "",
            error=refusal.sentence,
        )
        status = refusal.form_status
        around = shell(self.request, header.name)
        return page(self.request, AGAIN, page=shown, shell=around, status=status)

    def done(self, sentence: str = "") -> Response:
        """Show the incident as this transaction will leave it."""
        self.session.flush()  # so that the incident is read back by its id
        header = get_header(self.session, self.actor, self.incident_id)
        if self.place is not None and wants_fragment(self.request):
            return HTMLResponse(
                sidebar_markup(
                    self.request, self.session, self.actor, self.place, header.team_id, header
                )
            )
        return done(self._back(header), sentence)

    def _back(self, header: Header) -> str:
        if self.place is None:
            return f"/backstage/incidents/{header.id}"
        is_here = self.place.channel_id == header.channel_id
        return self.place.address(incident="" if is_here else header.id)
