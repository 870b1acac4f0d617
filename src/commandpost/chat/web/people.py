"""People: whom to name while one writes, and where a message to somebody begins."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from commandpost.accounts.gate import SignedIn
from commandpost.chat.errors import PersonNotFound
from commandpost.chat.platform import Person
from commandpost.chat.queries.channels import find_last_team_id, get_channel
from commandpost.chat.queries.members import find_reachable, list_reachable, people_to_mention
from commandpost.chat.rules import EVERYBODY
from commandpost.chat.web.channels import some_place
from commandpost.chat.web.panels import Show
from commandpost.kit.edge import Db, WriteDb
from commandpost.kit.words import _
from commandpost.ui.shell import done

router = APIRouter()

MOST_NAMES = 8


@router.get("/channels/{channel_id}/people")
def suggest_people(
    session: Db,
    actor: SignedIn,
    channel_id: str,
    text: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Answer the names that complete what was typed behind an @."""
    channel = get_channel(session, actor, channel_id)
    found = people_to_mention(session, actor, channel.id, text, limit=MOST_NAMES)
    people = [_suggestion(person, is_inside=inside) for person, inside in found]
    return JSONResponse(people if channel.is_conversation else [*people, *_everybody(text)])


def _everybody(typed: str) -> list[dict[str, str]]:
    """Return the words that call everybody; who is here now is not known, so all say the same."""
    said = _("Calls everybody in this channel, here now or not")
    names = (name for name in sorted(EVERYBODY) if name.startswith(typed.lower()))
    return [{"text": f"@{name}", "help": said} for name in names]


@router.get("/people")
def find_people(
    session: Db, actor: SignedIn, text: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """Answer whom one may write to, by the beginning of a name."""
    found = list_reachable(session, actor, text, limit=MOST_NAMES)
    return JSONResponse([_suggestion(person, is_inside=True) for person in found])


def _suggestion(person: Person, *, is_inside: bool) -> dict[str, str]:
    name = person.display_name if person.display_name != person.username else ""
    notes = (name, "" if is_inside else _("not in this channel"))
    return {"text": f"@{person.username}", "help": " · ".join(filter(None, notes))}


@router.get("/people/{username}")
def show_person(session: WriteDb, actor: SignedIn, username: str) -> Response:
    """Go to where a message to somebody is begun; a mention in a post links here."""
    person = find_reachable(session, actor, username)
    team_id = find_last_team_id(session, actor)
    if person is None or team_id is None:
        raise PersonNotFound(username)
    place = some_place(session, actor, team_id)
    return done(place.address(show=Show.MESSAGE, to=person.username))
