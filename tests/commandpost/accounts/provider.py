"""A small OpenID provider that is real: HTTP, signed tokens, PKCE; it believes whoever it is told.

`person` signs in there; `lies` are claims that it puts into tokens instead of the true ones,
`announced` what it says of itself instead, `instead` a whole other answer to that question.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from commandpost.accounts.openid import OpenIdProvider, OpenIdSettings
from commandpost.kit.clock import now
from commandpost.kit.ids import new_secret
from tests.commandpost.accounts.browser import SITE

CLIENT_ID = "commandpost"
CLIENT_SECRET = "known to both"
KEYS = [RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("one", "two")]


@dataclass
class Provider:
    """What it knows; `down` makes its token endpoint fail, `before_token` makes it slow."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey = field(default_factory=lambda: KEYS[0])
    publishes: RSAKey = field(default_factory=lambda: KEYS[0])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    announced: dict[str, Any] = field(default_factory=dict)
    instead: str = ""
    down: bool = False
    before_token: Callable[[], None] | None = None

    def change_keys(self) -> None:
        self.signs_with = self.publishes = _other(self.publishes)

    def forge_keys(self) -> None:
        self.signs_with = _other(self.publishes)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    def _discovery(self, _request: Request) -> Response:
        if self.instead:
            return Response(self.instead)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.announced,
            }
        )

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = new_secret()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}")

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if self.before_token is not None:
            await run_in_threadpool(self.before_token)
        asked = self.codes.pop(str(form.get("code")), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.down:
            return JSONResponse({}, status_code=503)
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if asked is None or not _proves(asked, str(form.get("code_verifier"))):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        access = new_secret()
        return JSONResponse(
            {
                "access_token": access,
                "token_type": "Bearer",
                "id_token": self._id_token(asked, access),
            }
        )

    def _id_token(self, asked: dict[str, str], access: str) -> str:
        at = int(now().timestamp())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 60,
            "nonce": asked["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.person,
            **self.lies,
        }
        return jwt.encode({"alg": "RS256", "kid": self.signs_with.kid}, claims, self.signs_with)

    def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.publishes.as_dict(private=False)]})


def _other(key: RSAKey) -> RSAKey:
    return KEYS[1] if key is KEYS[0] else KEYS[0]


def _proves(asked: dict[str, str], verifier: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return asked["code_challenge_method"] == "S256" and asked["code_challenge"] == challenge


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """Serve it on a free port of this machine."""
    server = uvicorn.Server(
        uvicorn.Config(provider.app(), host="127.0.0.1", port=0, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.issuer = f"http://127.0.0.1:{port}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()


def known_to_us(provider: Provider, **settings: Any) -> OpenIdProvider:
    chosen = OpenIdSettings(
        **{
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": SecretStr(CLIENT_SECRET),
            "name": "Example ID",
            **settings,
        }
    )
    return OpenIdProvider(chosen, site=SITE)
