"""Incidents as files: one as Markdown or JSON, a list as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

import msgspec

from commandpost.chat.platform import Message
from commandpost.incidents.detail import DetailPage
from commandpost.incidents.listing import ListRow
from commandpost.ui.formats import duration, iso

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PostJson(msgspec.Struct, frozen=True):
    """A message of the channel in a file."""

    at: datetime
    username: str
    message: str


class EntryJson(msgspec.Struct, frozen=True):
    """A line of the timeline in a file."""

    at: datetime
    username: str
    what: str


def as_markdown(page: DetailPage, posts: Sequence[Message]) -> str:
    """Return one incident as a document."""
    ended = iso(page.ended_at) if page.ended_at else "ongoing"
    lines = [
        f"# {plain(page.name)}",
        "",
        f"- Started: {iso(page.created_at)}",
        f"- Ended: {ended}",
        f"- Duration: {duration((page.until - page.created_at).total_seconds())}",
        f"- Commander: @{page.commander.username}",
    ]
    for checklist in page.checklists:
        lines += ["", f"## {plain(checklist.title)}", ""]
        for item in checklist.items:
            mark, note = " ", ""
            if item.checked_at is not None:
                mark = "x"
                note = f" ({iso(item.checked_at)}, @{page.names.get(item.checked_by or '', '')})"
            lines.append(f"- [{mark}] {plain(item.title)}{note}")
    lines += ["", "## Timeline", ""]
    lines += [f"- {iso(t.at)} @{t.username} {plain(t.sentence)}" for t in reversed(page.timeline)]
    if posts:
        lines += ["", "## Messages"]
    for post in posts:
        quoted = "\n".join(f"> {line}" for line in post.text.splitlines())
        lines += ["", f"{iso(post.at)} @{post.username}:", "", quoted]
    return "\n".join(lines) + "\n"


def as_json(page: DetailPage, incident: msgspec.Struct, posts: Sequence[Message]) -> bytes:
    """Return one incident as REST answers it, with its timeline and its messages."""
    document = {
        **msgspec.structs.asdict(incident),
        "timeline": [EntryJson(t.at, t.username, t.sentence) for t in reversed(page.timeline)],
        "messages": [PostJson(post.at, post.username, post.text) for post in posts],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def as_csv(rows: Iterable[ListRow]) -> str:
    """Return a list of incidents as a table that spreadsheets open without running anything."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(("id", "name", "status", "started_at", "ended_at", "duration_seconds", "commander"))
    for row in rows:
        write(
            (
                row.id,
                safe_cell(row.name),
                "ongoing" if row.is_active else "ended",
                iso(row.created_at),
                iso(row.ended_at) if row.ended_at else "",
                int((row.until - row.created_at).total_seconds()),
                safe_cell(row.commander.username),
            )
        )
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(text: str) -> str:
    """Return text that Markdown shows as it was typed."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|<>~&" else c for c in text)


def attachment(name: str, ending: str) -> dict[str, str]:
    """Return the header that saves an answer as a file of this name."""
    safe = "".join(c if c.isalnum() or c in " -_" else "-" for c in name).strip() or "incident"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(safe)}.{ending}"}
