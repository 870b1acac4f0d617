"""Incidents as files: one as Markdown or JSON, a list as CSV."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from commandpost.chat.platform import Message
from commandpost.incidents.detail import DetailPage
from commandpost.incidents.listing import ListRow
from commandpost.ui.files import Cell
from commandpost.ui.formats import duration, iso


class PostJson(msgspec.Struct, frozen=True):
    """A message of the channel in a file."""

    at: datetime
    username: str
    message: str
    edited_at: datetime | None


class EntryJson(msgspec.Struct, frozen=True):
    """A line of the timeline in a file."""

    at: datetime
    username: str
    what: str


def as_markdown(page: DetailPage, posts: Sequence[Message], *, has_older: bool) -> str:
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
            if item.checked_at is not None and item.checked_by is not None:
                mark = "x"
                note = f" ({iso(item.checked_at)}, @{page.checkers[item.checked_by].username})"
            lines.append(f"- [{mark}] {plain(item.title)}{note}")
    lines += ["", "## Timeline", ""]
    lines += [f"- {iso(t.at)} @{t.username} {plain(t.sentence)}" for t in reversed(page.timeline)]
    if posts:
        lines += ["", "## Messages"]
    if has_older:
        lines += ["", f"The newest {len(posts):,}; those before them are in the channel."]
    for post in posts:
        quoted = "\n".join(f"> {line}" for line in post.text.splitlines())
        edited = " (edited)" if post.edited_at else ""
        lines += ["", f"{iso(post.at)} @{post.username}{edited}:", "", quoted]
    return "\n".join(lines) + "\n"


def as_json(
    page: DetailPage, incident: msgspec.Struct, posts: Sequence[Message], *, has_older: bool
) -> bytes:
    """Return one incident as REST answers it, with its timeline and its messages."""
    document = {
        **msgspec.structs.asdict(incident),
        "timeline": [EntryJson(t.at, t.username, t.sentence) for t in reversed(page.timeline)],
        "messages": [PostJson(p.at, p.username, p.text, p.edited_at) for p in posts],
        "has_older_messages": has_older,  # in the channel
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


FILE_COLUMNS = ("id", "name", "status", "started_at", "ended_at", "duration_seconds", "commander")


def list_cells(row: ListRow) -> Sequence[Cell]:
    """Return what the file of a list says of one incident."""
    return (
        row.id,
        row.name,
        "ongoing" if row.is_active else "ended",
        row.created_at,
        row.ended_at,
        int((row.until - row.created_at).total_seconds()),
        row.commander.username,
    )


def plain(text: str) -> str:
    """Return text that Markdown shows as it was typed."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|<>~&" else c for c in text)
