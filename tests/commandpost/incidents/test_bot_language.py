"""What the bot posts is in the language of the platform, whoever's deed it tells."""

from typing import get_args

from sqlalchemy.orm import Session

from commandpost.accounts.actions.teams import change_team
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.access import ask_for_access, give_access
from commandpost.incidents.actions.commander import change_commander
from commandpost.incidents.actions.end import end_incident, restart_incident
from commandpost.incidents.actions.items import check_item
from commandpost.incidents.errors import NotInChannel
from commandpost.kit.db import Database
from commandpost.kit.words import LANGUAGES, speaking
from commandpost.main import create_app
from commandpost.settings import Settings
from tests.commandpost.incidents.given import an_incident, item_ids
from tests.commandpost.incidents.people import People


def test_the_bot_tells_every_deed_in_its_language(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    platform.language = "de"
    change_team(session, people.ann, people.team_id, posts_edits=True)

    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    check_item(session, platform, people.ben, incident.id, item_ids(session, incident.id)["a"])
    change_commander(session, platform, people.bea, incident.id, user_id=people.ben.id)
    ask_for_access(session, platform, people.dan, incident.id)
    asked = platform.bot_posts[-1].markdown
    give_access(session, platform, people.ben, incident.id, user_id=people.dan.id)
    end_incident(session, platform, people.ben, incident.id)
    restart_incident(session, platform, people.ben, incident.id)

    assert asked.startswith("@dan möchte in diesen Incident eingelassen werden. Wer ")
    assert [post.markdown for post in platform.bot_posts] == [
        "Incident von @bea gestartet.",
        "@ben hat „a“ abgehakt.",
        "@bea hat die Einsatzleitung von @bea an @ben übergeben.",
        "@dan wollte in diesen Incident eingelassen werden und wurde von @ben eingelassen.",
        "Incident von @ben beendet.",
        "Incident von @ben wieder aufgenommen.",
    ]


def test_a_german_reader_makes_the_bot_speak_no_german(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    with speaking("de"):
        end_incident(session, platform, people.bea, incident.id)
        refusal = str(NotInChannel())

    assert platform.bot_posts[-1].markdown == "Incident ended by @bea."
    assert "Kanal" in refusal


def test_the_setting_is_what_the_platform_speaks(database: Database) -> None:
    app = create_app(Settings(language="de", do_not_track=""), database)

    assert app.state.platform.language == "de"
    assert set(get_args(Settings.model_fields["language"].annotation)) == set(LANGUAGES)
