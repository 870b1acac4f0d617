"""What /incident answers, typed by REST and in the composer of a page."""

import pytest

from tests.commandpost.incidents.doors import Stage
from tests.commandpost.incidents.test_start_everywhere import PLACES, a_place
from tests.reference.doors import BOTH, Door, Kind, Said, an_incident, at

SUBCOMMANDS = ("start", "check", "commander", "info", "end", "restart")
ELSEWHERE = "This channel belongs to no incident."


def is_dialog(answer: Said, callback: str) -> bool:
    """Return whether a dialog was opened, as JSON or over the page."""
    return answer.reply.get("callback") == callback or f'action="/dialogs/{callback}"' in (
        answer.whole
    )


@BOTH
@pytest.mark.parametrize("line", ["/incident", "/incident nonsense", "/incident startfoo"])
def test_help_lists_every_subcommand(stage: Stage, door: Door, line: str) -> None:
    bea = at(stage, door, stage.people.bea)

    answer = bea.say(stage.town, line)

    assert answer.kind is Kind.DONE
    assert [word for word in SUBCOMMANDS if f"/incident {word}" not in answer.words] == []
    assert not is_dialog(answer, "incident.start")


@BOTH
@pytest.mark.parametrize(
    "line", ["/incident nuke-db CONFIRM NUKE", "/incident st CONFIRM SELF-TEST"]
)
def test_commands_that_wiped_everything_are_not_there(stage: Stage, door: Door, line: str) -> None:
    incident = an_incident(stage)
    ann = at(stage, door, stage.people.ann)

    answer = ann.say(incident.channel_id, line)

    assert "is not known" in answer.words
    assert ann.now(incident) == incident


@BOTH
def test_a_reply_is_for_its_reader_and_kept_nowhere(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)
    before = ben.posts(incident.channel_id)

    answer = ben.say(incident.channel_id, "/incident info")

    assert f"{incident.name}: ongoing" in answer.words
    assert ben.posts(incident.channel_id) == before
    shown = at(stage, door, stage.people.bea).page(f"/channels/{incident.channel_id}")
    assert "Only you see this" not in shown


@BOTH
@pytest.mark.parametrize("line", ["/incident   info", "/INCIDENT Info", "  /incident info  "])
def test_words_are_read_whatever_their_case_and_spaces(stage: Stage, door: Door, line: str) -> None:
    incident = an_incident(stage)

    answer = at(stage, door, stage.people.ben).say(incident.channel_id, line)

    assert f"{incident.name}: ongoing" in answer.words


@BOTH
@pytest.mark.parametrize("kind", PLACES)
def test_start_opens_its_dialog_in_every_kind_of_channel(
    stage: Stage, door: Door, kind: str
) -> None:
    channel_id, _ = a_place(stage, kind)

    answer = at(stage, door, stage.people.bea).say(channel_id, "/incident start")

    assert is_dialog(answer, "incident.start")
    assert "Commander: @bea" in answer.words


@BOTH
def test_the_dialog_offers_the_playbooks_of_the_team_as_they_were_made(
    stage: Stage, door: Door
) -> None:
    first, second = an_incident(stage), an_incident(stage)
    bea = at(stage, door, stage.people.bea)

    answer = bea.say(stage.town, "/incident start Mail is late")

    titles = [name.name.replace("Slow", "Outage") for name in (first, second)]
    places = [answer.whole.index(text) for text in ("None", *titles)]
    assert places == sorted(places)
    assert "Mail is late" in answer.whole
    cid = at(stage, door, stage.people.cid)
    assert titles[0] not in cid.say(stage.town, "/incident start").whole


@BOTH
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "at least 2 characters"),
        ("x", "at least 2 characters"),
        ("x" * 65, "has 65 characters; 64 are the most"),
        ("!!", "only symbols"),
    ],
)
def test_a_refused_name_comes_back_as_typed_and_nothing_is_started(
    stage: Stage, door: Door, name: str, why: str
) -> None:
    bea = at(stage, door, stage.people.bea)
    before = bea.names()

    answer = bea.submit("start", stage.town, name=name)

    assert is_dialog(answer, "incident.start")
    assert why in answer.words
    assert f'"{name}"' in answer.whole
    assert bea.names() == before


