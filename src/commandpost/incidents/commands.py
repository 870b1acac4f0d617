"""/incident start, end, check, commander, info, restart: what a command answers, and dialogs."""

import re
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.queries import may_see_team
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.commander import change_commander
from commandpost.incidents.actions.end import end_incident, restart_incident
from commandpost.incidents.actions.items import check_item
from commandpost.incidents.actions.may import is_inside, original_post
from commandpost.incidents.actions.start import start_incident
from commandpost.incidents.errors import NameRefused, NotInChannel, PersonNotFound
from commandpost.incidents.queries.one import (
    ChecklistValue,
    Header,
    find_header_of_channel,
    list_checklists,
)
from commandpost.incidents.rules import as_typed, name_of
from commandpost.incidents.standing import left_open, standing
from commandpost.incidents.start_dialog import START, start_dialog
from commandpost.kit.clock import now
from commandpost.kit.ids import new_id
from commandpost.kit.words import N_, _
from commandpost.slash.registry import Command, Registry, Subcommand
from commandpost.slash.replies import (
    Dialog,
    Ephemeral,
    Goto,
    Invocation,
    Reply,
    Submission,
)

END = "incident.end"
POST = re.compile("[a-z0-9]{26}")

NO_INCIDENT = N_("This channel belongs to no incident. Use this command in an incident's channel.")


def register(registry: Registry[Platform]) -> None:
    """Add /incident and its dialogs."""
    registry.add(
        Command(
            "incident",
            N_("Start, run and end incidents."),
            (
                Subcommand(
                    "start",
                    N_("[name]"),
                    N_("Start an incident: its channel, its checklists."),
                    start,
                ),
                Subcommand(
                    "check", N_("<number>"), N_("Check an item of this incident."), _here(check)
                ),
                Subcommand(
                    "commander", N_("@user"), N_("Hand command to somebody here."), _here(commander)
                ),
                Subcommand(
                    "info", "", N_("Say how this incident stands, to you alone."), _here(info)
                ),
                Subcommand("end", "", N_("End this incident, after a question."), _here(end)),
                Subcommand(
                    "restart", "", N_("Make this ended incident ongoing again."), _here(restart)
                ),
            ),
        )
    )
    registry.add_dialog(START, start_submitted)
    registry.add_dialog(END, end_submitted)


def start(session: Session, platform: Platform, invocation: Invocation) -> Reply:
    """Open the dialog; an id, put in by the post menu, is the post to start from, words a name."""
    words = " ".join(invocation.arguments)
    post = original_post(session, platform, invocation.actor, _post_id(words))
    return start_dialog(
        session, invocation, post=post, typed=name_of(post.message) if post else words
    )


def start_submitted(session: Session, platform: Platform, submission: Submission) -> Reply:
    """Start it, or show the dialog again with what was typed and why it can't be."""
    typed = submission.fields.get("name", "")
    playbook_id = submission.fields.get("playbook_id", "")
    try:
        started = start_incident(
            session,
            platform,
            submission.actor,
            team_id=submission.team_id,
            name=typed,
            playbook_id=playbook_id,
            post_id=submission.state,
            key=submission.key,
        )
    except NameRefused as refusal:
        return start_dialog(
            session,
            submission,
            post=original_post(session, platform, submission.actor, submission.state),
            key=submission.key,
            typed=typed,
            chosen=playbook_id,
            error=refusal.sentence,
        )
    return Goto(
        f"/channels/{started.channel_id}", _("Incident “%(name)s” started.", name=started.name)
    )


def _post_id(words: str) -> str:
    return words if POST.fullmatch(words) else ""


def end(session: Session, platform: Platform, invocation: Invocation, header: Header) -> Reply:
    """Ask before ending."""
    del platform, invocation
    if not header.is_active:
        return Ephemeral(
            _("This incident has ended already. `/incident restart` makes it ongoing.")
        )
    return Dialog(
        callback=END,
        title=_("End this incident?"),
        submit=_("End incident"),
        introduction=_ending(header, list_checklists(session, header.id)),
        state=header.id,
        key=new_id(),
        danger=True,
    )


