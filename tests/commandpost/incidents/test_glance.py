"""Who looks on at an incident is let in anew whenever it is not known that they still may."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commandpost.accounts.actions.teams import remove_from_team
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.models import SignIn
from commandpost.accounts.queries import get_actor
from commandpost.accounts.rules import RENEWED_AFTER, SIGN_IN_LASTS
from commandpost.chat.actions.members import leave
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId, UserId
from tests.product.whole import Person, Whole, a_whole

HTMX = {"HX-Request": "true"}

Deed = Callable[[Session, Whole, str], object]


@pytest.fixture
def whole(database: Database) -> Iterator[Whole]:
    with a_whole(database) as made:
        yield made


def started(whole: Whole) -> tuple[str, str]:
    """Start an incident that Ann and Ben are in; return its sidebar and its channel."""
    incident = whole.ann.post("/incidents", team_id=whole.team_id, name="Carts time out")
    channel = incident["channel_ids"][0]
    with whole.database.transaction() as session:
        BuiltinPlatform().add_member(session, ChannelId(channel), UserId(whole.ben.id))
    return f"/incidents/{incident['id']}/sidebar", channel


def seen(person: Person, sidebar: str) -> str:
    """Return how the person sees it: from inside, from outside, or as which refusal."""
    answer = person.page.get(sidebar, headers=HTMX)
    if answer.status_code != 200:
        return str(answer.status_code)
    return "inside" if 'id="end_incident"' in answer.text else "outside"


def leave_channel(session: Session, whole: Whole, channel: str) -> None:
    leave(session, get_actor(session, whole.ben.id), channel)


def leave_team(session: Session, whole: Whole, _channel: str) -> None:
    remove_from_team(session, CONSOLE, whole.team_id, whole.ben.id)


def be_deactivated(session: Session, whole: Whole, _channel: str) -> None:
    deactivate_user(session, CONSOLE, whole.ben.id)


@pytest.mark.parametrize(
    ("deed", "then"), [(leave_channel, "outside"), (leave_team, "404"), (be_deactivated, "401")]
)
def test_who_was_shown_it_from_memory_sees_at_once_what_they_may(
    deed: Deed, then: str, whole: Whole
) -> None:
    sidebar, channel = started(whole)
    before = [seen(person, sidebar) for person in (whole.ann, whole.ben, whole.cid)]

    with whole.database.transaction() as session:
        deed(session, whole, channel)

    assert before == ["inside", "inside", "404"]
    assert [seen(person, sidebar) for person in (whole.ben, whole.ann)] == [then, "inside"]


@pytest.mark.parametrize("deed", [leave_team, be_deactivated])
def test_who_never_looked_before_they_went_is_refused(deed: Deed, whole: Whole) -> None:
    sidebar, channel = started(whole)
    seen(whole.ann, sidebar)

    with whole.database.transaction() as session:
        deed(session, whole, channel)

    assert seen(whole.ben, sidebar) in {"404", "401"}


def test_who_only_looks_on_stays_signed_in(at_noon: datetime, whole: Whole) -> None:
    sidebar, _channel = started(whole)
    later = at_noon + RENEWED_AFTER + timedelta(hours=1)
    clock.set(later)

    shown = [seen(person, sidebar) for person in (whole.ann, whole.ben)]

    with whole.database.reading() as session:
        ends = session.scalars(select(SignIn.expires_at)).all()
    assert shown == ["inside", "inside"]
    assert sorted(ends)[-2:] == [later + SIGN_IN_LASTS] * 2


def test_each_reads_it_in_their_language(whole: Whole) -> None:
    sidebar, _channel = started(whole)
    whole.ann.page.get(sidebar, headers=HTMX)

    german = whole.ben.page.get(sidebar, headers=HTMX | {"Accept-Language": "de"}).text

    assert "Incident beenden" in german
