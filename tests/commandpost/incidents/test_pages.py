"""The sidebar and the backstage, by forms without scripts and by fragments."""

import csv
import io
import json
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

from commandpost.accounts.actor import Actor
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.actions.access import ask_for_access
from commandpost.incidents.detail import MOST_SHOWN
from commandpost.incidents.models.timeline import TimelineEntry
from commandpost.incidents.rules import Happening
from commandpost.incidents.web import backstage
from commandpost.kit.clock import clock
from commandpost.kit.ids import new_id
from commandpost.ui.render import FLASH_COOKIE
from tests.commandpost.incidents.doors import Stage
from tests.commandpost.incidents.given import titles

HTMX = {"HX-Request": "true"}
BOOSTED = HTMX | {"HX-Request-Type": "full"}  # what a form sends that picks its part of a page


def _here(stage: Stage) -> dict[str, str]:
    return {"here": stage.incident.channel_id}


@pytest.mark.usefixtures("at_noon")  # how long it lasts stands in both
def test_the_channel_of_an_incident_shows_it_in_the_sidebar(stage: Stage) -> None:
    client = stage.of(stage.people.ben)

    page = client.get(f"/channels/{stage.incident.channel_id}").text
    fragment = client.get(f"/incidents/{stage.incident.id}/sidebar", params=_here(stage)).text

    assert 'id="incident_sidebar"' in fragment
    assert fragment.strip() in page
    assert "End incident" in fragment
    topics = f"incident:{stage.incident.id} members:{stage.incident.channel_id} team:"
    assert f'data-topics="{topics}' in fragment
    assert 'aria-current="page"' in page


