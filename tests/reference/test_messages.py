"""What the bot says in an incident's channel, read by REST and on the page, and that channel."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.commandpost.incidents.doors import Stage
from tests.commandpost.incidents.test_start_everywhere import a_place
from tests.reference.doors import API, BOTH, Door, Kind, Visitor, an_incident, at, text_of

STARTED = "Incident started by @bea."
QUOTED = "> p95 is 9 s\n> 100 % of `carts`\n> \n> <b>time out</b>"


def read(who: Visitor, channel_id: str) -> str:
    """Return the channel's messages as words, from the door."""
    if who.door is Door.REST:
        return "\n".join(who.posts(channel_id))
    page = who.page(f"/channels/{channel_id}")
    return text_of(page[page.index('id="post_list"') : page.index('id="composer"')])


def ask_for_edits(stage: Stage, door: Door, *, wanted: bool) -> None:
    """Let an administrator say, at the door, whether the team wants checks and edits posted."""
    ann, team = stage.of(stage.people.ann), stage.people.team_id
    if door is Door.REST:
        answer = ann.patch(f"{API}/teams/{team}", json={"posts_edits": wanted})
        assert answer.json()["posts_edits"] is wanted
        return
    page = f"/backstage/people/teams/{team}"
    ticked = {"posts_edits": "true"} if wanted else {}
    assert ann.post(page, data={"display_name": "Demo", **ticked}).status_code == 303
    box = ann.get(page).text.partition('name="posts_edits"')[2].partition(">")[0]
    assert ("checked" in box) is wanted


@contextmanager
def edits_asked_for(stage: Stage, door: Door) -> Iterator[None]:
    """The team asks for posts of edits for a while; other tests share it."""
    ask_for_edits(stage, door, wanted=True)
    yield
    ask_for_edits(stage, door, wanted=False)


