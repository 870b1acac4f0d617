"""One address for product, data plane, insights and the control route."""

from starlette.types import ASGIApp, Receive, Scope, Send

from commandpost_telemetry.collector.web import owns

INSIGHTS = "/backstage/insights"
DATA_PLANE = "/backstage/data-plane"
CONTROL = "/control/"


class Front:
    """Sends a request to the data plane, to pages of the pipeline or to the product.

    They share one address; only the data plane's own paths answer other origins.
    """

    def __init__(self, product: ASGIApp, collector: ASGIApp, beside: ASGIApp) -> None:
        self._product = product
        self._collector = collector
        self._beside = beside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope)(scope, receive, send)

    def _app(self, scope: Scope) -> ASGIApp:
        path = scope.get("path", "")
        if scope["type"] != "http":
            return self._product
        if owns(path):
            return self._collector
        return self._beside if path.startswith((INSIGHTS, DATA_PLANE, CONTROL)) else self._product
