"""What is no topic of the chat; who may hear which is in the table of permissions."""

import pytest
from sqlalchemy.orm import Session

from commandpost.chat.listening import may_listen
from tests.commandpost.chat.conftest import People


@pytest.mark.parametrize("topic", ["", "x", "channel:", "channel:gone", "team:", "incident:x", ":"])
def test_what_is_no_topic_is_not_heard(session: Session, people: People, topic: str) -> None:
    assert not may_listen(session, people.ben, topic)