@BOTH
def test_who_started_is_led_to_the_new_channel_and_nobody_else(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    bea = at(stage, door, stage.people.bea)

    answer = bea.submit("start", incident.channel_id, name="Mail is late")

    assert answer.leads_to.startswith("/channels/")
    assert answer.leads_to != f"/channels/{incident.channel_id}"
    assert "Mail is late" not in at(stage, door, stage.people.ben).page(
        f"/channels/{incident.channel_id}/rail"
    )


@BOTH
def test_who_starts_is_who_is_signed_in_whatever_the_form_says(stage: Stage, door: Door) -> None:
    bea = at(stage, door, stage.people.bea)

    answer = bea.submit("start", stage.town, name="Forged", user_id=stage.people.ben.id)
    stranger = at(stage, door, stage.people.cid).submit("start", stage.town, name="Forged")

    channel_id = answer.leads_to.removeprefix("/channels/")
    assert bea.posts(channel_id) == ["Incident started by @bea."]
    assert stranger.kind is Kind.UNKNOWN


@BOTH
def test_end_asks_and_its_confirmation_ends(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    asked = ben.say(incident.channel_id, "/incident end")
    still = ben.now(incident)
    done = ben.submit("end", incident.channel_id, dialog_state=incident.id)

    assert is_dialog(asked, "incident.end")
    assert "will be shown as ended" in asked.words
    assert "items are not checked." in asked.words
    assert (still.body["is_active"], ben.now(incident).body["is_active"]) == (True, False)
    assert done.leads_to == f"/channels/{incident.channel_id}"


@BOTH
def test_a_confirmation_by_somebody_else_ends_nothing(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    people = stage.people

    kinds = [
        at(stage, door, actor).submit("end", stage.town, dialog_state=incident.id).kind
        for actor in (people.dan, people.cid, None)
    ]

    assert kinds == [Kind.FORBIDDEN, Kind.UNKNOWN, Kind.SIGNED_OUT]
    assert at(stage, door, people.ben).now(incident) == incident


@BOTH
@pytest.mark.parametrize("what", ["end", "restart", "check 1", "commander @ben", "info"])
def test_elsewhere_a_subcommand_says_where_it_belongs(stage: Stage, door: Door, what: str) -> None:
    answer = at(stage, door, stage.people.bea).say(stage.town, f"/incident {what}")

    assert ELSEWHERE in answer.words


@BOTH
def test_end_says_so_when_it_has_ended(stage: Stage, door: Door) -> None:
    incident = an_incident(stage, ended=True)
    ben = at(stage, door, stage.people.ben)

    answer = ben.say(incident.channel_id, "/incident end")
    again = ben.submit("end", incident.channel_id, dialog_state=incident.id)

    assert "has ended already" in answer.words
    assert again.kind is Kind.CONFLICT
    assert "has ended already" in again.words


@BOTH
def test_restart_makes_it_ongoing_and_says_so_when_it_is(stage: Stage, door: Door) -> None:
    incident = an_incident(stage, ended=True)
    ben = at(stage, door, stage.people.ben)

    done = ben.say(incident.channel_id, "/incident restart")
    again = ben.say(incident.channel_id, "/incident restart")

    assert done.leads_to == f"/channels/{incident.channel_id}"
    assert ben.now(incident).body["is_active"]
    assert "there is nothing to restart" in again.words


@BOTH
def test_check_and_commander_do_what_they_say(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    ben = at(stage, door, stage.people.ben)

    checked = ben.say(incident.channel_id, "/incident check 2")
    handed = ben.say(incident.channel_id, "/incident commander @ben")
    nobody = ben.say(incident.channel_id, "/incident commander @nobody")
    outside = ben.say(incident.channel_id, "/incident commander @dan")

    assert "Checked item 2: “b”." in checked.words
    assert "@ben commands this incident now." in handed.words
    assert "There is nobody called @nobody here." in nobody.words
    assert (outside.kind, "@dan is not in the incident's channel" in outside.words) == (
        Kind.FORBIDDEN,
        True,
    )
    now = ben.now(incident)
    assert now.titles["First"] == ["a", "b*", "c"]
    assert now.body["commander_user_id"] == stage.people.ben.id


def test_subcommands_are_offered_while_one_types(stage: Stage) -> None:
    bea = stage.of(stage.people.bea)

    offered = {
        typed: [each["text"] for each in bea.get(f"/slash/suggestions?text={typed}").json()]
        for typed in ("/incident ", "/incident c", "/incident e", "/x", "incident")
    }

    assert offered == {
        "/incident ": [f"/incident {word}" for word in SUBCOMMANDS],
        "/incident c": ["/incident check", "/incident commander"],
        "/incident e": ["/incident end"],
        "/x": [],
        "incident": [],
    }


@BOTH
@pytest.mark.parametrize("command", ["start", "commander", "check", "no"])
def test_odd_words_behind_a_command_are_text(stage: Stage, door: Door, command: str) -> None:
    incident = an_incident(stage)
    odd = "<b>9%</b>\u202e{0}"

    answer = at(stage, door, stage.people.ben).say(
        incident.channel_id, f"/incident {command} {odd}"
    )

    assert answer.kind is Kind.DONE
    assert door is Door.REST or "<b>9%" not in answer.whole
    expected = {"check": "Say which item", "no": "no is not known"}.get(command, odd)
    assert expected in answer.words + answer.whole.replace("&lt;", "<").replace("&gt;", ">")
