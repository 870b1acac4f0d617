"""A playbook as a readable YAML file: written one way, so that reading and writing round-trips."""

from dataclasses import dataclass
from typing import Any

import yaml
from typing_extensions import override

from commandpost.playbooks.errors import UnreadablePlaybook
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft, drafted, playbook_title

FORMAT = "commandpost playbook 1"
MOST_BYTES = 1024 * 1024
HINT = "Nothing was imported. Export a playbook to see what a file looks like."


@dataclass(frozen=True, slots=True)
class ReadPlaybook:
    """What a file says."""

    title: str
    checklists: tuple[ChecklistDraft, ...]


class _Indented(yaml.SafeDumper):
    """Writes lists indented below their key, as people write them."""

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        return super().increase_indent(flow, False)  # noqa: FBT003 - the library's signature


def write_playbook(title: str, checklists: tuple[ChecklistDraft, ...]) -> str:
    """Return the file."""
    document = {
        "format": FORMAT,
        "title": title,
        "checklists": [
            {"title": checklist.title, "items": [item.title for item in checklist.items]}
            for checklist in checklists
        ],
    }
    return yaml.dump(
        document,
        Dumper=_Indented,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=2**16,
    )


def read_playbook(data: bytes) -> ReadPlaybook:
    """Return what a file says, or refuse it with a sentence that says where it is wrong."""
    document = _loaded(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadablePlaybook(f"The file does not begin with “format: {FORMAT}”. {HINT}")
    if unknown := sorted(str(key) for key in set(document) - {"format", "title", "checklists"}):
        raise UnreadablePlaybook(f"The file has an unknown key “{unknown[0]}”. {HINT}")
    title = playbook_title(_text(document.get("title"), "title"))
    checklists = _list(document.get("checklists", []), "checklists")
    drafts = [_checklist(each, f"checklists, number {n}") for n, each in enumerate(checklists, 1)]
    return ReadPlaybook(title, drafted(drafts))


def _loaded(data: bytes) -> Any:  # noqa: ANN401 - a file may hold anything
    if len(data) > MOST_BYTES:
        raise UnreadablePlaybook(f"The file is larger than 1 MiB. {HINT}")
    try:
        return yaml.load(data.decode("utf-8"), Loader=_Plain)  # noqa: S506 - makes only texts, lists and keys
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as wrong:
        where = getattr(wrong, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise UnreadablePlaybook(f"The file is no YAML in UTF-8{line}. {HINT}") from wrong


class _Plain(yaml.BaseLoader):
    """Reads text as text: no dates, no numbers, no yes and no; no references and no tags."""

    @override
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references are not read")
        event = self.peek_event()  # type: ignore[no-untyped-call]  # its stubs lack types
        if getattr(event, "tag", None) is not None:
            line = event.start_mark.line + 1
            raise UnreadablePlaybook(f"Line {line} has a tag, as “!!str”. Take it out. {HINT}")
        return super().compose_node(parent, index)


def _checklist(entry: Any, where: str) -> ChecklistDraft:  # noqa: ANN401 - a file may hold anything
    if not isinstance(entry, dict) or set(entry) - {"title", "items"}:
        raise UnreadablePlaybook(f"{where}: expected the keys “title” and “items”. {HINT}")
    items = _list(entry.get("items", []), f"{where}, items")
    return ChecklistDraft(
        title=_text(entry.get("title"), f"{where}, title"),
        items=tuple(
            ItemDraft(_text(item, f"{where}, item {n}")) for n, item in enumerate(items, 1)
        ),
    )


def _text(value: Any, where: str) -> str:  # noqa: ANN401 - a file may hold anything
    if not isinstance(value, str):
        raise UnreadablePlaybook(f"{where}: expected text. {HINT}")
    return value


def _list(value: Any, where: str) -> list[Any]:  # noqa: ANN401 - a file may hold anything
    if not isinstance(value, list):
        raise UnreadablePlaybook(f"{where}: expected a list. {HINT}")
    return value
