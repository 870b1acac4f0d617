"""How the command line asks the running process: a file that says where, and one small route."""

import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Ask = Mapping[str, object]
Answer = dict[str, object]

_NAME = "control.json"


class CommandFailed(Exception):
    """The command did not do what it was asked for; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ControlFile:
    """Who owns the data directory, where it listens and the word that opens the door."""

    pid: int
    url: str
    token: str

    @classmethod
    def write(cls, data_dir: Path, url: str) -> "ControlFile":
        """Say that this process owns the directory; readable by its own user only."""
        control = cls(os.getpid(), url.rstrip("/"), secrets.token_urlsafe(32))
        data_dir.mkdir(parents=True, exist_ok=True)
        path = data_dir / f"{_NAME}.{control.pid}"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(control), file)
        path.replace(data_dir / _NAME)
        return control

    @classmethod
    def read(cls, data_dir: Path) -> "ControlFile | None":
        """Return what the file says, None when there is none that can be understood."""
        try:
            found = json.loads((data_dir / _NAME).read_text("utf-8"))
            return cls(int(found["pid"]), str(found["url"]), str(found["token"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @classmethod
    def find_alive(cls, data_dir: Path) -> "ControlFile | None":
        """Return the file when the process it names is there, None when it is left over."""
        control = cls.read(data_dir)
        return control if control is not None and control.is_alive() else None

    def is_alive(self) -> bool:
        """Whether the process is there (as whoever: not being allowed to ask means it is)."""
        return is_alive(self.pid)

    def remove(self, data_dir: Path) -> None:
        """Take the file away, unless another process has put its own in its place."""
        if ControlFile.read(data_dir) == self:
            with suppress(FileNotFoundError):
                (data_dir / _NAME).unlink()


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def control_routes(token: str, commands: Mapping[str, Callable[[Ask], Answer]]) -> list[Route]:
    """Return the route `POST /control/<command>`; commands may block, so they run off the loop."""

    async def control(request: Request) -> Response:
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            return JSONResponse({"error": "The control token is missing or wrong."}, 401)
        command = commands.get(request.path_params["command"])
        if command is None:
            return JSONResponse({"error": "This process knows no such command."}, 404)
        try:
            ask = json.loads(await request.body() or b"{}")
        except ValueError:
            return JSONResponse({"error": "The body is not JSON; nothing was done."}, 400)
        if not isinstance(ask, dict):
            return JSONResponse({"error": "The body is not an object; nothing was done."}, 400)
        try:
            return JSONResponse(await run_in_threadpool(command, ask))
        except CommandFailed as error:
            return JSONResponse({"error": str(error)}, 409)

    return [Route("/control/{command}", control, methods=["POST"])]
