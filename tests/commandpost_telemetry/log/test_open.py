"""From addresses to logs."""

from pathlib import Path

import pytest

from commandpost_telemetry.log.errors import LogAddressError
from commandpost_telemetry.log.kafka import KafkaLog
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.sqlite import SqliteLog


@pytest.mark.parametrize("form", ["sqlite:////{}", "/{}"])
def test_a_folder_is_a_log(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "log"

    log = open_log(form.format(str(folder).lstrip("/")))

    assert isinstance(log, SqliteLog)
    assert log.folder == folder
    assert folder.is_dir()


def test_a_path_is_a_log(tmp_path: Path) -> None:
    log = open_log(tmp_path / "log")

    assert isinstance(log, SqliteLog)
    assert log.folder == tmp_path / "log"


def test_a_topic_is_a_log(tmp_path: Path) -> None:
    log = open_log("kafka://127.0.0.1:9/telemetry?client.id=ann", beside=tmp_path)

    assert isinstance(log, KafkaLog)
    log.close()


@pytest.mark.parametrize(
    "address",
    ["", "rabbit://queue", "sqlite://host/log", "sqlite:///", "kafka://broker", "kafka:///topic"],
)
def test_an_address_of_another_kind_is_refused_by_name(address: str) -> None:
    with pytest.raises(LogAddressError, match="LOG_URL names no log that is known"):
        open_log(address)
