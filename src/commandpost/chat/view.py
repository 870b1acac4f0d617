"""What the chat's templates show: frozen, and nothing else reaches a template."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from commandpost.chat.platform import Person


@dataclass(frozen=True, slots=True)
class RailLink:
    """One channel or conversation in the rail."""

    href: str
    label: str
    icon: str
    is_current: bool
    is_unread: bool
    mentions: int
    note: str = ""
    """What its icon says besides."""


@dataclass(frozen=True, slots=True)
class TeamLink:
    """One team in the switcher."""

    href: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The left pane: teams, running incidents, channels, conversations."""

    href: str
    topics: str
    team_name: str
    teams: Sequence[TeamLink]
    incidents: Markup
    channels: Sequence[RailLink]
    conversations: Sequence[RailLink]
    browse_href: str
    message_href: str


@dataclass(frozen=True, slots=True)
class PostView:
    """One post; `starts_day` and `is_first_new` draw a line above it.

    Equal views look equal, so each is rendered once for all who may see it. An empty address
    leaves its entry out of the menu.
    """

    id: str
    username: str
    display_name: str
    html: Markup
    created_at: datetime
    is_edited: bool
    is_bot: bool
    is_system: bool
    starts_day: bool
    is_first_new: bool
    start_action: str = ""
    edit_href: str = ""
    delete_href: str = ""


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a channel, oldest first; `older_href` is empty when there are none before."""

    href: str
    topics: str
    items: Sequence[Markup]
    older_href: str = ""
    newest_href: str = ""
    found_for: str = ""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """The channel in the middle pane."""

    id: str
    href: str
    title: str
    kind_label: str
    icon: str
    num_members: int
    facts_href: str
    facts_topics: str
    is_member: bool
    may_leave: bool
    post_action: str
    draft: str
    """Under what the browser keeps a message that is not sent yet: whose, and where to."""
    panel_href: str
    """Its address with a `show=` to be completed."""


@dataclass(frozen=True, slots=True)
class Replies:
    """What one person alone is told below the posts; an error is a refusal's sentence."""

    ephemeral: Sequence[Markup] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a dialog; a select when it has options."""

    name: str
    label: str
    hint: str
    value: str
    error: str
    required: bool
    min_length: int | None
    max_length: int
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DialogView:
    """A slash command's dialog, open over the page."""

    action: str
    title: str
    submit: str
    introduction: Markup
    fields: Sequence[FieldView]
    team_id: str
    channel_id: str
    state: str
    key: str
    is_danger: bool
    close_href: str


@dataclass(frozen=True, slots=True)
class BrowseRow:
    """One channel of the team, to join or to open."""

    id: str
    href: str
    name: str
    is_private: bool
    is_member: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A dialog of the chat's own, named by `show`; it holds what that one needs.

    What others may change meanwhile is fetched again from `live_href`.
    """

    show: str
    title: str
    close_href: str
    action: str = ""
    submit: str = ""
    text: str = ""
    was: str = ""  # what the person saw of what they change
    error: str = ""
    is_private: bool = False
    people: Sequence[Person] = ()
    options: Sequence[tuple[str, str]] = ()
    chosen: Sequence[str] = ()
    search_href: str = ""
    channels: Sequence[BrowseRow] = ()
    html: Markup = field(default_factory=Markup)
    previous_href: str = ""
    next_href: str = ""
    live_href: str = ""
    topics: str = ""


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """The three panes, and at most one dialog over them."""

    rail: Rail
    channel: ChannelView
    posts: Posts
    sidebar: Markup
    replies: Replies = Replies()
    text: str = ""
    key: str = ""
    dialog: DialogView | None = None
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class PostsFragment:
    """What the blocks `post_pane` and `post_list` alone need."""

    posts: Posts
    replies: Replies = Replies()


@dataclass(frozen=True, slots=True)
class ChannelFragment:
    """What the block `channel_facts` alone needs."""

    channel: ChannelView


@dataclass(frozen=True, slots=True)
class RailFragment:
    """What the block `channels` alone needs."""

    rail: Rail


@dataclass(frozen=True, slots=True)
class PanelFragment:
    """What the blocks `member_list` and `browse_list` alone need."""

    panel: Panel


@dataclass(frozen=True, slots=True)
class NoTeamPage:
    """What somebody sees who is in no team yet."""

    name: str
    is_admin: bool
