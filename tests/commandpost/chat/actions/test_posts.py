"""Write, edit and delete posts, by those who may."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.actions.posts import delete_post, edit_post, post_message
from commandpost.chat.errors import (
    ChannelNotFound,
    MessageInvalid,
    NotAMember,
    NotYourPost,
    PostNotFound,
)
from commandpost.chat.queries.channels import get_channel
from commandpost.chat.queries.posts import count_messages, find_posts, get_post, page_of_posts
from commandpost.kit.clock import clock, now
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_channel, a_post, look


def said(session: Session, channel_id: str) -> list[str]:
    return [post.message for post in page_of_posts(session, channel_id).items]


def unread(session: Session, viewer: Actor, channel_id: str) -> tuple[int, int]:
    session.flush()  # what is pending is not to be lost by the next line
    session.expire_all()  # counters are raised by statements
    row = get_channel(session, viewer, channel_id)
    return row.unread, row.mentions


def test_a_member_writes_and_the_newest_post_is_last(session: Session, people: People) -> None:
    a_post(session, people.ann, people.town, "one")
    a_post(session, people.ben, people.town, "two")

    assert said(session, people.town) == ["one", "two"]
    assert session.info["topics"] >= {f"channel:{people.town}"}


def test_a_stranger_and_a_guest_do_not_write(session: Session, people: People) -> None:
    public = a_channel(session, people.ann, people.team_id)

    with pytest.raises(ChannelNotFound):
        post_message(session, people.cid, public, "hello")
    with pytest.raises(NotAMember):
        post_message(session, people.ben, public, "hello")
    assert said(session, public) == []


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "\u200b\u200d", "x" * 16_001])
def test_a_blank_or_endless_message_is_refused(session: Session, people: People, text: str) -> None:
    with pytest.raises(MessageInvalid):
        post_message(session, people.ann, people.town, text)
    assert said(session, people.town) == []


def test_a_message_is_kept_as_it_was_typed(session: Session, people: People) -> None:
    text = "  100 % `done`\r\nor\rnot\n<b>\u202e שלום \u200b\x00 "

    post_id = post_message(session, people.ann, people.town, text)

    assert get_post(session, post_id).message == "100 % `done`\nor\nnot\n<b>\u202e שלום \u200b"


def test_the_same_key_writes_once(session: Session, people: People) -> None:
    first = post_message(session, people.ann, people.town, "once", key="k")
    session.flush()  # the second try asks for it
    second = post_message(session, people.ann, people.town, "once more", key="k")
    other = post_message(session, people.ben, people.town, "mine", key="k")

    assert second == first
    assert other != first
    assert said(session, people.town) == ["once", "mine"]


def test_two_quick_clicks_write_once_and_a_slow_repetition_twice(
    session: Session, people: People
) -> None:
    for _ in range(2):
        post_message(session, people.ann, people.town, "ok")
        session.flush()  # the second click asks for the first
    at = now()
    clock.set(at + timedelta(seconds=3))
    post_message(session, people.ann, people.town, "ok")

    assert said(session, people.town) == ["ok", "ok"]


def test_others_have_it_unread_until_they_look(session: Session, people: People) -> None:
    a_post(session, people.ann, people.town, "one")
    a_post(session, people.ann, people.town, "two")
    before = unread(session, people.ben, people.town)

    look(session, people.ben, channel_id=people.town)

    assert before == (2, 0)
    assert unread(session, people.ben, people.town) == (0, 0)
    assert unread(session, people.ann, people.town) == (0, 0)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [("hi @ben", 1), ("hi @Ben.", 1), ("@channel: look", 1), ("hi @cid", 0), ("hi ben", 0)],
)
def test_a_mention_is_counted_for_who_is_in_the_channel(
    session: Session, people: People, text: str, mentions: int
) -> None:
    a_post(session, people.ann, people.town, text)

    assert unread(session, people.ben, people.town) == (1, mentions)
    assert unread(session, people.ann, people.town) == (0, 0)
    assert (f"mentions:{people.ben.id}" in session.info["topics"]) is bool(mentions)
    assert f"user:{people.ben.id}" not in session.info["topics"]  # hundreds would be let in anew


def test_one_edits_and_deletes_ones_own(session: Session, people: People) -> None:
    post_id = a_post(session, people.ben, people.town, "Mial is slow")

    edited = edit_post(session, people.ben, post_id, "Mail is slow")
    again = edit_post(session, people.ben, post_id, "Mail is slow")
    deleted_from = delete_post(session, people.ben, post_id)

    assert (edited.message, edited.edited_at) == ("Mail is slow", now())
    assert again == edited
    assert deleted_from == people.town
    assert said(session, people.town) == []
    assert find_posts(session, people.town, "mail") == []
    assert count_messages(session, people.town) == 0
    with pytest.raises(PostNotFound):
        edit_post(session, people.ben, post_id, "back")


def test_an_edit_counts_for_whom_it_names_only_now(session: Session, people: People) -> None:
    post_id = a_post(session, people.ann, people.town, "look")
    look(session, people.ben, channel_id=people.town)
    session.info["topics"].clear()

    edit_post(session, people.ann, post_id, "@ben look")

    assert unread(session, people.ben, people.town) == (0, 1)
    assert unread(session, people.ann, people.town) == (0, 0)
    assert f"mentions:{people.ben.id}" in session.info["topics"]
    look(session, people.ben, channel_id=people.town)
    edit_post(session, people.ann, post_id, "@ben @all look")
    assert unread(session, people.ben, people.town) == (0, 0)


def test_an_edit_in_a_conversation_counts_for_nobody(session: Session, people: People) -> None:
    talk = open_conversation(session, people.ann, ["ben"])
    post_id = a_post(session, people.ann, talk, "look")

    edit_post(session, people.ann, post_id, "@ben look")

    assert unread(session, people.ben, talk) == (1, 1)


def test_nobody_changes_a_post_of_somebody_else(session: Session, people: People) -> None:
    post_id = a_post(session, people.ben, people.town)

    with pytest.raises(NotYourPost):
        edit_post(session, people.ann, post_id, "never said")
    with pytest.raises(NotYourPost):
        delete_post(session, people.ann, post_id)
    with pytest.raises(PostNotFound):
        delete_post(session, people.cid, post_id)
    assert said(session, people.town) == ["Mail is slow"]


def test_an_edit_to_nothing_is_refused(session: Session, people: People) -> None:
    post_id = a_post(session, people.ben, people.town)

    with pytest.raises(MessageInvalid):
        edit_post(session, people.ben, post_id, " ")
    assert said(session, people.town) == ["Mail is slow"]


def test_a_search_ignores_case_and_accents_and_takes_signs_literally(
    session: Session, people: People
) -> None:
    for text in ("Ziggürat!", "ziggurat", "100% sure", "100 sure", "a_b", "axb"):
        a_post(session, people.ann, people.town, text)

    found = {
        asked: [post.message for post in find_posts(session, people.town, asked)]
        for asked in ("ZIGGÙRAT", "0%", "a_b", "nothing")
    }

    assert found == {
        "ZIGGÙRAT": ["ziggurat", "Ziggürat!"],
        "0%": ["100% sure"],
        "a_b": ["a_b"],
        "nothing": [],
    }


def test_posts_come_by_pages_from_the_newest(session: Session, people: People) -> None:
    for number in range(5):
        a_post(session, people.ann, people.town, str(number))

    newest = page_of_posts(session, people.town, limit=2)
    before = page_of_posts(session, people.town, before=newest.items[0].number, limit=2)
    first = page_of_posts(session, people.town, before=before.items[0].number, limit=2)

    assert [[p.message for p in page.items] for page in (newest, before, first)] == [
        ["3", "4"],
        ["1", "2"],
        ["0"],
    ]
    assert [page.has_older for page in (newest, before, first)] == [True, True, False]
