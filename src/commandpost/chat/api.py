"""REST routes of the chat: channels, posts, members, commands."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries import get_team_for
from commandpost.chat.actions.channels import create_channel, find_conversation, open_conversation
from commandpost.chat.actions.members import invite, join, leave
from commandpost.chat.actions.posts import delete_post, edit_post, post_message
from commandpost.chat.gate import CommandsOf, PlatformOf
from commandpost.chat.models import ChannelKind
from commandpost.chat.place import find_place, titles_of
from commandpost.chat.queries.channels import get_channel, page_of_channels
from commandpost.chat.queries.members import find_person, is_member, list_members
from commandpost.chat.queries.posts import count_posts, get_post, page_of_posts
from commandpost.chat.schemas import (
    ChannelList,
    ChannelShape,
    CommandAnswer,
    Invitation,
    MemberList,
    MemberShape,
    NewChannel,
    NewCommand,
    NewConversation,
    NewPost,
    NewSubmission,
    PostChange,
    PostList,
    PostShape,
    channel_shape,
    command_answer,
    member_shape,
    post_shape,
)
from commandpost.kit.edge import Db
from commandpost.kit.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE, PageRequest
from commandpost.slash.replies import Invocation, Submission
from commandpost.ui.refusals import refusals, there_already

router = APIRouter(prefix="/api/v1", tags=["chat"])

Id = Annotated[str, Path(max_length=64)]
PerPage = Annotated[int, Query(ge=1, le=MAX_PER_PAGE)]


@router.get("/channels", responses=refusals(401, 404, 422))
def get_channels(
    session: Db,
    actor: SignedIn,
    team_id: Annotated[str, Query(max_length=64)],
    page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    per_page: PerPage = DEFAULT_PER_PAGE,
) -> ChannelList:
    """List the channels of a team that you may see: the public ones and your own, by name."""
    get_team_for(session, actor, team_id)
    found = page_of_channels(session, actor, team_id, PageRequest(page, per_page))
    return ChannelList(
        items=[channel_shape(row, row.display_name) for row in found.items],
        total_count=found.total_count,
        page_count=found.page_count,
        has_more=found.has_more,
    )


@router.post("/channels", status_code=201, responses=refusals(400, 401, 403, 404, 413, 422))
def post_channel(new: NewChannel, session: Db, actor: SignedIn) -> ChannelShape:
    """Make a channel of a team; you are its first member."""
    channel_id = create_channel(
        session,
        actor,
        team_id=new.team_id,
        display_name=new.display_name,
        is_private=new.kind is ChannelKind.PRIVATE,
    )
    return _shape(session, actor, channel_id)


@router.post(
    "/conversations",
    status_code=201,
    responses=refusals(400, 401, 403, 404, 413, 422) | there_already(ChannelShape),
)
def post_conversation(
    new: NewConversation, session: Db, actor: SignedIn, response: Response
) -> ChannelShape:
    """Open the direct or group message with these people; the same people, the same one."""
    if find_conversation(session, actor, new.usernames):
        response.status_code = 200
    return _shape(session, actor, open_conversation(session, actor, new.usernames))


@router.get("/channels/{channel_id}", responses=refusals(401, 404, 422))
def get_one_channel(channel_id: Id, session: Db, actor: SignedIn) -> ChannelShape:
    """Answer one channel."""
    return _shape(session, actor, channel_id)


@router.post("/channels/{channel_id}/join", responses=refusals(401, 403, 404, 422))
def join_channel(channel_id: Id, session: Db, actor: SignedIn) -> ChannelShape:
    """Come into a public channel of your team."""
    join(session, actor, channel_id)
    return _shape(session, actor, channel_id)


@router.post(
    "/channels/{channel_id}/leave", status_code=204, responses=refusals(401, 403, 404, 409, 422)
)
def leave_channel(channel_id: Id, session: Db, actor: SignedIn) -> Response:
    """Go out of a channel."""
    leave(session, actor, channel_id)
    return Response(status_code=204)


@router.get("/channels/{channel_id}/members", responses=refusals(401, 404, 422))
def get_members(channel_id: Id, session: Db, actor: SignedIn) -> MemberList:
    """List the people in a channel, by user name."""
    get_channel(session, actor, channel_id)
    people = [member_shape(person) for person in list_members(session, channel_id)]
    return MemberList(items=people, total_count=len(people), page_count=1, has_more=False)


@router.post(
    "/channels/{channel_id}/members",
    status_code=201,
    responses=refusals(400, 401, 403, 404, 409, 413, 422) | there_already(MemberShape),
)
def post_member(
    new: Invitation, channel_id: Id, session: Db, actor: SignedIn, response: Response
) -> MemberShape:
    """Bring a team mate into a channel that you are in."""
    person = find_person(session, new.username)
    if person and is_member(session, channel_id, person.id):
        response.status_code = 200
    return member_shape(invite(session, actor, channel_id, new.username))


@router.get("/channels/{channel_id}/posts", responses=refusals(401, 404, 422))
def get_posts(
    channel_id: Id,
    session: Db,
    actor: SignedIn,
    before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    per_page: PerPage = DEFAULT_PER_PAGE,
) -> PostList:
    """List the newest posts of a channel, newest last; `before` a number: those before it."""
    get_channel(session, actor, channel_id)
    found = page_of_posts(session, channel_id, before=before, limit=per_page)
    total = count_posts(session, channel_id)
    return PostList(
        items=[post_shape(row) for row in found.items],
        total_count=total,
        page_count=-(-total // per_page),
        has_more=found.has_older,
    )


@router.post(
    "/channels/{channel_id}/posts",
    status_code=201,
    responses=refusals(400, 401, 403, 404, 413, 422),
)
def post_post(new: NewPost, channel_id: Id, session: Db, actor: SignedIn) -> PostShape:
    """Write into a channel that you are in."""
    post_id = post_message(session, actor, channel_id, new.message, key=new.key)
    return post_shape(get_post(session, post_id))


@router.patch("/posts/{post_id}", responses=refusals(400, 401, 403, 404, 409, 413, 422))
def patch_post(change: PostChange, post_id: Id, session: Db, actor: SignedIn) -> PostShape:
    """Change the text of your own post."""
    return post_shape(edit_post(session, actor, post_id, change.message, was=change.was))


@router.delete("/posts/{post_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def remove_post(post_id: Id, session: Db, actor: SignedIn) -> Response:
    """Delete your own post, its text for good."""
    delete_post(session, actor, post_id)
    return Response(status_code=204)


@router.post(
    "/channels/{channel_id}/commands", responses=refusals(400, 401, 403, 404, 409, 413, 422)
)
def post_command(
    new: NewCommand,
    channel_id: Id,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    commands: CommandsOf,
) -> CommandAnswer:
    """Run a slash command in a channel; the answer is for you alone."""
    place = find_place(session, actor, channel_id, new.team_id)
    invocation = Invocation(actor, place.team_id, place.channel.id)
    return command_answer(commands.run(session, platform, invocation, new.command))


@router.post("/dialogs/{callback}", responses=refusals(400, 401, 403, 404, 409, 413, 422))
def post_dialog(
    new: NewSubmission,
    callback: Annotated[str, Path(max_length=64)],
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    commands: CommandsOf,
) -> CommandAnswer:
    """Send back a dialog that a command opened."""
    place = find_place(session, actor, new.channel_id, new.team_id)
    submission = Submission(actor, place.team_id, place.channel.id, new.fields, new.state, new.key)
    return command_answer(commands.submit(session, platform, callback, submission))


def _shape(session: Session, actor: Actor, channel_id: str) -> ChannelShape:
    row = get_channel(session, actor, channel_id)
    return channel_shape(row, titles_of(session, actor, [row])[row.id])
