"""What makes a new team ready, said until it has had its first incident."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries.directory import page_of_members
from commandpost.incidents.queries.many import has_incidents
from commandpost.kit.paging import PageRequest
from commandpost.kit.words import _
from commandpost.playbooks.queries import has_playbooks


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, where it is done, and whether it has been."""

    label: str
    href: str
    is_done: bool = False


def first_steps(session: Session, viewer: Actor, team_id: str) -> Sequence[Step]:
    """Return the steps of this viewer: administrators alone add people."""
    if has_incidents(session, team_id):
        return ()
    has_mates = page_of_members(session, team_id, PageRequest(0, 1)).total_count > 1
    add = Step(
        _("Add the people of your team"), f"/backstage/people/new?team_id={team_id}", has_mates
    )
    write = Step(
        _("Write a playbook: what an incident starts with"),
        f"/backstage/playbooks/new?team_id={team_id}",
        has_playbooks(session, viewer, team_id),
    )
    practise = Step(_("Practise: start an incident, check an item, end it"), "")
    return (add, write, practise) if viewer.is_admin else (write, practise)
