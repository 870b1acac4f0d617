"""The doors to tables that are no metric: what a page lists, to take away."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from commandpost_telemetry.insights.errors import NotFound
from commandpost_telemetry.insights.export import written
from commandpost_telemetry.insights.files import as_file, kind_of, need_data
from commandpost_telemetry.insights.host import Host, Visit, today
from commandpost_telemetry.insights.quality import history_table
from commandpost_telemetry.insights.servers import versions_table
from commandpost_telemetry.insights.source import Answer
from commandpost_telemetry.insights.summary import last_week, summary
from commandpost_telemetry.kit.words import ENGLISH, _, speaking


def download_table(host: Host, visit: Visit) -> Response:
    """Answer with the rows of a table as they stand on its page."""
    name, kind = visit.word("name"), kind_of(visit)
    if name not in _TABLES:
        raise NotFound(
            _(
                "There is no table “%(name)s”; known are %(known)s.",
                name=name[:64],
                known=", ".join(_TABLES),
            )
        )
    need_data(host)
    return as_file(f"{name}.{kind}", written(_TABLES[name](host, visit), kind), kind)


def _summary(host: Host, _visit: Visit) -> Answer:
    with speaking(ENGLISH):  # as all files
        found = summary(host.source, last_week(today()), host.suppression)
    lines = tuple((each.label, each.value, each.note) for each in found.lines)
    return Answer(("what", "last_week", "compared"), lines)


def _versions(host: Host, visit: Visit) -> Answer:
    host.suppression.guard_single()
    return versions_table(host.source, visit.request.query_params.get("server", ""))


def _sendings(host: Host, _visit: Visit) -> Answer:
    rows = (
        (each.week, each.way, each.state.value, each.tries, each.changed_at, each.said)
        for each in host.weekly.sendings()
    )
    return Answer(("week", "way", "state", "tries", "changed_at", "said"), tuple(rows))


_TABLES: Mapping[str, Callable[[Host, Visit], Answer]] = {
    "checks": lambda host, _: history_table(host.source),
    "sendings": _sendings,
    "summary": _summary,
    "versions": _versions,
}
