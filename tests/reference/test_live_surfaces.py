"""Every region that says it is live hears of a change, and fetched again it shows it."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from commandpost.accounts.actor import Actor
from commandpost.outbox.relay import Relay
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.rules import LOCAL_LANE
from tests.commandpost.accounts import given
from tests.commandpost.incidents.doors import SITE, Stage
from tests.commandpost.telemetry.receiver import a_receiver
from tests.reference.doors import API, Door, Incident, an_incident, at, text_of
from tests.reference.test_playbooks import create

SRC = Path(__file__).resolve().parents[2] / "src" / "commandpost"
HTMX = {"HX-Request": "true"}
ELSEWHERE = {"test_event"}  # tests/commandpost/telemetry shows how far a test event came

Deed = Callable[[Stage, Incident], object]


@dataclass(frozen=True, slots=True)
class Surface:
    """A live region, on which page and for whom; a deed of somebody else, and what it shows."""

    page: str
    region: str
    viewer: str
    deed: Deed
    shows: str


def rest(stage: Stage, who: Actor, path: str, **body: str) -> object:
    return stage.of(who).post(f"{API}{path}", json=body or None)


def say(stage: Stage, it: Incident) -> object:
    return rest(stage, stage.people.bea, f"/channels/{it.channel_id}/posts", message="@ben look")


def end(stage: Stage, it: Incident) -> object:
    return rest(stage, stage.people.bea, f"/incidents/{it.id}/end")


def check(stage: Stage, it: Incident) -> object:
    return at(stage, Door.REST, stage.people.bea).item(it, "a", "check")


def hand_over(stage: Stage, it: Incident) -> object:
    ben = stage.people.ben.id
    return rest(stage, stage.people.bea, f"/incidents/{it.id}/commander", user_id=ben)


def deactivate(stage: Stage, _it: Incident) -> object:
    return rest(stage, stage.people.ann, f"/users/{stage.people.bea.id}/deactivate")


def leave(stage: Stage, it: Incident) -> object:
    return stage.of(stage.people.bea).post(f"/channels/{it.channel_id}/leave")


def let_in(stage: Stage, it: Incident) -> object:
    dan = stage.people.dan.id
    return rest(stage, stage.people.bea, f"/incidents/{it.id}/members", user_id=dan)


def ask(stage: Stage, it: Incident) -> object:
    return rest(stage, stage.people.dan, f"/incidents/{it.id}/access")


def invite(stage: Stage, it: Incident) -> object:
    return rest(stage, stage.people.bea, f"/channels/{it.channel_id}/members", username="dan")


def start(stage: Stage, _it: Incident) -> object:
    team = stage.people.team_id
    return rest(stage, stage.people.bea, "/incidents", team_id=team, name="Brand new")


def write_a_playbook(stage: Stage, _it: Incident) -> object:
    return create(at(stage, Door.PAGE, stage.people.bea), "Brand new")


def add_a_person(stage: Stage, _it: Incident) -> object:
    with stage.database.transaction() as session:
        return given.a_user(session, "newcomer", teams=[stage.people.team_id])


def make_a_token(stage: Stage, _it: Incident) -> object:
    return rest(stage, stage.people.ben, "/users/me/tokens", name="Brand new")


def add_a_team(stage: Stage, _it: Incident) -> object:
    with stage.database.transaction() as session:
        return given.a_team(session, "brand-new")


def check_and_send(stage: Stage, it: Incident) -> object:
    with a_receiver() as receiver:
        carrier = RudderCarrier(receiver.url, "key")
        check(stage, it)
        drained = Relay(stage.database, LOCAL_LANE, carrier).drain()
        carrier.close()
        return drained


def make_a_channel(stage: Stage, _it: Incident) -> object:
    team = stage.people.team_id
    return rest(stage, stage.people.bea, "/channels", team_id=team, display_name="Brand new")


CHANNEL = "/channels/{channel}"
TELEMETRY = "/backstage/telemetry"
DETAIL = "/backstage/incidents/{incident}"
COMMANDER = "/incidents/{incident}/commander"
SURFACES = (
    Surface(CHANNEL, "post_list", "ben", say, "look"),
    Surface(CHANNEL, "channel_facts", "ben", invite, "3 members"),
    Surface(f"{CHANNEL}?show=members", "member_list", "ben", invite, ">@dan<"),
    Surface(f"{CHANNEL}?show=members", "member_list", "ben", add_a_person, "@newcomer"),
    Surface("/channels/{town}?show=browse", "browse_list", "ben", make_a_channel, "Brand new"),
    Surface("/channels/{town}?show=browse", "browse_list", "dan", invite, "{name}"),
    Surface("/account", "account_access", "ben", make_a_token, "Brand new"),
    Surface("/channels/{town}", "channel_list", "ben", say, 'class="count">1'),
    Surface(CHANNEL, "incident_sidebar", "ben", check, 'aria-checked="true"'),
    Surface(CHANNEL, "incident_sidebar", "ben", ask, "asking_{dan}"),
    Surface(CHANNEL, "incident_sidebar", "ben", end, "Restart incident"),
    Surface(CHANNEL, "incident_sidebar", "ben", leave, "The commander is not in the channel"),
    Surface(CHANNEL, "incident_sidebar", "ben", deactivate, "The commander is not in the channel"),
    Surface("/channels/{town}?incident={incident}", "incident_sidebar", "dan", let_in, "data-grip"),
    Surface("/channels/{town}?incident={incident}", "incident_sidebar", "dan", invite, "data-grip"),
    Surface("/channels/{town}", "incident_sidebar", "dan", start, "Brand new"),
    Surface("/channels/{town}", "incident_sidebar", "dan", hand_over, "ben"),
    Surface("/incidents/{incident}/end", "end_question", "ben", end, "has ended already"),
    Surface(COMMANDER, "commander_choices", "ben", end, "has ended already"),
    Surface(COMMANDER, "commander_choices", "ben", hand_over, "Commander now: @ben"),
    Surface(COMMANDER, "commander_choices", "ben", invite, "choice_{dan}"),
    Surface(f"{CHANNEL}?show=leave", "leaving", "ben", hand_over, "You command"),
    Surface("/backstage/incidents?search_term={name}", "incident_list", "dan", end, "badge ended"),
    Surface(DETAIL, "incident_detail", "ben", check, "checked “a”"),
    Surface(DETAIL, "incident_detail", "ben", check, "<circle"),
    Surface(DETAIL, "incident_detail", "ben", invite, "Members 3 in the channel"),
    Surface(DETAIL, "incident_detail", "ben", say, "Messages 2 in the channel"),
    Surface(DETAIL, "incident_detail", "dan", invite, "Timeline"),
    Surface("/backstage/playbooks", "playbook_list", "dan", write_a_playbook, "Brand new"),
    Surface(f"{TELEMETRY}/events", "event_list", "ann", check, "CheckChecklistItem"),
    Surface(f"{TELEMETRY}/events", "event_list", "ann", check_and_send, "badge ended"),
    Surface(f"{TELEMETRY}/batches", "batch_list", "ann", check_and_send, "Batch 1 to this machine"),
    Surface("/backstage/people", "people_list", "ann", add_a_person, "newcomer"),
    Surface("/backstage/people/teams", "team_list", "ann", add_a_team, "brand-new"),
    Surface("/backstage/people/teams/{team}", "team_members", "ann", add_a_person, "newcomer"),
)


def attribute(markup: str, region: str, name: str) -> str:
    """Return an attribute of the element with this id."""
    tag = re.search(rf'<\w+[^>]*\bid="{region}"[^>]*>', markup)
    assert tag, f"there is no {region}"
    found = re.search(rf'\b{name}="([^"]*)"', tag[0])
    return html.unescape(found[1]) if found else ""


def region_of(markup: str, region: str) -> str:
    """Return the markup from the element with this id on, and then its words alone."""
    found = markup[markup.index(f'id="{region}"') :]
    return found + " ".join(text_of(found).split())


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: f"{s.region} {s.deed.__name__}")
def test_what_others_do_is_heard_and_shown(own_stage: Stage, surface: Surface) -> None:
    stage, it = own_stage, an_incident(own_stage)
    people = stage.people
    names = {"channel": it.channel_id, "incident": it.id, "name": it.name, "dan": people.dan.id}
    names |= {"town": stage.town, "team": people.team_id}
    viewer = stage.of(getattr(people, surface.viewer))
    shown = viewer.get(surface.page.format_map(names)).text
    before = region_of(shown, surface.region)
    topics = attribute(shown, surface.region, "data-topics").replace(" ", ",")
    listened, own = set(topics.split(",")), f"user:{getattr(people, surface.viewer).id}"
    asked = f"/live?topics={topics},{own}"

    with viewer.websocket_connect(asked, headers={"Origin": SITE}) as stream:
        surface.deed(stage, it)
        if own not in listened:  # everybody hears it: who misses the deed does not wait for ever
            stage.database.announce(frozenset({own}))
        heard = set(stream.receive_json()["topics"])
    again = viewer.get(attribute(shown, surface.region, "hx-get"), headers=HTMX).text

    expected = surface.shows.format_map(names)
    assert (heard & listened != set(), heard - listened - {own}) == (True, set())
    assert (expected in before, expected in region_of(again, surface.region)) == (False, True)


def test_every_live_region_is_tried() -> None:
    found = {
        name
        for template in SRC.glob("*/templates/**/*.html")
        for name in re.findall(r"{{ live_region\(['\"](\w+)['\"]", template.read_text("utf-8"))
    }

    assert found - ELSEWHERE == {surface.region for surface in SURFACES} | {"person_card"}
