"""Signing in to Snowflake by a key pair: what the real connector sends, over HTTP."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from typing_extensions import override

from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError, WarehouseUnavailable
from tests.commandpost_telemetry.warehouse import given

REFUSED = {"success": False, "code": "390144", "message": "JWT token is invalid.", "data": {}}
SECRET = "12345"  # digits, which are no number here


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key_file(key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "loader key.p8"
    locked = serialization.BestAvailableEncryption(SECRET.encode())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    return path


class Door(BaseHTTPRequestHandler):
    """Lets nobody in, and remembers what was said."""

    said: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.said.append(json.loads(body)["data"])
        answer = (
            b'{"success": false, "code": "390144", "message": "JWT token is invalid.", "data": {}}'
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[int]:
    """The port of a service that refuses every key."""
    Door.said.clear()
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def address(key_file: Path, where: str) -> str:
    return (
        f"snowflake://loader@{where}&protocol=http&login_timeout=5&authenticator=SNOWFLAKE_JWT"
        f"&private_key_file={key_file}&private_key_file_pwd={SECRET}"
    )


def test_the_connector_signs_with_the_key_of_the_address(
    key: rsa.RSAPrivateKey, key_file: Path, door: int, tmp_path: Path
) -> None:
    url = address(key_file, f"acme-eu/ANALYTICS?host=127.0.0.1&port={door}")

    with pytest.raises(WarehouseUnavailable, match="JWT token is invalid"):
        open_destination(Settings(data_dir=tmp_path, warehouse_url=url))

    [said] = Door.said
    signed = jwt.decode(said["TOKEN"], key.public_key(), algorithms=["RS256"])
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fingerprint = base64.b64encode(hashlib.sha256(public).digest()).decode()
    assert (said["AUTHENTICATOR"], said["LOGIN_NAME"]) == ("SNOWFLAKE_JWT", "loader")
    assert "PASSWORD" not in said
    assert signed["sub"] == "ACME-EU.LOADER"
    assert signed["iss"] == f"ACME-EU.LOADER.SHA256:{fingerprint}"
    assert 0 < signed["exp"] - signed["iat"] <= 3600


def test_what_comes_after_the_sign_in_is_the_same(
    key_file: Path, empty_snowflake: str, tmp_path: Path
) -> None:
    url = address(key_file, empty_snowflake.partition("@")[2])
    with closing(open_destination(Settings(data_dir=tmp_path, warehouse_url=url))) as destination:
        given.loaded(destination, tmp_path, given.a_message(messageId="m1", event="Sign Up"))

        assert destination.query("SELECT ID FROM EVENTS.SIGN_UP").rows == [("m1",)]


def test_a_key_that_is_not_there_or_does_not_open_is_said(key_file: Path, tmp_path: Path) -> None:
    where = "acme/ANALYTICS?host=127.0.0.1&port=9"
    settings = Settings(data_dir=tmp_path, warehouse_url=address(key_file, where))

    for broken in (key_file.read_text().replace("A", "B"), "no key", ""):
        key_file.write_text(broken)
        with pytest.raises(WarehouseError, match="WAREHOUSE_URL names can't be opened") as refused:
            open_destination(settings)
        assert not isinstance(refused.value, WarehouseUnavailable)  # it never heals by itself
        assert SECRET not in str(refused.value)
    key_file.unlink()
    with pytest.raises(WarehouseError, match="No such file or directory"):
        open_destination(settings)
