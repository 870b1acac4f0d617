"""/incident: what each subcommand answers, and its dialogs."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.errors import PostNotFound
from commandpost.chat.markdown import Names, render
from commandpost.chat.platform import OriginalPost, Platform
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.commands import END, NO_INCIDENT, register
from commandpost.incidents.errors import NotInChannel
from commandpost.incidents.queries.one import get_header
from commandpost.incidents.start_dialog import START
from commandpost.kit.clock import now
from commandpost.kit.ids import ChannelId, PostId, TeamId
from commandpost.slash.registry import Registry
from commandpost.slash.replies import Choice, Dialog, Ephemeral, Goto, Invocation, Reply, Submission
from tests.commandpost.incidents.given import an_incident, titles
from tests.commandpost.incidents.people import People

ELSEWHERE = "e" * 26

Say = Callable[..., Reply]


@pytest.fixture
def registry() -> Registry[Platform]:
    made: Registry[Platform] = Registry()
    register(made)
    return made


@pytest.fixture
def say(
    session: Session, platform: MemoryPlatform, people: People, registry: Registry[Platform]
) -> Say:
    def run(actor: Actor, text: str, channel_id: str = ELSEWHERE) -> Reply:
        session.flush()  # so that commands read what was done before
        where = Invocation(actor, TeamId(people.team_id), ChannelId(channel_id))
        return registry.run(session, platform, where, text)

    return run


def _submission(people: People, dialog: Dialog, **fields: str) -> Submission:
    return Submission(
        people.bea, TeamId(people.team_id), ChannelId(ELSEWHERE), fields, dialog.state, dialog.key
    )


def test_bare_and_unknown_subcommands_answer_with_help_to_that_person(
    say: Say, people: People
) -> None:
    for text in ("/incident", "/incident foo"):
        reply = say(people.bea, text)

        assert isinstance(reply, Ephemeral)
        assert all(word in reply.markdown for word in ("start", "end", "check", "commander"))


def test_start_opens_a_dialog_with_the_playbooks_and_its_submission_starts_one_incident(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    registry: Registry[Platform],
) -> None:
    an_incident(session, platform, people.bea, people.team_id)  # makes a playbook

    dialog = say(people.bea, "/incident start Mail is delayed")

    assert isinstance(dialog, Dialog)
    assert (dialog.callback, dialog.title, dialog.submit) == (
        START,
        "Start an incident",
        "Start incident",
    )
    name, playbook = dialog.fields
    assert (name.value, name.required, name.min_length, name.max_length) == (
        "Mail is delayed",
        True,
        2,
        64,
    )
    assert [choice.text for choice in playbook.choices] == [
        "None",
        "Service outage · 1 checklist, 3 items",
    ]

    sent = _submission(people, dialog, name="Mail", playbook_id=playbook.choices[1].value)
    first = registry.submit(session, platform, START, sent)
    again = registry.submit(session, platform, START, sent)

    assert isinstance(first, Goto)
    assert again == first
    assert first.sentence == "Incident “Mail” started."
    assert len(platform.channels) == 2


def test_a_name_that_is_refused_comes_back_with_its_sentence_and_what_was_typed(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    registry: Registry[Platform],
) -> None:
    dialog = say(people.bea, "/incident start")
    assert isinstance(dialog, Dialog)

    again = registry.submit(session, platform, START, _submission(people, dialog, name="!!"))

    assert isinstance(again, Dialog)
    assert (again.key, again.fields[0].value) == (dialog.key, "!!")
    assert "only symbols" in again.fields[0].error
    assert again.fields[1].choices == [Choice("", "None")]
    assert platform.channels == {}


def test_start_with_a_post_quotes_it_and_names_the_incident_after_its_first_line(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    registry: Registry[Platform],
) -> None:
    post = OriginalPost(
        PostId("p" * 26), ChannelId(ELSEWHERE), "Ops", "ben", "# **Mail** is slow\n\nSince noon.",
        now(), is_system=False,
    )  # fmt: skip
    platform.posts[post.id] = post
    platform.add_member(session, post.channel_id, people.bea.id)

    dialog = say(people.bea, f"/incident start {post.id}")
    assert isinstance(dialog, Dialog)
    again = registry.submit(session, platform, START, _submission(people, dialog, name="!!"))

    assert isinstance(again, Dialog)
    assert (dialog.state, dialog.fields[0].value) == (post.id, "Mail is slow")
    assert dialog.fields[0].label == "Incident name"
    for shown in (dialog, again):
        assert "From the post by @ben in Ops:" in shown.introduction
        assert shown.introduction.endswith("> # **Mail** is slow\n> \n> Since noon.")
        assert shown.state == post.id


def test_start_with_a_post_that_one_may_not_read_opens_nothing(say: Say, people: People) -> None:
    with pytest.raises(PostNotFound):
        say(people.bea, f"/incident start {'p' * 26}")


def test_end_asks_and_its_confirmation_ends(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    registry: Registry[Platform],
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    dialog = say(people.bea, "/incident end", incident.channel_id)
    assert isinstance(dialog, Dialog)
    assert (dialog.callback, dialog.danger, dialog.state) == (END, True, incident.id)
    sent = replace(_submission(people, dialog), channel_id=incident.channel_id)
    reply = registry.submit(session, platform, END, sent)
    session.flush()  # so that the header is read as it will be committed

    assert reply == Goto(f"/channels/{incident.channel_id}", "The incident has ended.")
    assert not get_header(session, people.bea, incident.id).is_active
    assert say(people.bea, "/incident end", incident.channel_id) == Ephemeral(
        "This incident has ended already. `/incident restart` makes it ongoing."
    )


def test_restart_makes_an_ended_incident_ongoing(
    say: Say, session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    assert say(people.bea, "/incident restart", incident.channel_id) == Ephemeral(
        "This incident is ongoing, so there is nothing to restart."
    )
    end_incident(session, platform, people.bea, incident.id)

    reply = say(people.bea, "/incident restart", incident.channel_id)

    assert reply == Goto(f"/channels/{incident.channel_id}", "The incident is ongoing again.")


@pytest.mark.parametrize("what", ["end", "restart", "check 1", "commander @ben", "info"])
def test_subcommands_of_an_incident_say_so_elsewhere_and_to_strangers(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    what: str,
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    assert say(people.bea, f"/incident {what}") == Ephemeral(NO_INCIDENT, is_refusal=True)
    assert say(people.cid, f"/incident {what}", incident.channel_id) == Ephemeral(
        NO_INCIDENT, is_refusal=True
    )
    with pytest.raises(NotInChannel):
        say(people.dan, f"/incident {what}", incident.channel_id)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("2", "Checked item 2: “b\\`\\*”."),
        ("0", "Say which item: `/incident check 1` to `3`. `/incident info` lists them."),
        ("4", "Say which item: `/incident check 1` to `3`. `/incident info` lists them."),
        ("x", "Say which item: `/incident check 1` to `3`. `/incident info` lists them."),
        ("", "Say which item: `/incident check 1` to `3`. `/incident info` lists them."),
        ("99999999", "Say which item: `/incident check 1` to `3`. `/incident info` lists them."),
    ],
)
def test_check_counts_through_all_checklists(
    say: Say,
    session: Session,
    people: People,
    platform: MemoryPlatform,
    arguments: str,
    answer: str,
) -> None:
    lists = {"One": ["a"], "Two": ["b`*", "c"]}
    incident = an_incident(session, platform, people.bea, people.team_id, checklists=lists)

    reply = say(people.bea, f"/incident check {arguments}", incident.channel_id)

    assert reply == Ephemeral(answer, is_refusal=arguments != "2")
    assert ("b`**" in titles(session, incident.id)["Two"]) == (arguments == "2")


def test_check_says_so_when_it_is_done_or_there_is_nothing(
    say: Say, session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    empty = an_incident(session, platform, people.bea, people.team_id, checklists={"E": []})
    say(people.bea, "/incident check 1", incident.channel_id)

    again = say(people.bea, "/incident check 1", incident.channel_id)
    nothing = say(people.bea, "/incident check 1", empty.channel_id)

    assert again == Ephemeral("Item 1, “a”, is checked already.")
    sentence = "This incident has no items to check. Add one to a checklist first."
    assert nothing == Ephemeral(sentence, is_refusal=True)


def test_commander_names_a_person(
    say: Say, session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))

    answers = [
        say(people.bea, f"/incident commander {who}", incident.channel_id)
        for who in ("", "@nobody", "@cid", "@bea", "@ben", "ben")
    ]

    assert answers == [
        Ephemeral("Say who: `/incident commander @user`.", is_refusal=True),
        Ephemeral("There is nobody called @nobody here.", is_refusal=True),
        Ephemeral("There is nobody called @cid here.", is_refusal=True),
        Ephemeral("@bea is the commander already."),
        Ephemeral("@ben commands this incident now."),
        Ephemeral("@ben is the commander already."),
    ]


@pytest.mark.usefixtures("at_noon")
def test_info_says_how_it_stands(
    say: Say, session: Session, people: People, platform: MemoryPlatform
) -> None:
    lists: dict[str, list[str]] = {"One": ["a", "b"], "Two": []}
    incident = an_incident(session, platform, people.bea, people.team_id, checklists=lists)
    say(people.bea, "/incident check 2", incident.channel_id)

    reply = say(people.bea, "/incident info", incident.channel_id)

    assert reply == Ephemeral(
        "**Checkout is slow**: ongoing, 0 s. Commander: @bea.\n\n"
        "**One** (1 of 2)\n\n- 1\\. ☐ a\n- 2\\. ☑ b\n\n**Two** (0 of 0)"
    )


def test_info_shows_a_name_as_it_was_typed_whatever_markdown_makes_of_it(
    say: Say, session: Session, people: People, platform: MemoryPlatform
) -> None:
    name = "@ben: *pool* | [x](y) ~~full~~ & <b>"
    incident = an_incident(session, platform, people.bea, people.team_id, name=name)

    reply = say(people.bea, "/incident info", incident.channel_id)

    assert isinstance(reply, Ephemeral)
    shown = render(reply.markdown, Names(frozenset({"ben"})))
    assert shown.startswith(
        "<p><strong>@ben: *pool* | [x](y) ~~full~~ &amp; &lt;b&gt;</strong>: ongoing"
    )
