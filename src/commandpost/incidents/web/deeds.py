"""Forms on an incident as a whole: end, restart, hand over, ask to come in, let in."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.chat.platform import Person, Platform
from commandpost.incidents.actions.access import ask_for_access, give_access
from commandpost.incidents.actions.commander import change_commander
from commandpost.incidents.actions.end import end_incident, restart_incident
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.errors import IncidentNotActive, NotInChannel, StaleCommander
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import Header, get_header, list_checklists
from commandpost.incidents.standing import left_open
from commandpost.incidents.view import nobody, side_topics
from commandpost.incidents.web.deed import Deed, Here, Id, Text, Was, place_of
from commandpost.kit.edge import Db
from commandpost.kit.ids import ChannelId
from commandpost.kit.text import fold
from commandpost.kit.words import _
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import shell

router = APIRouter(prefix="/incidents/{incident_id}")

MOST_PEOPLE = 200  # whom one chooses from; a search finds the others

Sent = Annotated[Deed, Depends()]


@dataclass(frozen=True, slots=True)
class Question:
    """What the dialogs about an incident show."""

    name: str
    action: str
    back_href: str
    here: str
    team: str
    query: str
    topics: str
    over: str
    """Why there is nothing left to answer: the incident has ended."""
    commander_id: str = ""
    commander: str = ""
    commander_is_away: bool = False
    is_alone: bool = False
    q: str = ""
    people: tuple[Person, ...] = ()
    error: str = ""
    left_open: str = ""


@router.get("/end")
def ask_end(
    request: Request,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    incident_id: Id,
    here: Here = "",
    team: Here = "",
) -> Response:
    header = _for_deeds(session, platform, actor, incident_id)
    asked = _question(header, "end", place_of(here, team))
    question = replace(asked, left_open=left_open(list_checklists(session, header.id)))
    return _ask(request, "incidents/end.html", question, _("End the incident"))


@router.post("/end")
def end(sent: Sent) -> Response:
    end_incident(*sent.what())
    return sent.done(_("The incident has ended."))


@router.post("/restart")
def restart(sent: Sent) -> Response:
    restart_incident(*sent.what())
    return sent.done(_("The incident is ongoing again."))


@router.get("/commander")
def ask_commander(
    request: Request,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    incident_id: Id,
    here: Here = "",
    team: Here = "",
    q: Annotated[str, Query(max_length=256)] = "",
) -> Response:
    header = _for_deeds(session, platform, actor, incident_id)
    question = _question(header, "commander", place_of(here, team), q=q)
    return _ask_commander(request, session, platform, header, question)


@router.post("/commander")
def commander(sent: Sent, user_id: Text, was: Was = None) -> Response:
    try:
        changed = change_commander(*sent.what(), user_id=user_id, was=was)
    except StaleCommander as refusal:
        return _choose_again(sent, refusal, user_id)
    if changed:
        return sent.done(_("Command has been handed over."))
    who = sent.platform.people(sent.session, [user_id])[user_id].username
    return sent.done(
        _("@%(username)s commands this incident already. Nothing was changed.", username=who)
    )


def _choose_again(sent: Deed, refusal: StaleCommander, user_id: str) -> Response:
    """Show the dialog as it is now, and both choices: the one made meanwhile and the refused."""
    sent.session.rollback()  # what was refused leaves nothing behind
    header = get_header(sent.session, sent.actor, sent.incident_id)
    both = sent.platform.people(sent.session, [header.commander_user_id, user_id])
    error = _(
        "Somebody made @%(stored)s the commander meanwhile; you chose @%(yours)s. Nothing was "
        "changed. Choose again if you still want to.",
        stored=both.get(header.commander_user_id, nobody()).username,
        yours=both.get(user_id, nobody()).username,
    )
    asked = _question(header, "commander", sent.place, error=error)
    status = refusal.form_status
    return _ask_commander(sent.request, sent.session, sent.platform, header, asked, status)


def _ask_commander(
    request: Request,
    session: Session,
    platform: Platform,
    header: Header,
    asked: Question,
    status: int = 200,
) -> Response:
    members = platform.members(session, ChannelId(header.channel_id))
    found = tuple(each for each in members if _is_called(each, asked.q))[:MOST_PEOPLE]
    who = platform.people(session, [header.commander_user_id]).get(header.commander_user_id)
    ids = {each.id for each in members}
    shown = replace(
        asked,
        people=found,
        commander=(who or nobody()).username,
        commander_is_away=header.commander_user_id not in ids,
        is_alone=ids == {header.commander_user_id},
    )
    return _ask(request, "incidents/commander.html", shown, _("Change the commander"), status)


@router.post("/access")
def ask_access(sent: Sent) -> Response:
    ask_for_access(*sent.what())
    return sent.done(_("You asked to be let in."))


@router.post("/members")
def let_in(sent: Sent, user_id: Text) -> Response:
    give_access(*sent.what(), user_id=user_id)
    return sent.done(_("They are in the channel now."))


def _for_deeds(session: Session, platform: Platform, actor: Actor, incident_id: str) -> Header:
    """Return the incident if this person may do deeds in it; ended, it is not asked about."""
    header = get_header(session, actor, incident_id)
    if not is_inside(session, platform, actor, header.channel_id):
        raise NotInChannel
    return header


def _is_called(person: Person, q: str) -> bool:
    term = fold(q.strip().removeprefix("@"))
    return term in fold(person.username) or term in fold(person.display_name)


def _question(
    header: Header,
    what: str,
    place: Place | None,
    *,
    q: str = "",
    error: str = "",
) -> Question:
    is_here = place is not None and place.channel_id == header.channel_id
    back = place.address(incident="" if is_here else header.id) if place else ""
    return Question(
        name=header.name,
        action=f"/incidents/{header.id}/{what}",
        back_href=back or f"/backstage/incidents/{header.id}",
        here=place.channel_id if place else "",
        team=place.team if place else "",
        query=place.query() if place else "",
        topics=" ".join(side_topics(header)),
        over="" if header.is_active else IncidentNotActive(header.ended_at).sentence,
        commander_id=header.commander_user_id,
        q=q,
        error=error,
    )


def _ask(
    request: Request, template: str, question: Question, title: str, status: int = 200
) -> Response:
    """Open the dialog over the page where one is, or as a page of its own."""
    if wants_fragment(request):
        return fragment(request, template, "dialog", page=question, status=status)
    return page(request, template, page=question, shell=shell(request, title), status=status)
