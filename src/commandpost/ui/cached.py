"""Static files that browsers may keep for a while without asking."""

from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

PACKAGES: Final = "public, max-age=604800"  # fonts and libraries change with a release
OWN: Final = "public, max-age=300, stale-while-revalidate=86400"


class CachedFiles(StaticFiles):
    """A style sheet or script of ours is asked for again after minutes, a package after days."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = PACKAGES if path.startswith("vendor/") else OWN
        return response
