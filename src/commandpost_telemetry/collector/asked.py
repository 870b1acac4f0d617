"""What a request says, read off the ASGI scope."""

import binascii
from base64 import b64decode
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

Scope = MutableMapping[str, Any]
MALFORMED = "commandpost_telemetry.malformed"  # in the scope of a request that ends as no HTTP


@dataclass(frozen=True, slots=True)
class Asked:
    """One request without its body."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    query_string: bytes
    peer: str
    scope: Scope

    @classmethod
    def of(cls, scope: Scope) -> "Asked":
        """Read the scope of an HTTP request."""
        client = scope.get("client")
        return cls(
            method=scope["method"],
            path=scope["path"],
            headers=dict(scope["headers"]),
            query_string=scope["query_string"],
            peer=str(client[0]) if client else "",
            scope=scope,
        )

    @property
    def is_malformed(self) -> bool:
        """Whether the server has refused since what came as its body."""
        return MALFORMED in self.scope

    @property
    def is_reading(self) -> bool:
        """Whether the method only reads."""
        return self.method in {"GET", "HEAD"}

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return dict(parse_qsl(self.query_string.decode("latin-1"), keep_blank_values=True))

    @property
    def basic_user(self) -> str:
        """The user of Basic authentication, "" if there is none."""
        scheme, _, credentials = self.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"basic":
            return ""
        try:
            return b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""

    @property
    def ip(self) -> str:
        """The address of the sender as the first proxy saw it."""
        forwarded = self.headers.get(b"x-forwarded-for")
        if forwarded:
            return forwarded.partition(b",")[0].replace(b" ", b"").decode("latin-1")
        return self.peer

    @property
    def request_id(self) -> str:
        """The id under which this request is logged."""
        return self.headers.get(b"x-request-id", b"")[:64].decode("latin-1") or uuid4().hex
