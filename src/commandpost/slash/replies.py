"""What a slash command is given, and what it may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from commandpost.accounts.actor import Actor
from commandpost.kit.ids import ChannelId, TeamId


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it was typed: who, where, and the words behind the subcommand.

    `team_id` is the team that the person looks at, also in a direct message.
    """

    actor: Actor
    team_id: TeamId
    channel_id: ChannelId
    arguments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """A dialog as it was sent back; `state` is what the dialog carried, `key` its one-time key."""

    actor: Actor
    team_id: TeamId
    channel_id: ChannelId
    fields: Mapping[str, str]
    state: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a dialog: text, or a select when it has choices."""

    name: str
    label: str
    help: str = ""
    value: str = ""
    required: bool = False
    min_length: int = 0
    max_length: int = 256
    choices: Sequence[Choice] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """Markdown that only the person who asked sees; what is refused stays in the message box."""

    markdown: str
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog to open. `callback` is the registered name that takes its submission.

    `key` is made once per opened dialog, so that two clicks do one deed.
    """

    callback: str
    title: str
    submit: str
    introduction: str = ""
    fields: Sequence[Field] = field(default_factory=tuple)
    state: str = ""
    key: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Goto:
    """Take the person to an address of this site, with a sentence said there."""

    address: str
    sentence: str = ""


Reply: TypeAlias = Ephemeral | Dialog | Goto