@BOTH
def test_a_start_is_said_once(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    bea = at(stage, door, stage.people.bea)

    assert read(bea, incident.channel_id).count(STARTED) == 1
    assert bea.posts(incident.channel_id) == [STARTED]


@BOTH
def test_the_post_it_was_started_from_is_linked_and_quoted_whole(stage: Stage, door: Door) -> None:
    channel_id, _ = a_place(stage, "private")
    bea = at(stage, door, stage.people.bea)
    text = "p95 is 9 s\n100 % of `carts`\n\n<b>time out</b>"
    post = bea.client.post(f"{API}/channels/{channel_id}/posts", json={"message": text}).json()

    bea.start(channel_id, name="Carts time out", post_id=post["id"])

    found = bea.client.get(f"{API}/incidents", params={"team_id": bea.team_id}).json()["items"][0]
    shown = bea.page(f"/channels/{found['channel_ids'][0]}")
    assert found["post_id"] == post["id"]
    assert bea.posts(found["channel_ids"][0]) == [
        STARTED,
        f"[Original post](/posts/{post['id']}) by @bea in Operations:\n\n{QUOTED}",
    ]
    assert f'href="/posts/{post["id"]}"' in shown
    quoted = text_of(shown.partition("<blockquote>")[2].partition("</blockquote>")[0])
    assert quoted.split() == [
        "p95",
        "is",
        "9",
        "s",
        "100",
        "%",
        "of",
        "carts",
        "<b>time",
        "out</b>",
    ]


@BOTH
def test_an_end_and_a_restart_are_said(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    ben.send(f"/incidents/{incident.id}/end")
    ben.send(f"/incidents/{incident.id}/restart")

    words = read(ben, incident.channel_id)
    assert words.index("Incident ended by @ben.") < words.index("Incident restarted by @ben.")


@BOTH
def test_a_new_commander_is_said_and_who_did_it_does_not_hear_of_it(
    stage: Stage, door: Door
) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    ben.send(f"/incidents/{incident.id}/commander", user_id=stage.people.ben.id)

    assert "@ben changed the commander from @bea to @ben." in read(ben, incident.channel_id)
    counted = [
        stage.of(actor).get(f"{API}/channels/{incident.channel_id}").json()["mentions"]
        for actor in (stage.people.bea, stage.people.ben)
    ]
    assert counted == [1, 0]  # she hears of it, whose deed it was does not


@BOTH
def test_checks_and_edits_are_quiet(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    before = ben.posts(incident.channel_id)

    ben.add(incident, "d")
    for deed in ("check", "uncheck", "remove", "restore"):
        ben.item(incident, "a", deed)
    ben.item(incident, "b", "rename", title="B")
    ben.item(incident, "c", "move", position=0)

    assert ben.posts(incident.channel_id) == before


@BOTH
def test_checks_and_edits_are_said_where_the_team_asks_for_it(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    before = len(ben.posts(incident.channel_id))

    with edits_asked_for(stage, door):
        ben.add(incident, "d")
        for deed in ("check", "check", "uncheck", "remove", "restore"):
            ben.item(incident, "a", deed)
        ben.item(incident, "b", "rename", title="B")
        ben.item(incident, "c", "move", position=0)
        ben.item(incident, "c", "move", position=0, checklist_id=incident.lists["Last"])
    ben.item(incident, "a", "check")

    assert ben.posts(incident.channel_id)[before:] == [
        "@ben added “d”.",
        "@ben checked “a”.",
        "@ben unchecked “a”.",
        "@ben removed “a”.",
        "@ben restored “a”.",
        "@ben renamed “b” to “B”.",
        "@ben moved “c” in “First”.",
        "@ben moved “c” from “First” to “Last”.",
    ]


@BOTH
def test_a_title_is_said_as_it_was_typed_and_names_nobody(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    title = "100 % @bea @channel ~town-square `@bea` *a* snake_case <b> &amp; [x](y)"

    with edits_asked_for(stage, door):
        ben.add(incident, title)

    shown = ben.page(f"/channels/{incident.channel_id}")
    line = shown[shown.index("@ben</a> added") :].partition("</p>")[0]
    assert html.unescape(line) == f"@ben</a> added “{title}”."
    bea = stage.of(stage.people.bea)
    assert bea.get(f"{API}/channels/{incident.channel_id}").json()["mentions"] == 0


def test_an_edit_that_is_refused_is_not_said(stage: Stage) -> None:
    incident = an_incident(stage)
    ben = at(stage, Door.REST, stage.people.ben)
    before = ben.posts(incident.channel_id)

    with edits_asked_for(stage, Door.REST):
        refused = ben.item(incident, "a", "rename", title="B", was="not a")

    assert refused.kind is Kind.CONFLICT

    assert ben.posts(incident.channel_id) == before


@BOTH
def test_the_channel_is_private_and_has_the_starter_alone(stage: Stage, door: Door) -> None:
    ben = at(stage, door, stage.people.ben)
    ben.start(stage.town, name="Payments: 100 % down")

    found = ben.client.get(f"{API}/incidents", params={"team_id": ben.team_id}).json()["items"][0]
    channel_id = found["channel_ids"][0]
    channel = ben.client.get(f"{API}/channels/{channel_id}").json()
    members = ben.client.get(f"{API}/channels/{channel_id}/members").json()["items"]
    assert (channel["kind"], channel["display_name"]) == ("private", "Payments: 100 % down")
    assert channel["name"].startswith("payments-100-down")
    assert [each["username"] for each in members] == ["ben"]
    assert stage.of(stage.people.dan).get(f"{API}/channels/{channel_id}").status_code == 404


@BOTH
def test_an_ended_incident_keeps_a_channel_to_write_in(stage: Stage, door: Door) -> None:
    incident = an_incident(stage, ended=True)
    ben = at(stage, door, stage.people.ben)
    text = {"message": "Thanks, all"} if door is Door.REST else {"text": "Thanks, all"}

    ben.send(f"/channels/{incident.channel_id}/posts", **text)

    assert ben.posts(incident.channel_id)[-1] == "Thanks, all"
    members = ben.client.get(f"{API}/channels/{incident.channel_id}/members").json()["items"]
    assert [each["username"] for each in members] == ["bea", "ben"]


@pytest.mark.parametrize("deed", ["create", "delete"])
def test_playbooks_are_quiet(stage: Stage, deed: str) -> None:
    bea = at(stage, Door.REST, stage.people.bea)
    before = bea.posts(stage.town)

    made = bea.client.post(
        f"{API}/playbooks", json={"team_id": bea.team_id, "title": "Quiet"}
    ).json()
    if deed == "delete":
        bea.client.delete(f"{API}/playbooks/{made['id']}")

    assert bea.posts(stage.town) == before
