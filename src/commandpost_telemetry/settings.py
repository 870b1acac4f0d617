"""Settings of the pipeline, read from COMMANDPOST_TELEMETRY_* (and the data directory)."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


class LoadMode(StrEnum):
    """Whether a load looks into the tables for copies of its messages, or trusts the log."""

    MERGE = "merge"
    APPEND = "append"


class Settings(BaseSettings):
    """One frozen object; a wrong value stops the start with a sentence that names it."""

    model_config = SettingsConfigDict(
        env_prefix="COMMANDPOST_TELEMETRY_", frozen=True, populate_by_name=True, extra="ignore"
    )

    data_dir: Path = Field(
        default=Path("data"),
        validation_alias=AliasChoices("data_dir", "COMMANDPOST_DATA_DIR"),
    )
    collector_write_keys: dict[str, str] = {}  # source name -> write key
    collector_rate: int = Field(default=0, ge=0)  # events a minute of one source; 0 any
    log_url: str = ""  # "" = SQLite under data_dir/log
    warehouse_url: str = ""  # "" = duckdb:///<data_dir>/warehouse.duckdb
    sync_interval: float = Field(default=1800.0, gt=0)  # seconds
    sync_start_at: str = Field(default="", pattern=rf"^({_CLOCK})?$")  # UTC; "" = no fixed times
    sync_exclude: str = Field(default="", pattern=rf"^({_CLOCK}-{_CLOCK})?$")  # as 01:30-05:00
    load_mode: LoadMode = LoadMode.MERGE
    merge_window: float = Field(default=31.0, ge=0, le=36_500)  # days a copy may be late; 0 any
    namespaces: dict[str, str] = {}  # source -> schema of its tables; others share `main`
    json_paths: str = ""  # places kept as JSON: track.properties.a.b,identify.traits.c
    retention_days: dict[str, PositiveInt] = {}  # table, kind of table or * -> days
    archive_dir: str = ""  # where the log is kept as Parquet by day; "" = nowhere
    suppress_below: int = Field(default=0, ge=0)  # counts of fewer servers are not shown; 0 all
    smtp_url: SecretStr = SecretStr("")  # smtp://user:password@host:port or smtps://…
    summary_to: str = ""  # who gets the weekly summary by mail, with commas between
    summary_from: str = "commandpost@localhost"
    summary_language: Literal["en", "de"] = "en"  # of the mail, and of the bot's post

    @field_validator("smtp_url")
    @classmethod
    def _names_a_server(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and not (parts.scheme in {"smtp", "smtps"} and parts.hostname):
            raise ValueError("write smtp://user:password@host:port, or smtps:// for TLS throughout")
        return value

    @field_validator("json_paths")
    @classmethod
    def _names_places(cls, value: str) -> str:
        if any("" in path.strip().split(".") for path in value.split(",") if path.strip()):
            raise ValueError("write paths as track.properties.a.b, with commas between")
        return value

    def recipients(self) -> tuple[str, ...]:
        """Return the addresses that the summary is mailed to."""
        return tuple(word.strip() for word in self.summary_to.split(",") if word.strip())


def variable_in(error: ValidationError | SettingsError, prefix: str) -> tuple[str, str]:
    """Return which variable of the environment is wrong, and what is wrong with it."""
    if isinstance(error, SettingsError):  # its sentence alone says which field it is
        field = re.search(r'field "(\w+)"', str(error))
        name, said = field[1] if field else "", "it is no JSON"
    else:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        said = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    return name if name.isupper() else f"{prefix}{name.upper()}".rstrip("_"), said
