"""What can be done to an incident, by REST and by the forms of its pages."""

import pytest

from tests.commandpost.incidents.doors import Stage
from tests.commandpost.incidents.test_start_everywhere import a_place
from tests.reference.doors import BOTH, Door, Kind, an_incident, at, incident_of


@BOTH
def test_starting_makes_an_incident_that_the_starter_commands(stage: Stage, door: Door) -> None:
    template = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    playbook = ben.client.get(
        "/api/v1/playbooks", params={"team_id": ben.team_id, "per_page": "200"}
    ).json()["items"][-1]

    made = ben.start(stage.town, name="Mail is late", playbook_id=playbook["id"])

    newest = ben.client.get("/api/v1/incidents", params={"team_id": ben.team_id}).json()["items"][0]
    assert made.kind is Kind.DONE
    assert incident_of(newest).titles == template.titles
    assert {
        name: newest[name] for name in ("name", "is_active", "commander_user_id", "post_id")
    } == {
        "name": "Mail is late",
        "is_active": True,
        "commander_user_id": stage.people.ben.id,
        "post_id": "",
    }


@BOTH
@pytest.mark.parametrize("field", ["playbook_id", "post_id"])
def test_starting_from_what_is_not_there_starts_nothing(
    stage: Stage, door: Door, field: str
) -> None:
    ben = at(stage, door, stage.people.ben)
    before = ben.names()

    refused = ben.start(stage.town, name="Mail is late", **{field: "0" * 26})

    assert refused.kind is Kind.UNKNOWN
    assert ben.names() == before


@BOTH
def test_a_post_that_one_may_not_read_starts_nothing(stage: Stage, door: Door) -> None:
    _, post_id = a_place(stage, "oneself")  # what Bea wrote to herself
    ben = at(stage, door, stage.people.ben)
    before = ben.names()

    refused = ben.start(stage.town, name="Curious", post_id=post_id)

    assert refused.kind is Kind.UNKNOWN
    assert ben.names() == before


@BOTH
def test_names_of_any_script_start_and_the_same_name_starts_again(stage: Stage, door: Door) -> None:
    ben = at(stage, door, stage.people.ben)
    name = "Оплата"

    for _ in range(2):
        assert ben.start(stage.town, name=name).kind is Kind.DONE

    found = ben.client.get(
        "/api/v1/channels", params={"team_id": ben.team_id, "per_page": "200"}
    ).json()["items"]
    slugs = sorted(each["name"] for each in found if each["display_name"] == name)
    before = slugs[0]
    assert before == "оплата"
    assert [slug.startswith(before) for slug in slugs] == [True] * len(slugs)
    assert len(set(slugs)) == len(slugs) >= 2


@BOTH
def test_whoever_is_inside_or_administers_ends_it_once(stage: Stage, door: Door) -> None:
    people = stage.people
    kinds = {}
    for actor in (people.ann, people.bea, people.ben, people.dan, people.cid):
        incident = an_incident(stage)
        answer = at(stage, door, actor).send(f"/incidents/{incident.id}/end")
        now = at(stage, door, people.bea).now(incident).body
        kinds[actor.username] = (answer.kind, now["is_active"], now["ended_at"] is None)
        again = at(stage, door, people.ben).send(f"/incidents/{incident.id}/end")
        assert again.kind is (Kind.CONFLICT if answer.kind is Kind.DONE else Kind.DONE)

    done = (Kind.DONE, False, False)
    assert kinds == {
        **dict.fromkeys(("ann", "bea", "ben"), done),
        "dan": (Kind.FORBIDDEN, True, True),
        "cid": (Kind.UNKNOWN, True, True),
    }


