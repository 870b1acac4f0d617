"""The list of servers and the facts of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from commandpost_telemetry.insights.errors import BadFilter, NotFound
from commandpost_telemetry.insights.formats import cell
from commandpost_telemetry.insights.questions import ask, narrowed
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Answer, Cell, Parameter, Source
from commandpost_telemetry.kit.formats import plain
from commandpost_telemetry.kit.words import N_, _, gettext

PER_PAGE = 25
_COUNT = """
SELECT COUNT(*) AS found
FROM servers
WHERE
  $q = '' OR STRPOS(LOWER(server_id), LOWER($q)) > 0
  OR STRPOS(LOWER(COALESCE(customer, '')), LOWER($q)) > 0
"""
_LIST = """
SELECT server_id, customer, edition, version, server_version, first_day, last_day,
  days_active, events, incidents_started
FROM servers
WHERE
  $q = '' OR STRPOS(LOWER(server_id), LOWER($q)) > 0
  OR STRPOS(LOWER(COALESCE(customer, '')), LOWER($q)) > 0
ORDER BY last_day DESC, events DESC, server_id
LIMIT 25 OFFSET $skip
"""
_ONE = """
SELECT server_id, customer, edition, version, server_version, first_day, last_day,
  days_active, events, incidents_started, incidents_ended, licence_id, licence_ends_on
FROM servers
WHERE server_id = $server
"""
_VERSIONS = """
SELECT version, first_day, last_day, days
FROM server_versions
WHERE server_id = $server
ORDER BY first_day, version
"""


_LABELS = (
    N_("Server"), N_("Customer"), N_("Edition"), N_("Version"), N_("Runs on"), N_("First seen"),
    N_("Last seen"), N_("Days with events"), N_("Events"), N_("Incidents started"),
    N_("Incidents ended"), N_("Licence"), N_("Licence ends"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServerRow:
    """One server of the list."""

    server_id: str
    customer: str
    edition: str
    version: str
    server_version: str
    first_day: str
    last_day: str
    days_active: str
    events: str
    incidents_started: str


@dataclass(frozen=True, slots=True)
class ServerList:
    """One page of the list."""

    rows: Sequence[ServerRow]
    q: str
    total: int
    page: int
    previous_href: str
    next_href: str

    @property
    def total_said(self) -> str:
        return plain(self.total)

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known of a server."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What is known of one server."""

    server_id: str
    facts: Sequence[Fact]
    versions: Sequence[Sequence[str]]


def list_servers(source: Source, scope: Scope, q: str, page: str) -> ServerList:
    """Return one page of the servers that match, those seen last first."""
    number = _page(page)
    parameters: dict[str, Parameter] = scope.parameters() | {"q": q, "skip": number * PER_PAGE}
    total = ask(source, narrowed(_COUNT, scope), parameters).rows[0][0]
    rows = ask(source, narrowed(_LIST, scope), parameters).rows
    count = total if isinstance(total, int) else 0
    has_more = (number + 1) * PER_PAGE < count
    return ServerList(
        rows=[ServerRow(*(_text(value) for value in row)) for row in rows],
        q=q,
        total=count,
        page=number,
        previous_href=scope.address(q=q, page=str(number)) if number else "",
        next_href=scope.address(q=q, page=str(number + 2)) if has_more else "",
    )


def get_server(source: Source, server: str) -> ServerFacts:
    """Return the facts of a server."""
    rows = ask(source, _ONE, {"server": server}).rows
    if not rows:
        raise NotFound(_("There is no server of this id; the list of servers has them all."))
    facts = [
        Fact(gettext(label), _text(value)) for label, value in zip(_LABELS, rows[0], strict=True)
    ]
    versions = versions_table(source, server).rows
    return ServerFacts(
        server_id=server,
        facts=[fact for fact in facts[1:] if fact.value],
        versions=[[_text(value) for value in row] for row in versions],
    )


def versions_table(source: Source, server: str) -> Answer:
    """Return which versions a server ran, as a table of its own."""
    return ask(source, _VERSIONS, {"server": server})


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return plain(value)
    return cell(value) if isinstance(value, date | datetime | str) else str(value)


def _page(word: str) -> int:
    if not word:
        return 0
    if not word.isascii() or not word.isdigit() or not 1 <= int(word[:9]) <= 10**6:
        raise BadFilter(_("There is no page “%(word)s”; pages count from 1.", word=word[:20]))
    return int(word[:9]) - 1
