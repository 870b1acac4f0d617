"""Commands that answer in every way a command may, for the doors to show."""

from dataclasses import replace

from sqlalchemy.orm import Session

from commandpost.chat.errors import ChannelNameInvalid
from commandpost.chat.platform import Platform
from commandpost.kit.errors import Conflict
from commandpost.slash.registry import Command, Registry, Subcommand
from commandpost.slash.replies import (
    Choice,
    Dialog,
    Ephemeral,
    Field,
    Goto,
    Invocation,
    Reply,
    Submission,
)

DIALOG = Dialog(
    callback="try.start",
    title="Start a try",
    submit="Start",
    introduction="**Commander:** @ann",
    fields=(
        Field("name", "Name", help="2 to 64 characters", required=True, min_length=2),
        Field("kind", "Kind", choices=(Choice("", "None"), Choice("big", "Big one"))),
    ),
    state="kept",
    key="once",
)


def echo(session: Session, platform: Platform, invocation: Invocation) -> Reply:
    del session, platform
    return Ephemeral(" ".join((f"**{invocation.actor.username}**", *invocation.arguments)))


def start(session: Session, platform: Platform, invocation: Invocation) -> Reply:
    del session, platform
    return replace(DIALOG, state=" ".join(invocation.arguments) or "kept")


def go(session: Session, platform: Platform, invocation: Invocation) -> Reply:
    del session, platform
    return Goto(f"/channels/{invocation.channel_id}", "You are there.")


def fail(session: Session, platform: Platform, invocation: Invocation) -> Reply:
    """Write something, then refuse: what was written must be gone."""
    platform.post_as_bot(session, invocation.channel_id, "half done", key="half")
    raise Conflict("It is over. Nothing was changed.")


def started(session: Session, platform: Platform, submission: Submission) -> Reply:
    name = submission.fields.get("name", "")
    if len(name) < 2:
        again = replace(DIALOG.fields[0], value=name, error="At least 2 characters.")
        kind = replace(DIALOG.fields[1], value=submission.fields.get("kind", ""))
        return replace(DIALOG, state=submission.state, fields=(again, kind))
    if name == "over":
        raise Conflict("It is over. Nothing was changed.")
    if name == "odd":
        raise ChannelNameInvalid
    text = f"{name} of kind {submission.fields.get('kind', '')}, {submission.state}"
    platform.post_as_bot(session, submission.channel_id, text, key=submission.key)
    if name == "quiet":
        return Ephemeral("Done quietly.")
    return Goto(f"/channels/{submission.channel_id}", "Started.")


def commands() -> Registry[Platform]:
    """Every way to answer."""
    registry: Registry[Platform] = Registry()
    registry.add(
        Command(
            "try",
            "Try things",
            (
                Subcommand("echo", "[words]", "say it back", echo),
                Subcommand("start", "", "open a dialog", start),
                Subcommand("go", "", "go somewhere", go),
                Subcommand("fail", "", "write and refuse", fail),
            ),
        )
    )
    registry.add(Command("shout", "Say it back", hint="[words]", run=echo))
    registry.add_dialog("try.start", started)
    return registry