@BOTH
def test_command_is_handed_to_who_is_inside(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    people = stage.people
    bea = at(stage, door, people.bea)
    path = f"/incidents/{incident.id}/commander"

    answers = [
        bea.send(path, user_id=user_id)
        for user_id in (people.bea.id, people.dan.id, people.cid.id, "nobody", people.ben.id)
    ]

    assert [answer.kind for answer in answers] == [
        Kind.DONE,  # the same one: nothing happens
        Kind.FORBIDDEN,
        Kind.UNKNOWN,
        Kind.UNKNOWN,
        Kind.DONE,
    ]
    assert "@dan is not in the incident's channel and so can't command it" in answers[1].words
    assert bea.now(incident).body["commander_user_id"] == people.ben.id
    assert bea.posts(incident.channel_id)[1:] == ["@bea changed the commander from @bea to @ben."]


@BOTH
def test_an_ended_incident_keeps_its_commander(stage: Stage, door: Door) -> None:
    incident = an_incident(stage, ended=True)
    bea = at(stage, door, stage.people.bea)

    refused = bea.send(f"/incidents/{incident.id}/commander", user_id=stage.people.ben.id)

    assert refused.kind is Kind.CONFLICT
    assert bea.now(incident) == incident


@BOTH
def test_items_are_added_checked_renamed_moved_and_removed(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    seen = []
    for which, deed, said in (
        ("a", "check", {}),
        ("a", "check", {}),
        ("a", "uncheck", {}),
        ("b", "rename", {"title": " B "}),
        ("c", "move", {"position": 0}),
        ("a", "remove", {}),
        ("a", "restore", {}),
        ("c", "move", {"position": 0, "checklist_id": incident.lists["Last"]}),
    ):
        assert ben.item(incident, which, deed, **said).kind is Kind.DONE
        seen.append("".join(ben.now(incident).titles["First"]))
    assert ben.add(incident, "  d  ").kind is Kind.DONE

    assert seen == ["a*bc", "a*bc", "abc", "aBc", "caB", "cB", "caB", "aB"]
    assert ben.now(incident).titles == {"First": ["a", "B", "d"], "Last": ["c"]}


@BOTH
@pytest.mark.parametrize(
    ("position", "order"),
    [(0, "bac"), (1, "abc"), (2, "acb"), (3, ""), (-1, ""), (10_000_000, "")],
)
def test_an_item_moves_so_that_it_stands_at_the_position(
    stage: Stage, door: Door, position: int, order: str
) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    answer = ben.item(incident, "b", "move", position=position)

    assert answer.kind is (Kind.DONE if order else Kind.INVALID)
    assert "".join(ben.now(incident).titles["First"]) == (order or "abc")


@BOTH
@pytest.mark.parametrize("title", ["", "   ", "\u200b", "x" * 257])
def test_a_title_that_says_nothing_or_too_much_is_refused(
    stage: Stage, door: Door, title: str
) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    refused = [ben.add(incident, title), ben.item(incident, "a", "rename", title=title)]

    assert [answer.kind for answer in refused] == [Kind.INVALID] * 2
    assert ben.now(incident) == incident


DEEDS: dict[str, dict[str, object]] = {
    "check": {},
    "uncheck": {},
    "rename": {"title": "B"},
    "move": {"position": 0},
    "remove": {},
}


@BOTH
@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_on_items_are_for_people_inside(stage: Stage, door: Door, deed: str) -> None:
    incident = an_incident(stage)
    people = stage.people

    kinds = [
        at(stage, door, actor).item(incident, "b", deed, **DEEDS[deed]).kind
        for actor in (people.dan, people.cid, None, people.ann)
    ]

    assert kinds == [Kind.FORBIDDEN, Kind.UNKNOWN, Kind.SIGNED_OUT, Kind.DONE]


@BOTH
@pytest.mark.parametrize("deed", DEEDS)
def test_an_ended_incident_refuses_every_edit(stage: Stage, door: Door, deed: str) -> None:
    incident = an_incident(stage, ended=True)
    ben = at(stage, door, stage.people.ben)

    refused = ben.item(incident, "b", deed, **DEEDS[deed])

    assert refused.kind is Kind.CONFLICT
    assert "restart it to work on it again" in refused.words
    assert ben.add(incident, "d").kind is Kind.CONFLICT
    assert ben.now(incident) == incident


@BOTH
@pytest.mark.parametrize("deed", DEEDS)
def test_an_item_that_is_not_there_is_not_found(stage: Stage, door: Door, deed: str) -> None:
    incident, other = an_incident(stage), an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    answers = [
        ben.item(incident, item, deed, **DEEDS[deed]) for item in ("nothing", other.items["b"])
    ]

    assert [answer.kind for answer in answers] == [Kind.UNKNOWN] * 2
    assert ben.now(other) == other


@BOTH
def test_who_leaves_the_channel_may_do_nothing_at_once(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    before = ben.item(incident, "a", "check").kind

    ben.send(f"/channels/{incident.channel_id}/leave")

    assert (before, ben.item(incident, "b", "check").kind) == (Kind.DONE, Kind.FORBIDDEN)
    assert ben.client.get(f"/api/v1/incidents/{incident.id}/details").status_code == 404
    assert ben.client.get(f"/channels/{incident.channel_id}/posts").status_code == 404
    led = ben.client.get(f"/channels/{incident.channel_id}", follow_redirects=False)
    assert led.headers["location"] == f"/backstage/incidents/{incident.id}"
