"""The dialog that asks what to call an incident, and with which playbook it starts."""

from sqlalchemy.orm import Session

from commandpost.chat.platform import OriginalPost
from commandpost.incidents.rules import NAME_MAX, NAME_MIN, as_typed, quoted
from commandpost.kit.ids import new_id
from commandpost.kit.words import _, plural
from commandpost.playbooks.queries import list_playbook_headers
from commandpost.slash.replies import Choice, Dialog, Field, Invocation, Submission

START = "incident.start"


def start_dialog(
    session: Session,
    asked: Invocation | Submission,
    *,
    post: OriginalPost | None,
    typed: str,
    key: str = "",
    chosen: str = "",
    error: str = "",
) -> Dialog:
    """Return the dialog, filled in with what is known already."""
    return Dialog(
        callback=START,
        title=_("Start an incident"),
        submit=_("Start incident"),
        introduction=_introduction(asked, post),
        fields=(_name_field(typed, error), _playbook_field(session, asked, chosen)),
        state=post.id if post else "",
        key=key or new_id(),
    )


def _introduction(asked: Invocation | Submission, post: OriginalPost | None) -> str:
    commander = _("**Commander:** @%(username)s", username=asked.actor.username)
    if post is None:
        return commander
    heading = _(
        "From the post by @%(author)s in %(channel)s:",
        author=post.author,
        channel=as_typed(post.channel_display_name),
    )
    return "\n\n".join((commander, heading, quoted(post.message)))


def _name_field(typed: str, error: str) -> Field:
    return Field(
        "name",
        _("Incident name"),
        help=_(
            "%(fewest)s to %(most)s characters. Say what is wrong.",
            fewest=NAME_MIN,
            most=NAME_MAX,
        ),
        value=typed,
        required=True,
        min_length=NAME_MIN,
        max_length=NAME_MAX,
        error=error,
    )


def _playbook_field(session: Session, asked: Invocation | Submission, chosen: str) -> Field:
    choices = _playbook_choices(session, asked)
    none_yet = _("There is none yet; write one in the backstage.")
    return Field(
        "playbook_id",
        _("Playbook"),
        help="" if len(choices) > 1 else none_yet,
        value=chosen,
        choices=choices,
    )


def _playbook_choices(session: Session, asked: Invocation | Submission) -> list[Choice]:
    headers = list_playbook_headers(session, asked.actor, asked.team_id)
    return [
        Choice("", _("None")),
        *(
            Choice(each.id, f"{each.title} · {_size(each.num_checklists, each.num_items)}")
            for each in headers
        ),
    ]


def _size(checklists: int, items: int) -> str:
    lists = plural("%(num)s checklist", "%(num)s checklists", checklists)
    points = plural("%(num)s item", "%(num)s items", items)
    return f"{lists}, {points}"
