"""Whom a message names in vain, told to its author alone."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.place import Place
from commandpost.chat.queries.members import (
    count_members,
    members_named,
    team_mates_outside,
    usernames_reachable,
)
from commandpost.chat.rules import EVERYBODY, names_mentioned
from commandpost.chat.web.panels import Show
from commandpost.kit.words import _, plural


def who_was_not_told(
    session: Session,
    actor: Actor,
    place: Place,
    text: str,
    *,
    before: str = "",
    links: bool = False,
) -> str:
    """Return sentences about names that a message holds in vain and did not hold before."""
    added = names_mentioned(text) - names_mentioned(before)
    names = added - EVERYBODY
    outside = _outside(session, actor, place, names)
    unknown = names - set(outside) - set(members_named(session, place.channel.id, names))
    said = (
        _nobody_else(session, place, added & EVERYBODY, links=links),
        _not_here(place, outside, links=links),
        _unknown(sorted(unknown)),
    )
    return "\n\n".join(filter(None, said))


def _outside(session: Session, actor: Actor, place: Place, names: frozenset[str]) -> Sequence[str]:
    """Return those who could be here: team mates, and in a conversation whom one may write to."""
    if not place.channel.is_conversation:
        return team_mates_outside(session, place.channel.id, names)
    inside = members_named(session, place.channel.id, names)
    return sorted(usernames_reachable(session, actor, names) - inside.keys())


def _nobody_else(session: Session, place: Place, names: Collection[str], *, links: bool) -> str:
    """Say that a call to everybody reached nobody, for its author is alone."""
    if not names or place.channel.is_conversation or count_members(session, place.channel.id) > 1:
        return ""
    return _(
        "Nobody else is in this channel, so %(names)s reached nobody. Add people under %(where)s.",
        names=_listed(sorted(names)),
        where=_way(_("Members"), place.address(show=Show.MEMBERS), links=links),
    )


def _not_here(place: Place, names: Sequence[str], *, links: bool) -> str:
    if not names:
        return ""
    if place.channel.is_conversation:
        where = _way(_("New message"), place.address(show=Show.MESSAGE), links=links)
        return plural(
            "%(people)s is not in this conversation and did not hear of it. Start a new one with "
            "all of them: %(where)s.",
            "%(people)s are not in this conversation and did not hear of it. Start a new one with "
            "all of them: %(where)s.",
            len(names),
            people=_listed(names),
            where=where,
        )
    where = _way(_("Members"), place.address(show=Show.MEMBERS), links=links)
    return plural(
        "%(people)s is not in this channel and did not hear of it. Add them under %(where)s.",
        "%(people)s are not in this channel and did not hear of it. Add them under %(where)s.",
        len(names),
        people=_listed(names),
        where=where,
    )


def _way(label: str, address: str, *, links: bool) -> str:
    return f"[{label}]({address})" if links else label


def _unknown(names: Sequence[str]) -> str:
    if not names:
        return ""
    return plural(
        "Nobody here is called %(people)s; that name reached nobody. Check it.",
        "Nobody here is called %(people)s; those names reached nobody. Check them.",
        len(names),
        people=_listed(names),
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"@{name}" for name in names)
