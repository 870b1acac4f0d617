"""The weekly summary by the ways that one process has: a mail, and a post of the bot."""

from collections.abc import Sequence
from dataclasses import dataclass

from commandpost.chat.errors import ChannelNotFound
from commandpost.chat.platform import Platform
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId
from commandpost.kit.words import _
from commandpost.serve.parts import Parts
from commandpost_telemetry.insights.mail import ways_of
from commandpost_telemetry.insights.summary import Summary
from commandpost_telemetry.insights.weekly import DeliveryFailed, Way


@dataclass(frozen=True, slots=True)
class PostWay:
    """A post in a channel, once for each week whatever happens between."""

    database: Database
    platform: Platform
    channel_id: ChannelId

    @property
    def name(self) -> str:
        return f"post in the channel {self.channel_id}"

    @property
    def label(self) -> str:
        return _("post in the channel %(channel)s", channel=self.channel_id)

    def deliver(self, told: Summary) -> str:
        try:
            with self.database.transaction() as session:
                self.platform.post_as_bot(
                    session, self.channel_id, told.text(), key=f"summary:{told.first}"
                )
        except ChannelNotFound as error:
            raise DeliveryFailed(
                "COMMANDPOST_SUMMARY_CHANNEL names no channel. Take the last part of the "
                "channel's address."
            ) from error
        return ""


def summary_ways(parts: Parts) -> Sequence[Way]:
    """Return every way that the settings name."""
    ways = ways_of(parts.pipeline)
    if parts.settings.summary_channel:
        channel = ChannelId(parts.settings.summary_channel)
        ways.append(PostWay(parts.database, BuiltinPlatform(), channel))
    return ways
