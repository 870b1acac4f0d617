"""The OpenID Connect side of signing in: where to send a browser, and what came back with it."""

import threading
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeAlias

import httpx2
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]  # it ships no types
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]  # it ships no types
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # it ships no types
from fastapi import FastAPI
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from commandpost.accounts.actions.identities import Claims
from commandpost.accounts.errors import ProviderRefused, ProviderSilent
from commandpost.kit.clock import now
from commandpost.kit.ids import new_secret

CALLBACK = "/sign-in/openid/callback"
WAIT = 10.0  # seconds for each answer of the provider
LEEWAY = 120  # seconds that clocks may differ
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]

Document: TypeAlias = dict[str, Any]


class OpenIdSettings(BaseSettings):
    """COMMANDPOST_OPENID_*: off without an issuer."""

    model_config = SettingsConfigDict(env_prefix="COMMANDPOST_OPENID_", frozen=True, extra="ignore")

    issuer: str = Field(default="", pattern="^(https?://[^?#]+)?$")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    name: str = "single sign-on"
    create_users: bool = True

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("an issuer needs COMMANDPOST_OPENID_CLIENT_ID beside it")
        return self


@dataclass(frozen=True, slots=True)
class Journey:
    """What a browser carries on its way to the provider and back."""

    state: str
    nonce: str
    verifier: str
    next: str
    connects: str  # which session it connects to the provider, hashed; empty to sign in

    def as_document(self) -> Document:
        return asdict(self)


class OpenIdProvider:
    """One provider; what it says of itself is asked once and kept."""

    def __init__(self, settings: OpenIdSettings, *, site: str) -> None:
        self.name = settings.name
        self.creates_users = settings.create_users
        self._settings = settings
        self._redirect_uri = site + CALLBACK
        self._lock = threading.Lock()
        self._metadata: Document = {}
        self._keys: KeySet | None = None

    def begin(self, *, next_page: str, connects: str) -> tuple[str, Journey]:
        """Return the provider's address to send a browser to, and what it takes along."""
        journey = Journey(new_secret(), new_secret(), new_secret(), next_page, connects)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._endpoint(client, "authorization_endpoint"),
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(address), journey

    def finish(self, code: str, journey: Journey) -> Claims:
        """Return who came back with this code."""
        try:
            with self._client() as client:
                endpoint = self._endpoint(client, "token_endpoint")
                token = client.fetch_token(endpoint, code=code, code_verifier=journey.verifier)
                return self._claims(client, token, journey.nonce)
        except (OAuthError, JoseError, KeyError, ValueError) as error:
            raise ProviderRefused from error
        except httpx2.HTTPError as error:
            raise ProviderSilent from error

    def _claims(self, client: OAuth2Client, token: Document, nonce: str) -> Claims:
        decoded = self._decoded(client, token["id_token"])
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self._metadata["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
                "sub": {"essential": True},
            },
            {
                "nonce": nonce,
                "client_id": self._settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY)
        return Claims(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            username=str(claims.get("preferred_username", "")),
            display_name=str(claims.get("name", "")),
            email=str(claims.get("email", "")),
        )

    def _decoded(self, client: OAuth2Client, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(id_token, self._key_set(client), registry=registry)
        except InvalidKeyIdError:
            self._keys = None  # the provider has changed its keys
            return jwt.decode(id_token, self._key_set(client), registry=registry)

    def _key_set(self, client: OAuth2Client) -> KeySet:
        if self._keys is None:
            found = _get(client, self._endpoint(client, "jwks_uri"))
            self._keys = KeySet.import_key_set({"keys": found["keys"]})
        return self._keys

    def _endpoint(self, client: OAuth2Client, name: str) -> str:
        with self._lock:
            if not self._metadata:
                self._metadata = self._discovered(client)
        if not self._metadata.get(name):
            raise ProviderRefused
        return str(self._metadata[name])

    def _discovered(self, client: OAuth2Client) -> Document:
        issuer = self._settings.issuer
        found = _get(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderRefused
        return found

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            scope="openid profile email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=WAIT,
        )


def _get(client: OAuth2Client, address: str) -> Document:
    try:
        answer = client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
    except httpx2.HTTPError as error:
        raise ProviderSilent from error
    except ValueError as error:
        raise ProviderRefused from error
    if not isinstance(found, dict):
        raise ProviderRefused
    return found


def openid_from_environment(site: str) -> OpenIdProvider | None:
    """Return the provider that the environment names, if it does."""
    settings = OpenIdSettings()
    return OpenIdProvider(settings, site=site) if settings.issuer else None


def provider_of(app: FastAPI) -> OpenIdProvider | None:
    """Return the provider of an application, if it has one."""
    found: OpenIdProvider | None = getattr(app.state, "openid", None)
    return found