def test_another_channel_shows_the_list_and_one_incident_by_its_address(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    town = f"/channels/{stage.town}"

    listed = client.get(town).text
    shown = client.get(town, params={"incident": stage.incident.id}).text
    unknown = client.get(town, params={"incident": "nothing"}).text
    back = client.get(f"/channels/{stage.incident.channel_id}", params={"sidebar": "list"}).text

    assert [f'id="card_{stage.incident.id}"' in page for page in (listed, unknown, back)] == [
        True,
        True,
        True,
    ]
    assert "Go to the incident&#39;s channel" in shown or "Go to the incident's channel" in shown


def test_forms_come_back_to_where_they_were_sent_from(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    check = f"/incidents/{stage.incident.id}/items/{stage.item_ids['a']}/check"
    uncheck = check.replace("/check", "/uncheck")

    inside = client.post(check, params=_here(stage))
    outside = client.post(uncheck, params={"here": stage.town, "team": stage.people.team_id})
    nowhere = client.post(check, params={"here": "//evil.example"})

    assert [answer.headers["location"] for answer in (inside, outside, nowhere)] == [
        f"/channels/{stage.incident.channel_id}#sidebar",
        f"/channels/{stage.town}?team={stage.people.team_id}&incident={stage.incident.id}#sidebar",
        f"/backstage/incidents/{stage.incident.id}",
    ]


@pytest.mark.usefixtures("at_noon")
def test_htmx_is_answered_with_the_sidebar_as_it_is_afterwards(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}"

    added = client.post(
        f"{path}/checklists/{stage.checklist_id}/items",
        params=_here(stage),
        data={"title": "<b>d</b>"},
        headers=HTMX,
    )
    fetched = client.get(f"{path}/sidebar", params=_here(stage), headers=HTMX)

    assert (added.status_code, added.text) == (200, fetched.text)
    assert "&lt;b&gt;d&lt;/b&gt;" in added.text


@pytest.mark.parametrize(
    ("pressed", "order"),
    [("0", ["b", "a", "c"]), ("end", ["a", "c", "b"]), ("last", ["a", "b", "c"])],
)
def test_the_button_that_was_pressed_says_where_an_item_goes(
    stage: Stage, pressed: str, order: list[str]
) -> None:
    client = stage.of(stage.people.ben)
    item = f"/incidents/{stage.incident.id}/items/{stage.item_ids['b']}"

    moved = client.post(f"{item}/move", data={"position": ["1", pressed]})

    with stage.database.reading() as session:
        assert titles(session, stage.incident.id) == {"First": order}
    assert moved.status_code == (422 if pressed == "last" else 303)


def test_a_removed_item_can_be_taken_back_from_the_sidebar(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    item = f"/incidents/{stage.incident.id}/items/{stage.item_ids['a']}"

    removed = client.post(f"{item}/remove", params=_here(stage), headers=HTMX).text
    restored = client.post(f"{item}/restore", params=_here(stage), headers=HTMX).text

    assert ('id="undo"' in removed, f"{item}/restore" in removed) == (True, True)
    assert ('id="undo"' in restored, f'id="item_{stage.item_ids["a"]}"' in restored) == (
        False,
        True,
    )


def test_what_was_removed_long_ago_can_still_be_put_back(stage: Stage, at_noon: datetime) -> None:
    client = stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}"
    for item in (stage.item_ids["a"], stage.item_ids["b"]):
        client.post(f"{path}/items/{item}/remove", params=_here(stage))
    clock.set(at_noon + timedelta(hours=1))

    shown = client.get(f"{path}/sidebar", params=_here(stage)).text

    assert 'id="undo"' not in shown
    assert "Removed (2)" in shown
    assert all(f"{path}/items/{stage.item_ids[name]}/restore" in shown for name in ("a", "b"))


def test_a_removed_checklist_can_be_taken_back_with_its_items(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}/checklists/{stage.checklist_id}"

    removed = client.post(f"{path}/remove", params=_here(stage), headers=HTMX).text
    restored = client.post(f"{path}/restore", params=_here(stage), headers=HTMX).text

    assert f'action="{path}/restore' in removed[removed.index('id="undo"') :]
    assert f'id="item_{stage.item_ids["a"]}"' not in removed
    assert f'id="item_{stage.item_ids["a"]}"' in restored


def test_refusals_are_sentences_in_a_fragment_and_a_page_keeps_what_was_typed(
    stage: Stage,
) -> None:
    client = stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}/checklists/{stage.checklist_id}/items"
    form = {"title": "long " * 60}

    page = client.post(path, params=_here(stage), data=form)
    fragment = client.post(path, params=_here(stage), data=form, headers=HTMX)

    assert (page.status_code, fragment.status_code) == (422, 422)
    assert "Shorten it to 256." in page.text
    assert f'value="{form["title"]}"' in page.text
    assert f'action="{path}?here={stage.incident.channel_id}"' in page.text
    assert "data-error-sentence" in fragment.text


def test_a_stale_title_is_shown_beside_the_stored_one_and_can_be_sent_again(stage: Stage) -> None:
    one = f"/incidents/{stage.incident.id}/items/{stage.item_ids['a']}"
    stage.of(stage.people.bea).post(one, data={"title": "Bea's"})
    ben = stage.of(stage.people.ben)

    stale = ben.post(one, params=_here(stage), data={"title": "Ben's", "was": "a"})
    again = ben.post(one, params=_here(stage), data={"title": "Ben's", "was": "Bea's"})

    assert (stale.status_code, again.status_code) == (409, 303)
    assert "Somebody renamed it to “Bea&#39;s” meanwhile." in stale.text
    assert 'name="was" value="Bea&#39;s"' in stale.text
    assert 'value="Ben&#39;s"' in stale.text


def test_a_stale_title_is_answered_to_htmx_as_a_dialog_with_both(stage: Stage) -> None:
    one = f"/incidents/{stage.incident.id}/items/{stage.item_ids['a']}"
    stage.of(stage.people.bea).post(one, data={"title": "Bea's"})
    typed = {"title": "Ben's", "was": "a"}

    stale = stage.of(stage.people.ben).post(one, params=_here(stage), data=typed, headers=BOOSTED)

    assert stale.status_code == 409
    dialog = stale.text[stale.text.index("<dialog") :]
    assert '<strong dir="auto">Bea&#39;s</strong>' in dialog
    assert 'value="Ben&#39;s"' in dialog
    assert f'action="{one}?here={stage.incident.channel_id}"' in dialog


def test_a_refused_title_of_a_boosted_form_is_a_sentence(stage: Stage) -> None:
    one = f"/incidents/{stage.incident.id}/items/{stage.item_ids['a']}"
    typed = {"title": "long " * 60, "was": "a"}

    refused = stage.of(stage.people.ben).post(one, params=_here(stage), data=typed, headers=BOOSTED)

    assert refused.status_code == 422
    assert "<p data-error-sentence>" in refused.text


def test_a_commander_changed_meanwhile_is_asked_for_again(stage: Stage) -> None:
    bea, ben = stage.people.bea, stage.people.ben
    path = f"/incidents/{stage.incident.id}/commander"
    stage.of(bea).post(path, data={"user_id": ben.id, "was": bea.id})

    stale = stage.of(ben).post(path, params=_here(stage), data={"user_id": bea.id, "was": "other"})
    again = stage.of(ben).post(path, params=_here(stage), data={"user_id": bea.id, "was": ben.id})

    assert (stale.status_code, again.status_code) == (409, 303)
    assert "Somebody made @ben the commander meanwhile; you chose @bea." in stale.text
    assert f'name="was" value="{ben.id}"' in " ".join(stale.text.split())


def test_who_picks_a_commander_sees_who_is_missing(stage: Stage) -> None:
    bea, ben = stage.of(stage.people.bea), stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}/commander"
    alone, away = "Nobody else is in the channel.", "not in the channel"

    def says(client: TestClient) -> tuple[bool, bool]:
        text = client.get(path).text
        return alone in text, away in text

    both = says(bea)
    ben.post(f"/channels/{stage.incident.channel_id}/leave")
    one = says(bea)
    bea.post(f"/channels/{stage.incident.channel_id}/leave")

    assert (both, one) == ((False, False), (True, False))
    assert says(stage.of(stage.people.ann)) == (False, True)


