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
        return wished_mode(
            self.do_not_track, self.configured_mode, self.honours_host_switch, self.chosen_mode
        )


def wished_mode(
    do_not_track: bool,  # noqa: FBT001 - the columns in their order
    configured_mode: str | None,
    honours_host_switch: bool,  # noqa: FBT001 - as above
    chosen_mode: str | None,
) -> TelemetryMode:
    """Return the mode in force from the columns that have a say in it."""
    return mode_in_force(
        Wishes(
            do_not_track=do_not_track,
            configured=TelemetryMode(configured_mode) if configured_mode else None,
            honours_host_switch=honours_host_switch,
            chosen=TelemetryMode(chosen_mode) if chosen_mode else None,
        )
    )
