"""A browser without a screen: keeps cookies, says where requests come from, follows nothing."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp

SITE = "http://testserver"


class Browser:
    """Speaks to an application in this process; `token` makes it a program with a bearer token."""

    def __init__(self, app: ASGIApp, *, token: str = "", address: str = "127.0.0.1") -> None:
        self._app = app
        self._address = address
        self.cookies = httpx.Cookies()
        self.headers = {"sec-fetch-site": "same-origin", "user-agent": "Test browser"}
        if token:
            self.headers = {"authorization": f"Bearer {token}"}

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.send("POST", path, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.send_soon(method, path, **options))

    async def send_soon(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=(self._address, 123))
        async with httpx.AsyncClient(
            transport=transport, base_url=SITE, cookies=self.cookies, headers=self.headers
        ) as client:
            response = await client.request(method, path, **options)
            self.cookies = client.cookies
        return response
