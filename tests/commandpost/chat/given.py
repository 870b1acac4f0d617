"""Channels and posts to start from."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.actions.channels import create_channel
from commandpost.chat.actions.members import invite, mark_read
from commandpost.chat.actions.posts import post_message
from commandpost.chat.queries.channels import Seen, get_channel
from commandpost.kit.ids import ChannelId, PostId


def a_channel(
    session: Session,
    creator: Actor,
    team_id: str,
    *,
    name: str = "Operations",
    is_private: bool = False,
    members: tuple[Actor, ...] = (),
) -> ChannelId:
    """A channel with its creator and these members."""
    channel_id = create_channel(
        session, creator, team_id=team_id, display_name=name, is_private=is_private
    )
    for member in members:
        invite(session, creator, channel_id, member.username)
    session.flush()  # what follows asks for them
    return channel_id


def look(session: Session, *viewers: Actor, channel_id: str) -> None:
    """They see the channel as it is now."""
    session.flush()  # what is pending is seen too
    session.expire_all()  # counters are raised by statements
    seen: dict[str, Seen] = {
        viewer.id: get_channel(session, viewer, channel_id).seen for viewer in viewers
    }
    mark_read(session, channel_id, seen)


def a_post(session: Session, author: Actor, channel_id: str, text: str = "Mail is slow") -> PostId:
    """A post by a member."""
    post_id = post_message(session, author, channel_id, text, key=text)
    session.flush()  # what follows names it
    return post_id
