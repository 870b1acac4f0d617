"""The page of the loads: what was loaded, what was not, and what a person may do about it."""

from collections.abc import Sequence
from datetime import date, datetime

from starlette.responses import RedirectResponse, Response

from commandpost_telemetry.insights.contexts import Listed, SyncsPage
from commandpost_telemetry.insights.errors import NotAllowed, NotFound, SyncFailed
from commandpost_telemetry.insights.export import written
from commandpost_telemetry.insights.files import as_file, kind_of
from commandpost_telemetry.insights.formats import cell
from commandpost_telemetry.insights.host import Host, Visit
from commandpost_telemetry.insights.panels import Column
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.source import Answer, Cell, Source
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.kit.words import _, gettext
from commandpost_telemetry.warehouse.listings.listing import Listing
from commandpost_telemetry.warehouse.listings.listings import get_listing, listings

_MADE = """
SELECT table_name FROM information_schema.tables
WHERE LOWER(table_schema) = 'loader' AND LOWER(table_name) = 'archived'
"""


def show_syncs(host: Host, visit: Visit) -> Response:
    """Show the lists of the loader; they do not need the models."""
    if not _is_made(host.source):
        return host.no_data(visit, "syncs")
    shown = SyncsPage(
        frame=host.frame(visit, "syncs"),
        lists=[_listed(host.source, each) for each in listings],
        may_act=host.held is not None and visit.viewer.is_administrator,
    )
    return host.show(visit, "syncs.html", shown, _("Syncs"))


def download_syncs(host: Host, visit: Visit) -> Response:
    """Return one list as a file, or as JSON for a program."""
    listing = get_listing(visit.word("name"))
    if listing is None:
        raise NotFound(_("There is no such list; the page of syncs has them all."))
    if not _is_made(host.source):
        raise NotFound(_("Nothing has been loaded yet."))
    kind = kind_of(visit)
    rows = tuple(tuple(map(_cell, row)) for row in _read(host.source, listing))
    return as_file(f"{listing.name}.{kind}", written(Answer(listing.columns, rows), kind), kind)


def change_held(host: Host, visit: Visit) -> Response:
    """Retry or skip a held table, then show how it stands."""
    visit.refuse_other_sites()
    if host.held is None or not visit.viewer.is_administrator:
        raise NotAllowed(_("Only an administrator may do this; nothing was done."))
    deeds = {"retry": host.held.retry, "skip": host.held.skip}
    if visit.word("deed") not in deeds:
        raise NotFound(_("A held table can be retried or skipped; nothing was done."))
    try:
        deeds[visit.word("deed")](visit.word("table"))
    except CommandFailed as error:
        raise SyncFailed(str(error)) from error
    return RedirectResponse(f"{visit.base}/syncs", status_code=303)


def _is_made(source: Source) -> bool:
    """Whether a loader was ever here; a warehouse that was down at the start may be empty."""
    return bool(ask(source, _MADE, {}).rows)


def _listed(source: Source, listing: Listing) -> Listed:
    found = _read(source, listing)
    times = {n for row in found for n, value in enumerate(row) if isinstance(value, datetime)}
    columns = [
        Column(gettext(heading(name)), name in listing.numbers, is_ours=False, is_time=n in times)
        for n, name in enumerate(listing.columns)
    ]
    units = ["seconds" if name.endswith("seconds") else "" for name in listing.columns]
    rows = [
        [cell(_cell(value), unit) for value, unit in zip(row, units, strict=True)] for row in found
    ]
    title, nothing = gettext(listing.title), gettext(listing.nothing)
    return Listed(listing.name, title, columns, rows, nothing)


def heading(column: str) -> str:
    """Return what a column of a list is called, in English."""
    return column.removesuffix("_seconds").replace("_", " ").capitalize()


def _read(source: Source, listing: Listing) -> Sequence[Sequence[object]]:
    return listing.read(lambda sql: ask(source, sql, {}))


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | int | float | date | None) else str(value)
