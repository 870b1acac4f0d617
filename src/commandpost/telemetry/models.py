"""The one row that says how this installation does telemetry."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.kit.db import Base, id_type
from commandpost.settings import TelemetryMode
from commandpost.telemetry.rules import Wishes, mode_in_force

ONLY = "installation"


class Installation(Base):
    """Random id, the local write key, and everybody's wish about the mode.

    What the environment says is copied here at each start, so that every process and every
    transaction reads one truth.
    """

    __tablename__ = "telemetry_installation"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=ONLY)
    diagnostic_id: Mapped[str] = mapped_column(id_type())
    local_write_key: Mapped[str] = mapped_column(String(64))
    do_not_track: Mapped[bool] = mapped_column(default=False)
    configured_mode: Mapped[str | None] = mapped_column(String(8))
    chosen_mode: Mapped[str | None] = mapped_column(String(8))
    honours_host_switch: Mapped[bool] = mapped_column(default=True)
    pseudonyms: Mapped[bool] = mapped_column(default=False)
    salt: Mapped[str] = mapped_column(String(64))  # never leaves; without it nobody can go back
    seen_at: Mapped[datetime | None]  # when an administrator first saw what would be sent

    def mode(self) -> TelemetryMode:
        """Return the mode in force; the built-in chat has no switch of its own, so it is on."""
        return mode_in_force(
            Wishes(
                do_not_track=self.do_not_track,
                configured=_mode(self.configured_mode),
                honours_host_switch=self.honours_host_switch,
                chosen=_mode(self.chosen_mode),
            )
        )


def _mode(value: str | None) -> TelemetryMode | None:
    return TelemetryMode(value) if value else None
