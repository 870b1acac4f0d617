"""Settings of the application, read from COMMANDPOST_* and frozen at the start."""

from enum import StrEnum
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from commandpost_telemetry.settings import variable_in


class TelemetryMode(StrEnum):
    """What happens to events: nothing, kept on this machine, or also sent."""

    OFF = "off"
    LOCAL = "local"
    SEND = "send"


class TelemetryPolicy(StrEnum):
    """Whether the chat server's own telemetry switch is honoured."""

    GENERAL = "general"
    BETA = "beta"


class LogLevel(StrEnum):
    """From what weight on something is logged; requests are `info`."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """One frozen object; a wrong value stops the start with a sentence that names it."""

    model_config = SettingsConfigDict(
        env_prefix="COMMANDPOST_", frozen=True, populate_by_name=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path("data")
    database_url: str = ""  # "" = SQLite under the data directory
    site_url: str = ""  # "" = http://host:port
    language: Literal["en", "de"] = "en"  # of what the bot writes; pages speak the reader's
    telemetry_mode: TelemetryMode | None = None  # None = what an administrator chose, else local
    telemetry_data_plane_url: str = Field(default="", validate_default=True)
    telemetry_write_key: SecretStr = SecretStr("")
    telemetry_local_url: str = (
        "http://127.0.0.1:8080"  # for `worker`: `collect` of this installation
    )
    telemetry_policy: TelemetryPolicy = TelemetryPolicy.GENERAL
    telemetry_pseudonyms: bool = False  # send HMACs of ids instead of the ids
    summary_channel: str = ""  # id of the channel that gets the weekly summary as a post
    demo_password: SecretStr | None = None
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For is believed, with commas between
    log_level: LogLevel = LogLevel.WARNING
    do_not_track: str = Field(
        default="", validation_alias=AliasChoices("do_not_track", "DO_NOT_TRACK")
    )

    @field_validator("telemetry_data_plane_url")
    @classmethod
    def _can_be_sent_to(cls, address: str, others: ValidationInfo) -> str:
        if not address and others.data.get("telemetry_mode") is TelemetryMode.SEND:
            raise ValueError("the mode “send” needs the address of a data plane")
        if address and not _is_plain_http(address):
            raise ValueError("it is no address like https://host, without a user name")
        return address

    def database(self) -> str:
        """Return the SQLAlchemy URL, SQLite under the data directory unless one is set."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute() / 'commandpost.sqlite'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    def site(self) -> str:
        """Return the address that people see, without a trailing slash."""
        return (self.site_url or f"http://{self.host}:{self.port}").rstrip("/")

    def tracking_refused(self) -> bool:
        """Return whether DO_NOT_TRACK says no; it beats every other setting."""
        return self.do_not_track.strip().lower() not in {"", "0", "false", "no", "off"}


def _is_plain_http(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username


def wrong_setting(error: ValidationError | SettingsError, prefix: str) -> str:
    """Return one sentence that names the variable and says what is wrong with it."""
    variable, said = variable_in(error, prefix)
    return f"{variable} can't be used: {said}. Correct it and start again; nothing was started."
