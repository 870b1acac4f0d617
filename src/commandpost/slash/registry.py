"""Name -> command, explicit: filled once by main, asked by every door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from commandpost.kit.words import _
from commandpost.slash.errors import DialogUnknown
from commandpost.slash.parser import parse
from commandpost.slash.replies import Ephemeral, Invocation, Reply, Submission

HELP = "help"  # behind every command with subcommands

P = TypeVar("P")  # the chat platform; the chat stands above and hands itself in


@dataclass(frozen=True, slots=True)
class Subcommand(Generic[P]):
    """One word behind the trigger; `hint` names its arguments, `help` says what it does.

    Both are ids of texts, marked by `N_`, as is a command's description.
    """

    name: str
    hint: str
    help: str
    run: Callable[[Session, P, Invocation], Reply]


@dataclass(frozen=True, slots=True)
class Command(Generic[P]):
    """A trigger, with subcommands; or without, then `run` takes everything behind it."""

    trigger: str
    description: str
    subcommands: Sequence[Subcommand[P]] = ()
    hint: str = ""
    run: Callable[[Session, P, Invocation], Reply] | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the composer offers while somebody types: the text to put in, and what it does."""

    text: str
    help: str


@dataclass(frozen=True, slots=True)
class Registry(Generic[P]):
    """The commands and dialogs of one application."""

    commands: dict[str, Command[P]] = field(default_factory=dict)
    dialogs: dict[str, Callable[[Session, P, Submission], Reply]] = field(default_factory=dict)

    def add(self, command: Command[P]) -> None:
        """Register a command; a trigger can be taken once."""
        if command.trigger in self.commands:
            raise ValueError(f"The command /{command.trigger} is registered twice.")
        self.commands[command.trigger] = command

    def add_dialog(
        self, callback: str, submitted: Callable[[Session, P, Submission], Reply]
    ) -> None:
        """Register what takes a dialog's submission."""
        if callback in self.dialogs:
            raise ValueError(f"The dialog {callback} is registered twice.")
        self.dialogs[callback] = submitted

    def run(self, session: Session, platform: P, invocation: Invocation, text: str) -> Reply:
        """Run a line as it was typed; what is not known is answered with help."""
        line = parse(text)
        command = self.commands.get(line.trigger)
        if command is None:
            return Ephemeral(self._overview(line.trigger), is_refusal=True)
        if command.run is not None:
            return command.run(session, platform, _with_arguments(invocation, line.words))
        word = line.words[0].casefold() if line.words else ""
        subcommand = next((s for s in command.subcommands if s.name == word), None)
        if subcommand is None:
            unknown = "" if word == HELP else word
            return Ephemeral(help_text(command, unknown), is_refusal=bool(unknown))
        return subcommand.run(session, platform, _with_arguments(invocation, line.words[1:]))

    def submit(self, session: Session, platform: P, callback: str, submission: Submission) -> Reply:
        """Hand a dialog's submission to whoever opened it."""
        submitted = self.dialogs.get(callback)
        if submitted is None:
            raise DialogUnknown
        return submitted(session, platform, submission)

    def suggestions(self, text: str) -> list[Suggestion]:
        """Return what the text so far may become; nothing unless it starts with a slash."""
        typed = text.lstrip().casefold()
        if not typed.startswith("/"):
            return []
        offered = (s for command in self.commands.values() for s in _suggestions(command))
        return [s for s in offered if _continues(typed, s.text)]

    def _overview(self, trigger: str) -> str:
        lines = [_("There is no command `/%(trigger)s`. These are here:", trigger=_code(trigger))]
        lines += [f"- `/{c.trigger}`: {_(c.description)}" for c in self.commands.values()]
        return "\n".join(lines)


def help_text(command: Command[P], word: str = "") -> str:
    """Return a command's help, made from what is registered."""
    typed = f"/{command.trigger} {_code(word)}"
    lines = [_("`%(command)s` is not known.", command=typed)] if word else []
    lines.append(f"**/{command.trigger}**: {_(command.description)}")
    lines.append("")
    lines += [f"- `{_usage(command, s.name, _(s.hint))}`: {_(s.help)}" for s in command.subcommands]
    return "\n".join(lines)


def _with_arguments(given: Invocation, words: Sequence[str]) -> Invocation:
    return Invocation(given.actor, given.team_id, given.channel_id, tuple(words))


def _usage(command: Command[P], *words: str) -> str:
    return " ".join(part for part in (f"/{command.trigger}", *words) if part)


def _suggestions(command: Command[P]) -> list[Suggestion]:
    return [
        Suggestion(_usage(command), _with_hint(_(command.hint), _(command.description))),
        *(
            Suggestion(_usage(command, s.name), _with_hint(_(s.hint), _(s.help)))
            for s in command.subcommands
        ),
    ]


def _with_hint(hint: str, text: str) -> str:
    return f"{hint}: {text}" if hint else text


def _continues(typed: str, whole: str) -> bool:
    """Offer what starts with the typed text, and keep showing it while arguments are typed."""
    return whole.startswith(typed) or (" " in whole and typed.startswith(f"{whole} "))


def _code(text: str) -> str:
    """Return text that can't end the code span it is put in."""
    return text.replace("`", "'")[:64]
