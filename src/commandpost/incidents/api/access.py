"""REST routes of who comes into an incident's channel: they ask, others let them in."""

from fastapi import APIRouter, Response

from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.incidents.actions.access import ask_for_access, give_access
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.api.answer import Id
from commandpost.incidents.errors import DetailsNotFound
from commandpost.incidents.queries.one import get_header
from commandpost.incidents.queries.timeline import list_access_requests
from commandpost.incidents.schemas import MemberList, MemberShape, NewMember
from commandpost.kit.edge import Db
from commandpost.ui.refusals import refusals

router = APIRouter()


@router.post("/{incident_id}/access", status_code=204, responses=refusals(401, 403, 404, 409, 422))
def post_access(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> Response:
    """Ask the people in the incident's channel to let you in."""
    ask_for_access(session, platform, actor, incident_id)
    return Response(status_code=204)


@router.get("/{incident_id}/access", responses=refusals(401, 404, 422))
def get_access(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> MemberList:
    """List who asks to be let in, longest waiting first, to the people in the channel."""
    header = get_header(session, actor, incident_id)
    if not is_inside(session, platform, actor, header.channel_id):
        raise DetailsNotFound
    asking = list_access_requests(session, incident_id)
    people = platform.people(session, asking)
    items = [
        MemberShape(user_id=user_id, username=people[user_id].username)
        for user_id in asking
        if user_id in people
    ]
    pages = 1 if items else 0
    return MemberList(items=items, total_count=len(items), page_count=pages, has_more=False)


@router.post(
    "/{incident_id}/members", status_code=204, responses=refusals(400, 401, 403, 404, 413, 422)
)
def post_member(
    incident_id: Id, new: NewMember, session: Db, actor: SignedIn, platform: PlatformOf
) -> Response:
    """Let a team mate into the incident's channel, whether they asked or not."""
    give_access(session, platform, actor, incident_id, user_id=new.user_id)
    return Response(status_code=204)