def test_choosing_who_commands_already_says_so_and_records_nothing(stage: Stage) -> None:
    bea, ben = stage.people.bea, stage.people.ben
    path = f"/incidents/{stage.incident.id}/commander"
    page = f"/backstage/incidents/{stage.incident.id}"

    first = stage.of(bea).post(path, data={"user_id": ben.id, "was": bea.id})
    before = stage.of(ben).get(f"{page}/timeline.csv").text
    second = stage.of(ben).post(path, data={"user_id": ben.id, "was": bea.id})

    said = [unquote(answer.cookies[FLASH_COOKIE]) for answer in (first, second)]
    assert said == [
        "Command has been handed over.",
        "@ben commands this incident already. Nothing was changed.",
    ]
    assert stage.of(ben).get(f"{page}/timeline.csv").text == before


def test_what_is_asked_about_an_ended_incident_says_that_it_has_ended(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    client.post(f"/incidents/{stage.incident.id}/end")

    for what in ("end", "commander"):
        shown = client.get(f"/incidents/{stage.incident.id}/{what}", headers=HTMX)
        assert shown.status_code == 200
        assert "This incident has ended already at" in shown.text
        assert '<form method="post"' not in shown.text


def test_a_team_mate_outside_looks_and_asks_to_be_let_in(stage: Stage) -> None:
    dan, ben = stage.of(stage.people.dan), stage.of(stage.people.ben)
    sidebar = f"/incidents/{stage.incident.id}/sidebar"

    before = dan.get(sidebar, params={"here": stage.town}).text
    asked = dan.post(
        f"/incidents/{stage.incident.id}/access", params={"here": stage.town}, headers=HTMX
    ).text
    seen = ben.get(sidebar, params=_here(stage)).text
    ben.post(
        f"/incidents/{stage.incident.id}/members",
        params=_here(stage),
        data={"user_id": stage.people.dan.id},
    )
    after = dan.get(sidebar, params={"here": stage.town}).text

    assert ("Ask to be let in" in before, "data-move" in before) == (True, False)
    assert "You asked to be let in" in asked
    assert f'id="asking_{stage.people.dan.id}"' in seen
    assert "data-move" in after


def test_the_end_is_asked_for_as_a_page_and_as_a_dialog(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"/incidents/{stage.incident.id}/end"

    page = client.get(path, params=_here(stage))
    for item in stage.item_ids.values():
        client.post(f"/incidents/{stage.incident.id}/items/{item}/check")
    dialog = client.get(path, params=_here(stage), headers=HTMX)
    ended = client.post(path, params=_here(stage))
    sidebar = client.get(f"/incidents/{stage.incident.id}/sidebar", params=_here(stage)).text

    assert ("<html" in page.text, "<html" in dialog.text) == (True, False)
    assert 'id="end_dialog"' in dialog.text
    assert f"{len(stage.item_ids)} items are not checked." in page.text
    assert "not checked" not in dialog.text
    assert ended.headers["location"] == f"/channels/{stage.incident.channel_id}#sidebar"
    assert ("Restart incident" in sidebar, "data-move" in sidebar) == (True, False)


def test_the_commander_is_picked_among_people_in_the_channel(stage: Stage) -> None:
    client = stage.of(stage.people.bea)
    path = f"/incidents/{stage.incident.id}/commander"

    def choices(q: str) -> list[bool]:
        text = client.get(path, params={**_here(stage), "q": q}).text
        return [f'id="choice_{each.id}"' in text for each in (stage.people.bea, stage.people.ben)]

    found = [choices(q) for q in ("", "@BEN", "dan")]
    client.post(path, params=_here(stage), data={"user_id": stage.people.ben.id})

    assert found == [[True, True], [False, True], [False, False]]
    listed = client.get("/backstage/incidents").text
    assert f'value="{stage.people.ben.id}"' in listed


def test_the_backstage_list_is_filtered_by_its_address(stage: Stage) -> None:
    client = stage.of(stage.people.dan)
    row = f'id="incident_{stage.incident.id}"'

    def shows(**query: str) -> bool:
        return row in client.get("/backstage/incidents", params=query).text

    assert [
        shows(),
        shows(search_term="CHECKOUT", status="active", commander_user_id=stage.people.bea.id),
        shows(status="ended"),
        shows(search_term="nothing"),
        shows(page="1"),
        shows(status="foo", sort="foo", page="x"),
        *(shows(sort=sort) for sort in ("name", "is_active", "ended_at", "commander_user_id")),
    ] == [True, True, False, False, False, True, True, True, True, True]


def test_the_fragment_of_a_live_change_is_the_region_of_the_page(
    stage: Stage, at_noon: datetime
) -> None:
    client = stage.of(stage.people.ben)

    for path in ("/backstage/incidents", f"/backstage/incidents/{stage.incident.id}"):
        page = client.get(path).text
        fragment = client.get(path, headers=HTMX).text
        assert fragment.strip() in page


def test_a_page_of_one_tells_members_all_and_team_mates_the_header(stage: Stage) -> None:
    path = f"/backstage/incidents/{stage.incident.id}"
    ben, dan = stage.of(stage.people.ben), stage.of(stage.people.dan)
    ben.post(f"/incidents/{stage.incident.id}/items/{stage.item_ids['b']}/check")

    inside, outside = ben.get(path).text, dan.get(path).text

    assert "1 of 3 was checked" in inside
    assert ("<svg" in inside, "checked “b”" in inside, "in the channel now" in inside) == (
        True,
        True,
        True,
    )
    assert ("Ask to be let in" in outside, "Timeline" in outside) == (True, False)


@pytest.mark.usefixtures("at_noon")
def test_the_timeline_says_who_by_their_name_and_when_to_the_second(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)
    ben.post(f"/incidents/{stage.incident.id}/items/{stage.item_ids['b']}/check")

    shown = ben.get(f"/backstage/incidents/{stage.incident.id}").text

    timeline = shown[shown.index('id="timeline_title"') :]
    assert 'data-time="seconds">2026-11-24 12:00:00 UTC</time>' in timeline
    assert f'<span title="@ben">{stage.people.ben.display_name}</span>' in timeline


@pytest.mark.usefixtures("at_noon")
def test_one_incident_is_exported_as_markdown_and_json(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    path = f"/backstage/incidents/{stage.incident.id}/export"
    client.post(f"/incidents/{stage.incident.id}/items/{stage.item_ids['b']}/check")
    client.post(f"/channels/{stage.incident.channel_id}/posts", data={"text": "one\ntwo\u2028# x"})

    markdown, document = client.get(f"{path}.md"), json.loads(client.get(f"{path}.json").text)

    assert markdown.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Checkout%20is%20slow.md"
    )
    assert "- [x] b (2026-11-24T12:00:00.000Z, @ben)" in markdown.text
    assert "@ben:\n\n> one\n> two\n> # x\n" in markdown.text
    assert document["timeline"][-1] == {
        "at": "2026-11-24T12:00:00Z",
        "username": "ben",
        "what": "checked “b”",
    }
    assert document["messages"][-1]["message"] == "one\ntwo\u2028# x"


def test_a_file_has_all_that_happened_where_the_page_shows_the_newest(
    stage: Stage, at_noon: datetime
) -> None:
    checks = [
        TimelineEntry(
            id=new_id(),
            incident_id=stage.incident.id,
            number=number,
            kind=Happening.ITEM_CHECKED,
            at=at_noon,
            user_id=stage.people.ben.id,
            detail={"title": f"step {number}"},
        )
        for number in range(2, MOST_SHOWN + 2)
    ]
    with stage.database.transaction() as session:
        session.add_all(checks)
    client = stage.of(stage.people.ben)
    page = f"/backstage/incidents/{stage.incident.id}"

    shown, told = client.get(page).text, client.get(f"{page}/timeline.csv").text

    assert "started the incident" in told
    assert "started the incident" not in shown
    assert len(told.splitlines()) == 1 + 1 + MOST_SHOWN


def test_a_file_says_that_older_messages_are_not_in_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = stage.of(stage.people.ben)
    path = f"/backstage/incidents/{stage.incident.id}/export"
    whole, document = client.get(f"{path}.md").text, client.get(f"{path}.json").json()
    client.post(f"/channels/{stage.incident.channel_id}/posts", data={"text": "the newest"})
    monkeypatch.setattr(backstage, "MOST_POSTS", 1)

    cut, cut_document = client.get(f"{path}.md").text, client.get(f"{path}.json").json()

    assert ("The newest" in whole, document["has_older_messages"]) == (False, False)
    assert "The newest 1; those before them are in the channel." in cut
    assert [each["message"] for each in cut_document["messages"]] == ["the newest"]
    assert cut_document["has_older_messages"] is True


def test_an_edited_message_is_marked_in_the_files(stage: Stage, at_noon: datetime) -> None:
    client = stage.of(stage.people.ben)
    path = f"/backstage/incidents/{stage.incident.id}/export"
    posts = f"/api/v1/channels/{stage.incident.channel_id}/posts"
    first, _kept = (client.post(posts, json={"message": text}).json() for text in ("1", "2"))
    clock.set(at_noon + timedelta(minutes=5))
    client.post(f"/posts/{first['id']}", data={"text": "one"})

    markdown, document = client.get(f"{path}.md").text, client.get(f"{path}.json").json()

    assert "12:00:00.000Z @ben (edited):\n\n> one\n" in markdown
    assert "12:00:00.000Z @ben:\n\n> 2\n" in markdown
    assert [each["edited_at"] for each in document["messages"][-2:]] == [
        "2026-11-24T12:05:00Z",
        None,
    ]


def test_a_move_between_checklists_is_told_with_both_in_the_files(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    one = f"/incidents/{stage.incident.id}"
    client.post(f"{one}/checklists", data={"title": "Last"})
    made = client.get(f"/api/v1{one}").json()["checklists"][-1]["id"]
    move = {"position": "end", "checklist_id": made}
    client.post(f"{one}/items/{stage.item_ids['a']}/move", data=move)

    path = f"/backstage{one}/export"
    markdown, document = client.get(f"{path}.md").text, client.get(f"{path}.json").json()

    assert "@ben moved “a” from “First” to “Last”\n" in markdown
    assert document["timeline"][-1]["what"] == "moved “a” from “First” to “Last”"


def test_a_commander_who_leaves_is_offered_to_hand_over_first(stage: Stage) -> None:
    bea, ben = stage.of(stage.people.bea), stage.of(stage.people.ben)
    channel = f"/channels/{stage.incident.channel_id}"
    hand_over = f'href="/incidents/{stage.incident.id}/commander?here={stage.incident.channel_id}"'

    def leaving(client: TestClient) -> str:
        asked = client.get(f"{channel}?show=leave").text
        return asked[asked.index("<dialog") :]

    commander, member = leaving(bea), leaving(ben)
    alone = [client.get(f"{channel}/leave").text for client in (bea, ben)]
    left = bea.post(f"{channel}/leave")
    ben.post(f"/incidents/{stage.incident.id}/commander", data={"user_id": stage.people.ben.id})
    ben.post(f"/incidents/{stage.incident.id}/end")

    assert "You command “Checkout is slow”." in commander
    assert (hand_over in commander, "autofocus" in commander) == (True, True)
    assert ["You command" in each for each in alone] == [True, False]
    assert alone[1].strip() in member
    for other in (member, leaving(ben)):  # who does not command it, and who commanded it
        assert "Leave this channel?" in other
        assert ("You command" in other, "autofocus" in other) == (False, False)
    assert left.status_code == 303


def test_the_list_is_exported_as_csv_without_formulas(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    for name in ("=cmd()", "Zebra"):
        client.post("/api/v1/incidents", json={"team_id": stage.people.team_id, "name": name})

    def names(**query: str) -> list[str]:
        text = client.get("/backstage/incidents/export.csv", params=query).text
        return [row["name"] for row in csv.DictReader(io.StringIO(text))]

    assert names() == ["Zebra", "'=cmd()", "Checkout is slow"]
    assert names(sort="name", order="asc") == ["'=cmd()", "Checkout is slow", "Zebra"]
    assert names(search_term="zeb") == ["Zebra"]
    for sort in ("id", "team_id", "ended_at", "is_active", "commander_user_id"):
        assert len(names(sort=sort)) == 3


def test_right_to_left_and_markup_in_names_are_shown_as_text(stage: Stage) -> None:
    client = stage.of(stage.people.ben)
    name = "تعطل <script>alert(1)</script>"
    made = client.post(
        "/api/v1/incidents", json={"team_id": stage.people.team_id, "name": name}
    ).json()

    for path in (
        "/backstage/incidents",
        f"/backstage/incidents/{made['id']}",
        f"/channels/{made['channel_ids'][0]}",
        f"/channels/{stage.town}",
    ):
        text = client.get(path).text
        assert str(escape(name)) in text
        assert name not in text


def test_requests_of_people_who_were_asked_show_only_inside(stage: Stage) -> None:
    with stage.database.transaction() as session:
        ask_for_access(session, BuiltinPlatform(), stage.people.dan, stage.incident.id)

    page = stage.of(stage.people.dan).get(f"/backstage/incidents/{stage.incident.id}").text

    assert "You asked to be let in" in page


def test_the_rail_marks_the_channel_of_an_incident_that_ended(stage: Stage) -> None:
    ben = stage.of(stage.people.ben)
    before = ben.get(f"/channels/{stage.town}").text
    ben.post(f"/incidents/{stage.incident.id}/end")

    after = ben.get(f"/channels/{stage.town}").text

    link = f'href="/channels/{stage.incident.channel_id}" title="incident ended"'
    assert (link in before, link in after) == (False, True)


def test_the_rail_counts_what_is_ongoing_in_the_team_without_the_viewer(stage: Stage) -> None:
    people = stage.people
    link = f'href="/backstage/incidents?team_id={people.team_id}&amp;status=active"'

    def rail_of(actor: Actor) -> str:
        return stage.of(actor).get(f"/channels/{stage.town}/rail").text

    assert link in rail_of(people.dan)
    assert "1 ongoing" in rail_of(people.dan)
    assert link not in rail_of(people.ben)

    new = {"team_id": people.team_id, "name": "Mail is late"}
    stage.of(people.dan).post("/api/v1/incidents", json=new)

    assert "1 more ongoing" in rail_of(people.ben)
    assert "1 more ongoing" in rail_of(people.dan)
    stage.of(people.ben).post(f"/incidents/{stage.incident.id}/end")
    assert link not in rail_of(people.dan)


def test_incidents_are_found_by_name_in_the_teams_that_one_may_know_of(stage: Stage) -> None:
    people = stage.people
    mail, muller = (
        stage.of(people.ben).post("/api/v1/incidents", json={"team_id": people.team_id, "name": n})
        for n in ("Mail is late", "Müller's checkout")
    )
    assert mail.status_code == 201
    stage.of(people.ben).post(f"/incidents/{muller.json()['id']}/end")
    of_others = {"team_id": people.other_team_id, "name": "Checkout of others"}
    stage.of(people.cid).post("/api/v1/incidents", json=of_others)

    def found(actor: Actor, text: str) -> list[tuple[str, str]]:
        answer = stage.of(actor).get("/incidents", params={"text": text}).json()
        return [(each["text"], each["help"]) for each in answer]

    running, ended = "details, ongoing", "details, ended"
    ours = [("Checkout is slow", running), ("Müller's checkout", ended)]
    assert found(people.dan, "CHECKOUT") == ours
    assert found(people.dan, "muller") == [("Müller's checkout", ended)]
    assert found(people.cid, "checkout") == [("Checkout of others", running)]
    assert found(people.ann, "checkout") == [("Checkout of others", running), *ours]
    answer = stage.of(people.dan).get("/incidents", params={"text": "slow"}).json()
    assert answer[0]["href"] == f"/backstage/incidents/{stage.incident.id}"
