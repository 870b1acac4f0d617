"""Where somebody looks at an incident from: the channel beside it, kept through every form."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Place:
    """A channel; `team` is in the address of a conversation, which belongs to no team."""

    channel_id: str
    team: str = ""

    def address(self, **query: str) -> str:
        """Return the address of the channel with the sidebar in view."""
        asked = urlencode({key: value for key, value in self._query(query).items() if value})
        return f"/channels/{self.channel_id}{'?' if asked else ''}{asked}#sidebar"

    def fragment(self, path: str) -> str:
        """Return the address of a fragment or page that comes back here."""
        return f"{path}{self.query()}"

    def query(self) -> str:
        """Return what an address carries to come back here."""
        return f"?{urlencode(self._query({'here': self.channel_id}))}"

    def commands(self) -> str:
        """Return where the channel takes commands."""
        query = f"?{urlencode({'team': self.team})}" if self.team else ""
        return f"/channels/{self.channel_id}/posts{query}"

    def _query(self, query: dict[str, str]) -> dict[str, str]:
        return {"team": self.team, **query} if self.team else query
