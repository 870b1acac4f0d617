"""Which topics of the chat somebody may hear."""

import pytest
from sqlalchemy.orm import Session

from commandpost.chat.listening import may_listen
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_channel

TOPICS = (
    "channel:{town}",
    "channel:{private}",
    "team:{team}:incidents",
    "user:{ben}",
    "read:{ben}:x",
)


@pytest.mark.parametrize(
    ("who", "heard"),
    [
        ("ann", (True, True, True, False, False)),
        ("ben", (True, False, True, True, True)),
        ("cid", (False, False, False, False, False)),
    ],
)
def test_one_hears_what_one_may_read(
    session: Session, people: People, who: str, heard: tuple[bool, ...]
) -> None:
    private = a_channel(session, people.ann, people.team_id, is_private=True)
    names = {
        "town": people.town,
        "private": private,
        "team": people.team_id,
        "ben": people.ben.id,
    }
    actor = getattr(people, who)

    assert tuple(may_listen(session, actor, topic.format(**names)) for topic in TOPICS) == heard


@pytest.mark.parametrize("topic", ["", "x", "channel:", "channel:gone", "team:", "incident:x", ":"])
def test_what_is_no_topic_is_not_heard(session: Session, people: People, topic: str) -> None:
    assert not may_listen(session, people.ben, topic)
