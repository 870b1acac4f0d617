"""The pages show what the reference's surfaces showed, to whom it may concern."""

import re
from datetime import datetime, timedelta

import pytest

from commandpost.kit.clock import clock
from tests.commandpost.incidents.doors import Stage
from tests.reference.doors import API, Door, Visitor, an_incident, at, text_of

BACKSTAGE = "/backstage/incidents"


@pytest.fixture
def stage(own_stage: Stage) -> Stage:
    """Lists and counts show everything that there is."""
    return own_stage


def here(stage: Stage, name: str) -> Visitor:
    return at(stage, Door.PAGE, getattr(stage.people, name))


def sidebar(markup: str) -> str:
    return markup[markup.index('id="incident_sidebar"') :]


def words(markup: str) -> str:
    return " ".join(text_of(markup).split())


def cards(markup: str) -> list[str]:
    """Return the names of the incidents that the sidebar lists."""
    return re.findall(r'id="card_\w+">.*?<strong dir="auto">(.*?)</strong>', markup, re.DOTALL)


def test_every_channel_has_the_sidebar_and_leads_to_the_backstage(stage: Stage) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")

    for channel_id in (stage.town, incident.channel_id):
        page = ben.page(f"/channels/{channel_id}")
        assert ('id="incident_sidebar"' in page, f'href="{BACKSTAGE}' in page) == (True, True)


def test_the_list_has_the_ongoing_ones_of_the_team_newest_first(stage: Stage) -> None:
    older, ended = an_incident(stage), an_incident(stage, ended=True)
    newer = an_incident(stage)

    listed = here(stage, "dan").page(f"/channels/{stage.town}")

    assert cards(listed) == [newer.name, older.name, "Checkout is slow"]
    assert ended.name not in sidebar(listed)
    card = words(sidebar(listed).partition("</section>")[0])
    assert (newer.name in card, "bea" in card) == (True, True)


def test_without_an_ongoing_incident_the_list_says_how_to_start_one(stage: Stage) -> None:
    cid = here(stage, "cid")
    own = cid.client.get("/").headers["location"]

    empty = sidebar(cid.page(own))

    assert "No incident is ongoing" in empty
    assert "/incident start, or from the menu of any post" in words(empty)
    assert 'value="/incident start"' in empty


def test_an_incident_that_ends_leaves_the_list_and_is_shown_as_ended(stage: Stage) -> None:
    incident = an_incident(stage)
    dan = here(stage, "dan")
    before = cards(dan.page(f"/channels/{stage.town}"))

    here(stage, "ben").send(f"/incidents/{incident.id}/end")

    assert incident.name in before
    assert incident.name not in cards(dan.page(f"/channels/{stage.town}"))
    shown = dan.page(f"/channels/{stage.town}", incident=incident.id)
    assert 'class="badge ended"' in sidebar(shown)


def test_who_is_outside_sees_checklists_and_can_change_none(stage: Stage) -> None:
    incident = an_incident(stage)

    seen = sidebar(here(stage, "dan").page(f"/channels/{stage.town}", incident=incident.id))

    assert "You are not in this incident's channel." in words(seen)
    assert "@bea" in seen
    assert seen.count('aria-disabled="true"') == 3
    forms = re.findall(r'<form method="post"\s+(?:class="\w+"\s+)?action="([^"?]*)', seen)
    assert set(forms) == {f"/channels/{stage.town}/posts", f"/incidents/{incident.id}/access"}
    assert "Go to the incident's channel" not in words(seen)


def test_who_is_inside_can_change_it_from_any_channel(stage: Stage) -> None:
    incident = an_incident(stage)

    seen = sidebar(here(stage, "ben").page(f"/channels/{stage.town}", incident=incident.id))

    assert "Go to the incident's channel" in words(seen)
    assert 'id="end_incident"' in seen
    assert seen.count("data-grip") == 3


def test_a_checked_item_says_when_and_by_whom(stage: Stage, at_noon: datetime) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")

    ben.item(incident, "a", "check")

    seen = sidebar(ben.page(f"/channels/{incident.channel_id}"))
    note = seen.partition('class="item-note muted">')[2].partition("</small>")[0]
    assert f'datetime="{at_noon:%Y-%m-%dT%H:%M:%S}' in note
    assert words(note) == "12:00 UTC ben"
    assert 'title="@ben"' in note


def test_the_post_it_was_started_from_is_a_link(stage: Stage) -> None:
    ben = here(stage, "ben")
    post = ben.client.post(f"{API}/channels/{stage.town}/posts", json={"message": "Slow"}).json()
    ben.start(stage.town, name="Slow again", post_id=post["id"])
    found = ben.client.get(f"{API}/incidents", params={"team_id": ben.team_id}).json()["items"][0]

    for path in (f"/channels/{found['channel_ids'][0]}", f"{BACKSTAGE}/{found['id']}"):
        assert f'href="/posts/{post["id"]}"' in ben.page(path)


