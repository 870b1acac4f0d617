"""What the data plane answers without taking anything: health, version, configuration."""

import asyncio

from commandpost_telemetry.collector import answers
from commandpost_telemetry.collector.answers import Answer
from commandpost_telemetry.collector.asked import Asked
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.log import Log


class Questions:
    """Answers GET."""

    def __init__(self, log: Log, sources: Sources, version: str) -> None:
        self._log = log
        self._sources = sources
        self._version = version

    async def answer(self, asked: Asked) -> Answer:
        """Answer a path of `paths.QUESTIONS` or `paths.ALONE`."""
        match asked.path:
            case "/version":
                return answers.json({"Version": self._version, "Features": []})
            case "/robots.txt":
                return answers.ROBOTS
            case "/" | "/health":
                return await self._health()
            case _:
                return self._source_config(asked.basic_user)

    async def _health(self) -> Answer:
        try:
            await asyncio.to_thread(self._log.check)
        except LogUnavailableError:
            return _HEALTH_DOWN
        return _HEALTH_UP

    def _source_config(self, key: str) -> Answer:
        """Tell a browser SDK what it waits for before it sends anything."""
        source = self._sources.find(key) if key else None
        if source is None:
            return answers.refused(401, "invalid write key")
        config = {
            "id": source.id,
            "name": source.id,
            "writeKey": key,
            "enabled": source.is_enabled,
            "config": {},
            "connections": [],
            "destinations": [],
            "dataplanes": {},
            "workspaceId": "",
        }
        return answers.json({"source": config})


def _health(database: str, accepting: str, status: int) -> Answer:
    return answers.json(
        {
            "appType": "EMBEDDED",
            "server": "UP",
            "db": database,
            "acceptingEvents": accepting,
            "routingEvents": "TRUE",
            "mode": "NORMAL",
        },
        status=status,
    )


_HEALTH_UP = _health("UP", "TRUE", 200)
_HEALTH_DOWN = _health("DOWN", "FALSE", 503)
