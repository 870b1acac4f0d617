"""Incidents start from every kind of channel, by command, by the + button and from any post."""

import re

import pytest
from fastapi.testclient import TestClient

from commandpost.chat.actions.channels import open_conversation
from commandpost.incidents.queries.many import list_active
from commandpost.incidents.queries.one import Header
from tests.commandpost.chat.given import a_channel, a_post
from tests.commandpost.incidents.doors import Stage

PLACES = ("public", "private", "group", "direct", "oneself")


def a_place(stage: Stage, kind: str) -> tuple[str, str]:
    """A channel with Bea in it, and a post there."""
    people = stage.people
    with stage.database.transaction() as session:
        if kind in {"public", "private"}:
            is_private = kind == "private"
            made = a_channel(session, people.bea, people.team_id, is_private=is_private)
        else:
            names = {"group": ["ben", "dan"], "direct": ["ben"], "oneself": ["bea"]}[kind]
            made = open_conversation(session, people.bea, names)
            session.flush()  # the post below asks for it
        return made, a_post(session, people.bea, made, "Mail is slow")


def hidden(html: str, address: str) -> dict[str, str]:
    """The hidden fields of the form with this address, as a browser sends them back."""
    form = html.partition(f'action="{address}"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form))


def started(stage: Stage, bea: TestClient, channel_id: str, line: str) -> Header:
    """Say the line in a channel, fill in the dialog that it opens, and return what was started."""
    before = active(stage)
    opened = bea.post(f"/channels/{channel_id}/posts", data={"text": line})
    assert opened.status_code == 200
    assert "<strong>Commander:</strong>" in opened.text
    assert active(stage) == before  # opening the dialog, or closing it again, starts nothing

    answer = bea.post(
        "/dialogs/incident.start",
        data={**hidden(opened.text, "/dialogs/incident.start"), "name": "Slow mail"},
    )

    new = [header for header in active(stage) if header not in before]
    assert [answer.headers["location"]] == [f"/channels/{header.channel_id}" for header in new]
    return new[0]


def active(stage: Stage) -> list[Header]:
    with stage.database.reading() as session:
        return list(list_active(session, stage.people.team_id))


@pytest.mark.parametrize("kind", PLACES)
def test_a_command_starts_one_from_every_kind_of_channel(stage: Stage, kind: str) -> None:
    channel_id, _ = a_place(stage, kind)

    new = started(stage, stage.of(stage.people.bea), channel_id, "/incident start")

    assert (new.name, new.commander_user_id, new.post_id) == (
        "Slow mail",
        stage.people.bea.id,
        "",
    )
    assert new.channel_id != channel_id


@pytest.mark.parametrize("kind", PLACES)
def test_the_button_of_the_list_starts_one_beside_every_kind_of_channel(
    stage: Stage, kind: str
) -> None:
    channel_id, _ = a_place(stage, kind)
    bea = stage.of(stage.people.bea)
    page = bea.get(f"/channels/{channel_id}").text
    button = page[page.index('id="incident_sidebar"') :]
    action = re.findall(r'action="([^"]*)"', button)[0]

    new = started(stage, bea, channel_id, hidden(button, action)["text"])

    assert action.startswith(f"/channels/{channel_id}/posts")
    assert (new.name, new.post_id) == ("Slow mail", "")


@pytest.mark.parametrize("kind", PLACES)
def test_a_post_of_every_kind_of_channel_starts_one_that_quotes_it(stage: Stage, kind: str) -> None:
    channel_id, post_id = a_place(stage, kind)
    bea = stage.of(stage.people.bea)
    page = bea.get(f"/channels/{channel_id}").text
    menu = page[page.index(f'id="post_{post_id}"') :]
    action = re.findall(r'action="([^"]*)"', menu)[0]

    new = started(stage, bea, channel_id, hidden(menu, action)["text"])

    assert new.post_id == post_id
    shown = bea.get(f"/channels/{new.channel_id}").text
    assert f'href="/posts/{post_id}"' in shown
    assert "<p>Mail is slow</p>" in shown[shown.index("<blockquote>") :]
