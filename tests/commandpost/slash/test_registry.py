"""Commands found by name, helped with, suggested, and their dialogs."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.ids import ChannelId, TeamId, UserId
from commandpost.slash.errors import DialogUnknown
from commandpost.slash.registry import Command, Registry, Subcommand, Suggestion
from commandpost.slash.replies import (
    Ephemeral,
    Goto,
    Invocation,
    Reply,
    Submission,
)

ANN = Actor(UserId("ann-id"), "ann", "Ann")
HERE = Invocation(ANN, TeamId("team"), ChannelId("channel"))
HELP = (
    "**/incident**: Respond to an incident\n\n"
    "- `/incident start [post]`: start one\n"
    "- `/incident end`: end this one"
)

NOTHING = (
    "There is no command `/nothing`. These are here:\n"
    "- `/incident`: Respond to an incident\n- `/shout`: Say it"
)


def say(session: Session, platform: str, invocation: Invocation) -> Reply:
    del session
    return Ephemeral(f"{platform}:{'|'.join(invocation.arguments)}")


def submitted(session: Session, platform: str, submission: Submission) -> Reply:
    del session
    return Goto(f"/{platform}/{submission.fields['name']}")


@pytest.fixture
def registry() -> Registry[str]:
    made: Registry[str] = Registry()
    made.add(
        Command(
            "incident",
            "Respond to an incident",
            (
                Subcommand("start", "[post]", "start one", say),
                Subcommand("end", "", "end this one", say),
            ),
        )
    )
    made.add(Command("shout", "Say it", hint="[words]", run=say))
    made.add_dialog("incident.start", submitted)
    return made


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/incident start", "chat:"),
        ("/incident START a b", "chat:a|b"),
        ("/shout one two", "chat:one|two"),
        ("/incident", HELP),
        ("/incident Help", HELP),
    ],
)
def test_a_line_is_answered(
    registry: Registry[str], session: Session, text: str, said: str
) -> None:
    assert registry.run(session, "chat", HERE, text) == Ephemeral(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/incident stop", f"`/incident stop` is not known.\n{HELP}"),
        ("/incident `x`", f"`/incident 'x'` is not known.\n{HELP}"),
        ("/nothing here", NOTHING),
    ],
)
def test_a_line_that_is_not_known_is_refused(
    registry: Registry[str], session: Session, text: str, said: str
) -> None:
    assert registry.run(session, "chat", HERE, text) == Ephemeral(said, is_refusal=True)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", []),
        ("hello", []),
        ("/", ["/incident", "/incident start", "/incident end", "/shout"]),
        ("/inc", ["/incident", "/incident start", "/incident end"]),
        ("/INC", ["/incident", "/incident start", "/incident end"]),
        ("/incident ", ["/incident start", "/incident end"]),
        ("/incident s", ["/incident start"]),
        ("/incident start", ["/incident start"]),
        ("/incident start some words", ["/incident start"]),
        ("/incident stop", []),
        ("/nothing", []),
    ],
)
def test_the_text_so_far_is_continued(
    registry: Registry[str], text: str, offered: list[str]
) -> None:
    assert [suggestion.text for suggestion in registry.suggestions(text)] == offered


def test_a_suggestion_says_what_follows_and_what_it_does(registry: Registry[str]) -> None:
    assert registry.suggestions("/incident start") == [
        Suggestion("/incident start", "[post]: start one")
    ]


def test_a_dialog_goes_to_whoever_opened_it(registry: Registry[str], session: Session) -> None:
    submission = Submission(ANN, TeamId("team"), ChannelId("channel"), {"name": "mail"})

    reply = registry.submit(session, "chat", "incident.start", submission)

    assert reply == Goto("/chat/mail")


def test_an_unknown_dialog_is_refused(registry: Registry[str], session: Session) -> None:
    submission = Submission(ANN, TeamId("team"), ChannelId("channel"), {})

    with pytest.raises(DialogUnknown):
        registry.submit(session, "chat", "incident.stop", submission)


def test_a_name_is_taken_once(registry: Registry[str]) -> None:
    with pytest.raises(ValueError, match="/shout is registered twice"):
        registry.add(Command("shout", "Again"))
    with pytest.raises(ValueError, match=r"incident\.start is registered twice"):
        registry.add_dialog("incident.start", submitted)
