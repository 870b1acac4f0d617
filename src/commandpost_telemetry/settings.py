"""Settings of the pipeline, read from COMMANDPOST_TELEMETRY_* (and the data directory)."""

from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    log_url: str = ""  # "" = SQLite under data_dir/log
    warehouse_url: str = ""  # "" = duckdb:///<data_dir>/warehouse.duckdb
    sync_interval: float = Field(default=1800.0, gt=0)  # seconds
    load_mode: LoadMode = LoadMode.MERGE
    merge_window: float = Field(default=31.0, ge=0, le=36_500)  # days a copy may be late; 0 any
    suppress_below: int = Field(default=0, ge=0)  # counts of fewer servers are not shown; 0 all
