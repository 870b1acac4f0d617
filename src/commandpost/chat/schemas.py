"""REST shapes of channels, posts and command replies."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from commandpost.chat.models import ChannelKind, PostKind
from commandpost.chat.platform import Person
from commandpost.chat.queries.channels import ChannelRow
from commandpost.chat.queries.posts import PostRow
from commandpost.slash.replies import Dialog, Ephemeral, Reply

LOOSE_TEXT = 200_000  # far over every limit: the rules answer with a better sentence

# With a limit a text is also looked at: half a character, as "\\ud800", is none.
Word = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=LOOSE_TEXT)]


class NewChannel(BaseModel):
    """What POST /channels takes."""

    model_config = ConfigDict(extra="forbid")

    team_id: str = Field(max_length=64)
    display_name: str = Field(max_length=LOOSE_TEXT, examples=["Operations"])
    kind: Literal[ChannelKind.PUBLIC, ChannelKind.PRIVATE] = ChannelKind.PUBLIC


class NewConversation(BaseModel):
    """What POST /conversations takes: user names, one's own not needed."""

    model_config = ConfigDict(extra="forbid")

    usernames: Annotated[list[Word], Field(min_length=1, max_length=64, examples=[["ben"]])]


class NewPost(BaseModel):
    """What POST /channels/{id}/posts takes; the same `key` again answers the same post."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(max_length=LOOSE_TEXT, examples=["The pool is **exhausted**."])
    key: str = Field(default="", max_length=64)


class PostChange(BaseModel):
    """What PATCH /posts/{id} takes; with `was`, a text changed meanwhile is refused."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(max_length=LOOSE_TEXT)
    was: str | None = Field(default=None, max_length=LOOSE_TEXT)


class Invitation(BaseModel):
    """What POST /channels/{id}/members takes."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(max_length=64, examples=["ben"])


class NewCommand(BaseModel):
    """What POST /channels/{id}/commands takes: a line as it is typed."""

    model_config = ConfigDict(extra="forbid")

    command: str = Field(max_length=4096, examples=["/incident start"])
    team_id: str = Field(default="", max_length=64)


class NewSubmission(BaseModel):
    """What POST /dialogs/{callback} takes: a dialog that a command opened, filled in."""

    model_config = ConfigDict(extra="forbid")

    channel_id: str = Field(max_length=64)
    team_id: str = Field(default="", max_length=64)
    fields: dict[Word, Text] = Field(default={}, max_length=50)
    state: str = Field(default="", max_length=4096)
    key: str = Field(default="", max_length=64)


class ChannelShape(BaseModel):
    """A channel; `display_name` of a conversation names who is in it."""

    id: str
    team_id: str | None
    name: str
    display_name: str
    kind: ChannelKind
    is_member: bool
    unread: int
    mentions: int


class ChannelList(BaseModel):
    """One page of channels."""

    items: list[ChannelShape]
    total_count: int
    page_count: int
    has_more: bool


class PostShape(BaseModel):
    """A post; `number` counts up in its channel and is what `before` takes."""

    id: str
    channel_id: str
    number: int
    user_id: str
    username: str
    kind: PostKind
    message: str
    created_at: datetime
    edited_at: datetime | None


class PostList(BaseModel):
    """Posts in the order they were written; `has_more` older ones lie before them."""

    items: list[PostShape]
    total_count: int
    page_count: int
    has_more: bool


class MemberShape(BaseModel):
    """A person in a channel."""

    user_id: str
    username: str
    display_name: str


class MemberList(BaseModel):
    """Everybody in a channel."""

    items: list[MemberShape]
    total_count: int
    page_count: int
    has_more: bool


class ChoiceShape(BaseModel):
    """One option of a select."""

    value: str
    text: str


class FieldShape(BaseModel):
    """One element of a dialog."""

    name: str
    label: str
    help: str
    value: str
    required: bool
    min_length: int
    max_length: int
    choices: list[ChoiceShape]
    error: str


class EphemeralReply(BaseModel):
    """Markdown for the person who asked."""

    kind: Literal["ephemeral"] = "ephemeral"
    markdown: str


class DialogReply(BaseModel):
    """A dialog to fill in and to send to POST /dialogs/{callback}."""

    kind: Literal["dialog"] = "dialog"
    callback: str
    title: str
    introduction: str
    submit: str
    fields: list[FieldShape]
    state: str
    key: str


class GotoReply(BaseModel):
    """An address of this site to go to."""

    kind: Literal["goto"] = "goto"
    address: str
    sentence: str


class CommandAnswer(BaseModel):
    """What a command answered."""

    reply: Annotated[EphemeralReply | DialogReply | GotoReply, Field(discriminator="kind")]


def channel_shape(row: ChannelRow, title: str) -> ChannelShape:
    """Return a channel as it is answered."""
    return ChannelShape(
        id=row.id,
        team_id=row.team_id,
        name=row.name,
        display_name=title,
        kind=row.kind,
        is_member=row.is_member,
        unread=row.unread,
        mentions=row.mentions,
    )


def post_shape(row: PostRow) -> PostShape:
    """Return a post as it is answered."""
    return PostShape(
        id=row.id,
        channel_id=row.channel_id,
        number=row.number,
        user_id=row.user_id,
        username=row.username,
        kind=row.kind,
        message=row.message,
        created_at=row.created_at,
        edited_at=row.edited_at,
    )


def member_shape(person: Person) -> MemberShape:
    """Return a member as it is answered."""
    return MemberShape(
        user_id=person.id, username=person.username, display_name=person.display_name
    )


def command_answer(reply: Reply) -> CommandAnswer:
    """Return what a command answered, as JSON says it."""
    if isinstance(reply, Ephemeral):
        return CommandAnswer(reply=EphemeralReply(markdown=reply.markdown))
    if isinstance(reply, Dialog):
        return CommandAnswer(reply=_dialog(reply))
    return CommandAnswer(reply=GotoReply(address=reply.address, sentence=reply.sentence))


def _dialog(dialog: Dialog) -> DialogReply:
    return DialogReply(
        callback=dialog.callback,
        title=dialog.title,
        introduction=dialog.introduction,
        submit=dialog.submit,
        fields=[
            FieldShape(
                name=field.name,
                label=field.label,
                help=field.help,
                value=field.value,
                required=field.required,
                min_length=field.min_length,
                max_length=field.max_length,
                choices=[ChoiceShape(value=c.value, text=c.text) for c in field.choices],
                error=field.error,
            )
            for field in dialog.fields
        ],
        state=dialog.state,
        key=dialog.key,
    )