def test_members_of_the_channel_are_found_by_any_name(stage: Stage) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")
    path = f"/incidents/{incident.id}/commander"

    shown = {q: ben.page(path, q=q) for q in ("", "BEN", "@be", "dan")}

    listed = {q: re.findall(r">@(\w+)</span>", page) for q, page in shown.items()}
    assert listed == {"": ["bea", "ben"], "BEN": ["ben"], "@be": ["bea", "ben"], "dan": []}
    assert "Nobody in the channel is called that." in words(shown["dan"])


def test_a_page_of_one_counts_members_messages_and_time(stage: Stage, at_noon: datetime) -> None:
    clock.set(at_noon)
    incident = an_incident(stage)
    ben = here(stage, "ben")
    ben.client.post(f"{API}/channels/{incident.channel_id}/posts", json={"message": "hello"})
    clock.set(at_noon + timedelta(days=5, hours=2))
    ben.send(f"/incidents/{incident.id}/end")

    shown = words(ben.page(f"{BACKSTAGE}/{incident.id}"))

    details = ben.client.get(f"{API}/incidents/{incident.id}/details").json()
    assert "Duration 5 d 2 h" in shown
    assert f"Members {details['num_members']} in the channel now" in shown
    assert f"Messages {details['total_posts']} in the channel" in shown
    assert (details["num_members"], details["total_posts"]) == (2, 3)


def test_a_page_of_one_shows_who_is_outside_the_header_and_whom_to_ask(stage: Stage) -> None:
    incident = an_incident(stage)

    shown = here(stage, "dan").page(f"{BACKSTAGE}/{incident.id}")

    assert incident.name in shown
    assert "Ask to be let in" in shown
    assert [word in words(shown) for word in ("Members", "Timeline", "Markdown")] == [False] * 3
    assert here(stage, "dan").client.get(f"{BACKSTAGE}/{incident.id}/export.md").status_code == 404


def test_the_chart_has_a_row_for_each_item_also_of_one_name(stage: Stage) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")
    ben.item(incident, "b", "rename", title="a")
    ben.item(incident, "a", "check")

    chart = ben.page(f"{BACKSTAGE}/{incident.id}").partition("<svg width")[2]
    chart = chart.partition("</svg>")[0]

    assert len(re.findall(r'<span class="chart-title"\s+dir="auto">a</span>', chart)) == 2
    assert chart.count("<circle") == 1
    assert "First" in chart
    assert "Last" in chart  # every checklist, not the first alone


def test_an_incident_without_items_has_a_sentence_for_a_chart(stage: Stage) -> None:
    ben = here(stage, "ben")
    ben.start(stage.town, name="Nothing to do")
    found = ben.client.get(f"{API}/incidents", params={"team_id": ben.team_id}).json()["items"][0]

    shown = ben.page(f"{BACKSTAGE}/{found['id']}")

    assert "The incident has no checklist items yet." in shown


def test_a_page_that_finds_nothing_says_which_team_and_what_to_do(stage: Stage) -> None:
    filtered = here(stage, "ben").page(BACKSTAGE, search_term="nothing like this")
    empty = here(stage, "cid").page(BACKSTAGE)

    assert "No incident of demo is like that" in words(filtered)
    assert "Show all" in words(filtered)
    assert "There are no incidents of other yet" in words(empty)


def test_every_page_of_the_backstage_has_an_address_that_opens_it_again(stage: Stage) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")
    paths = (BACKSTAGE, f"{BACKSTAGE}/{incident.id}", "/backstage/playbooks")

    for path in paths:
        page = ben.page(path)
        links = [f'href="{each}"' in page for each in (BACKSTAGE, "/backstage/playbooks", "/")]
        assert links == [True] * 3


@pytest.mark.parametrize("deed", ["delete", "end", "leave"])
def test_what_cannot_be_missed_is_asked_first(stage: Stage, deed: str) -> None:
    incident = an_incident(stage)
    ben = here(stage, "ben")
    playbook = ben.client.get(f"{API}/playbooks", params={"team_id": ben.team_id}).json()
    where = {
        "delete": f"/backstage/playbooks/{playbook['items'][-1]['id']}/delete",
        "end": f"/incidents/{incident.id}/end",
        "leave": f"/channels/{incident.channel_id}?show=leave",
    }[deed]

    asked = ben.page(where)

    dialog = asked[asked.index("<dialog") :]
    assert "Cancel" in words(dialog)
    assert ben.now(incident) == incident
