"""Sessions that upload: a stage that falls silent is given up like the service itself."""

from functools import partial
from typing import Any

from snowflake.connector import SnowflakeConnection
from snowflake.connector.session_manager import ProxySupportAdapter
from typing_extensions import override

from commandpost_telemetry.warehouse.destinations.snowflake.session import connected


class _Bounded(ProxySupportAdapter):
    """Waits no longer than it is told; the connector has no option for its uploads."""

    def __init__(self, seconds: int, **options: int) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # the connector's
        self._seconds = seconds

    @override
    def send(
        self,
        request: Any,
        stream: Any = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        if isinstance(timeout, tuple):  # so uploads say it: ten seconds to connect, ten minutes
            timeout = tuple(min(each, self._seconds) for each in timeout)
        options = (stream, timeout, verify, cert, proxies)
        return super().send(request, *options)  # type: ignore[no-untyped-call]  # the connector's


def connected_to_upload(url: str) -> SnowflakeConnection:
    connection = connected(url)
    seconds = connection.socket_timeout or connection.network_timeout
    if connection.rest is not None and seconds:
        sessions = connection.rest.session_manager
        sessions.adapter_factory = partial(_Bounded, seconds)
        # those that are open have another adapter
        sessions.close()  # type: ignore[no-untyped-call]  # the connector's
    return connection
