"""The weekly summary as a post of the bot in the channel that the settings name."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from commandpost.chat.actions.channels import create_channel
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId, TeamId
from commandpost.serve.parts import open_parts
from commandpost.serve.summary import PostWay, summary_ways
from commandpost.settings import Settings
from commandpost_telemetry.insights.summary import Summary, SummaryLine
from commandpost_telemetry.insights.weekly import DeliveryFailed
from commandpost_telemetry.settings import Settings as PipelineSettings
from tests.commandpost.accounts import given

TOLD = Summary(
    date(2026, 11, 16), date(2026, 11, 22), [SummaryLine("Incidents started", "3", "2 before")]
)


def a_channel(database: Database) -> ChannelId:
    with database.transaction() as session:
        team = given.a_team(session, "demo")
        ann = given.an_actor(session, "ann", teams=[team])
        return create_channel(
            session, ann, team_id=TeamId(team), display_name="News", is_private=False
        )


def test_the_bot_posts_it_once_however_often_it_is_told(database: Database) -> None:
    channel = a_channel(database)
    way = PostWay(database, BuiltinPlatform(), channel)

    for _ in range(2):
        way.deliver(TOLD)

    with database.reading() as session:
        posts = BuiltinPlatform().messages(session, channel, limit=10)
    assert [each.text for each in posts if each.username == "incident"] == [TOLD.text()]


def test_a_channel_that_is_not_there_is_said(database: Database) -> None:
    way = PostWay(database, BuiltinPlatform(), ChannelId("x" * 26))

    with pytest.raises(DeliveryFailed, match="COMMANDPOST_SUMMARY_CHANNEL names no channel"):
        way.deliver(TOLD)


@pytest.mark.parametrize(
    ("channel", "pipeline", "names"),
    [
        ("", {}, []),
        ("c" * 26, {}, [f"post in the channel {'c' * 26}"]),
        (
            "",
            {"smtp_url": "smtp://127.0.0.1", "summary_to": "ann@example.org"},
            ["mail to ann@example.org"],
        ),
    ],
)
def test_the_settings_name_the_ways(
    channel: str, pipeline: dict[str, str], names: list[str], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, do_not_track="", summary_channel=channel)
    with ExitStack() as stack:
        parts = open_parts(
            settings, PipelineSettings.model_validate({"data_dir": tmp_path} | pipeline), stack
        )

        assert [way.name for way in summary_ways(parts)] == names