def _ending(header: Header, checklists: Sequence[ChecklistValue]) -> str:
    first = _(
        "“%(name)s” will be shown as ended and leave the list of ongoing incidents. Its "
        "channel and its checklists stay, and it can be restarted.",
        name=as_typed(header.name),
    )
    return "\n\n".join(filter(None, (first, left_open(checklists))))


def end_submitted(session: Session, platform: Platform, submission: Submission) -> Reply:
    """End the incident that the dialog asked about."""
    end_incident(session, platform, submission.actor, submission.state)
    return Goto(f"/channels/{submission.channel_id}", _("The incident has ended."))


def restart(session: Session, platform: Platform, invocation: Invocation, header: Header) -> Reply:
    """Make the channel's ended incident ongoing again."""
    if header.is_active:
        return Ephemeral(_("This incident is ongoing, so there is nothing to restart."))
    restart_incident(session, platform, invocation.actor, header.id)
    return Goto(f"/channels/{header.channel_id}", _("The incident is ongoing again."))


def check(session: Session, platform: Platform, invocation: Invocation, header: Header) -> Reply:
    """Check the item of that number, counted from 1 through all checklists."""
    items = [i for checklist in list_checklists(session, header.id) for i in checklist.items]
    number = _number(invocation.arguments)
    if not 1 <= number <= len(items):
        return _refused(_which_number(len(items)))
    item = items[number - 1]
    if item.checked:
        return Ephemeral(
            _(
                "Item %(number)s, “%(title)s”, is checked already.",
                number=number,
                title=as_typed(item.title),
            )
        )
    check_item(session, platform, invocation.actor, header.id, item.id)
    return Ephemeral(
        _("Checked item %(number)s: “%(title)s”.", number=number, title=as_typed(item.title))
    )


def _number(arguments: Sequence[str]) -> int:
    word = arguments[0] if len(arguments) == 1 else ""
    return int(word) if word.isascii() and word.isdigit() and len(word) < len("10000") else 0


def _which_number(count: int) -> str:
    if not count:
        return _("This incident has no items to check. Add one to a checklist first.")
    return _(
        "Say which item: `/incident check 1` to `%(count)s`. `/incident info` lists them.",
        count=count,
    )


def commander(
    session: Session, platform: Platform, invocation: Invocation, header: Header
) -> Reply:
    """Hand command to the person named."""
    if len(invocation.arguments) != 1:
        return _refused(_("Say who: `/incident commander @user`."))
    username = invocation.arguments[0].removeprefix("@")
    person = platform.find_by_username(session, username)
    if person is None:
        return _nobody(username)
    try:
        changed = change_commander(
            session, platform, invocation.actor, header.id, user_id=person.id
        )
    except PersonNotFound:  # of another team: the same sentence, else names could be found out
        return _nobody(username)
    said = (
        _("@%(username)s commands this incident now.", username=person.username)
        if changed
        else _("@%(username)s is the commander already.", username=person.username)
    )
    return Ephemeral(said)


def _nobody(username: str) -> Ephemeral:
    return _refused(_("There is nobody called @%(username)s here.", username=as_typed(username)))


def info(session: Session, platform: Platform, invocation: Invocation, header: Header) -> Reply:
    """Say how the incident stands."""
    del invocation
    person = platform.people(session, [header.commander_user_id]).get(header.commander_user_id)
    checklists = list_checklists(session, header.id)
    return Ephemeral(standing(header, person, checklists, at=now()))


def _refused(sentence: str) -> Ephemeral:
    """Answer what can't be done as it was typed: the line stays in the message box to be mended."""
    return Ephemeral(sentence, is_refusal=True)


def _here(
    run: Callable[[Session, Platform, Invocation, Header], Reply],
) -> Callable[[Session, Platform, Invocation], Reply]:
    """Return the command for people in an incident's channel, with that incident handed in."""

    def found(session: Session, platform: Platform, asked: Invocation) -> Reply:
        header = find_header_of_channel(session, asked.channel_id)
        if header is None or not may_see_team(session, asked.actor, header.team_id):
            return _refused(_(NO_INCIDENT))
        if not is_inside(session, platform, asked.actor, header.channel_id):
            raise NotInChannel
        return run(session, platform, asked, header)

    return found
