"""Slash commands and their dialogs: run a line, show what it answers, take what comes back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import CommandsOf, PlatformOf
from commandpost.chat.markdown import render
from commandpost.chat.place import Place, find_place
from commandpost.chat.platform import Platform
from commandpost.chat.view import DialogView, FieldView, Replies
from commandpost.chat.web.screen import names_in, show_posts, show_workspace
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError
from commandpost.slash.registry import Registry
from commandpost.slash.replies import (
    Dialog,
    Ephemeral,
    Field,
    Goto,
    Invocation,
    Reply,
    Submission,
)
from commandpost.ui.render import wants_fragment
from commandpost.ui.shell import done

router = APIRouter()

OWN_FIELDS = frozenset({"dialog_team", "dialog_channel", "dialog_state", "dialog_key"})


async def submitted_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form whose names only its maker knows; files are left out."""
    form = await request.form(max_fields=100)
    return {name: value for name, value in form.items() if isinstance(value, str)}


SubmittedFields = Annotated[dict[str, str], Depends(submitted_fields)]


def run_line(
    session: Session,
    platform: Platform,
    commands: Registry[Platform],
    actor: Actor,
    place: Place,
    text: str,
) -> Reply:
    """Run a command line typed in a channel."""
    invocation = Invocation(actor, place.team_id, place.channel.id)
    return commands.run(session, platform, invocation, text)


def answer(
    request: Request, session: Session, actor: Actor, place: Place, reply: Reply, text: str = ""
) -> Response:
    """Show what a command answered, to that person alone; what was refused is kept as typed."""
    match reply:
        case Goto():
            return done(reply.address, reply.sentence)
        case Dialog():
            shown = dialog_view(session, actor, place, reply)
            status = 422 if any(field.error for field in reply.fields) else 200
            return show_workspace(request, session, actor, place, dialog=shown, status=status)
        case Ephemeral():
            names = names_in(session, actor, place.team_id, [reply.markdown])
            said = Replies(ephemeral=(render(reply.markdown, names),))
            if wants_fragment(request) and request.url.path.endswith("/posts"):
                return show_posts(request, session, actor, place, said)
            if not reply.is_refusal:
                return show_workspace(request, session, actor, place, replies=said)
            response = show_workspace(request, session, actor, place, replies=said, text=text)
            response.headers["X-Keep-Typed"] = "yes"
            return response


def dialog_view(session: Session, actor: Actor, place: Place, dialog: Dialog) -> DialogView:
    """Return a dialog as the page shows it."""
    names = names_in(session, actor, place.team_id, [dialog.introduction])
    return DialogView(
        action=f"/dialogs/{dialog.callback}",
        title=dialog.title,
        submit=dialog.submit,
        introduction=render(dialog.introduction, names),
        fields=[_field_view(field) for field in dialog.fields],
        team_id=place.team_id,
        channel_id=place.channel.id,
        state=dialog.state,
        key=dialog.key,
        is_danger=dialog.danger,
        close_href=place.address(),
    )


def _field_view(field: Field) -> FieldView:
    return FieldView(
        name=field.name,
        label=field.label,
        hint=field.help,
        value=field.value,
        error=field.error,
        required=field.required,
        min_length=field.min_length or None,
        max_length=field.max_length,
        options=[(choice.value, choice.text) for choice in field.choices],
    )


@router.post("/dialogs/{callback}")
def submit_dialog(
    request: Request,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    commands: CommandsOf,
    callback: str,
    fields: SubmittedFields,
) -> Response:
    channel_id = fields.get("dialog_channel", "")
    place = find_place(session, actor, channel_id, fields.get("dialog_team", ""))
    submission = Submission(
        actor=actor,
        team_id=place.team_id,
        channel_id=place.channel.id,
        fields={name: value for name, value in fields.items() if name not in OWN_FIELDS},
        state=fields.get("dialog_state", ""),
        key=fields.get("dialog_key", ""),
    )
    try:
        reply = commands.submit(session, platform, callback, submission)
        return answer(request, session, actor, place, reply)
    except AppError as refusal:
        if wants_fragment(request):
            raise  # its sentence is said, the dialog stays as it was filled in
        session.rollback()  # what was refused leaves nothing behind
        said = Replies(error=refusal.sentence)
        return show_workspace(
            request, session, actor, place, replies=said, status=refusal.form_status
        )


@router.get("/slash/suggestions")
def suggest(actor: SignedIn, commands: CommandsOf, text: str = "") -> Response:
    del actor  # signed in is enough
    found = commands.suggestions(text[:200])
    return JSONResponse([{"text": one.text, "help": one.help} for one in found])
