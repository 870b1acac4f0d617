"""A playbook as a readable YAML file: written one way, so that reading and writing round-trips."""

from dataclasses import dataclass
from typing import Any

import yaml
from typing_extensions import override

from commandpost.kit.words import N_, _, number
from commandpost.playbooks.errors import UnreadablePlaybook
from commandpost.playbooks.rules import (
    MAX_CHECKLISTS,
    MAX_ITEMS,
    ChecklistDraft,
    ItemDraft,
    drafted,
    playbook_title,
)

FORMAT = "commandpost playbook 1"
MOST_BYTES = 1024 * 1024
MOST_NODES = 10 * (MAX_CHECKLISTS + MAX_ITEMS)  # beyond, reading costs seconds of everybody's
HINT = N_("Nothing was imported. Export a playbook to see what a file looks like.")


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
        raise UnreadablePlaybook(
            _(
                "The file does not begin with “format: %(format)s”. %(hint)s",
                format=FORMAT,
                hint=_(HINT),
            )
        )
    if unknown := sorted(str(key) for key in set(document) - {"format", "title", "checklists"}):
        raise UnreadablePlaybook(
            _(
                "The file has an unknown key “%(unknown)s”. %(hint)s",
                unknown=unknown[0],
                hint=_(HINT),
            )
        )
    title = playbook_title(_text(document.get("title"), "title"))
    checklists = _list(document.get("checklists", []), "checklists")
    drafts = [
        _checklist(each, _("checklists, number %(number)s", number=n))
        for n, each in enumerate(checklists, 1)
    ]
    return ReadPlaybook(title, drafted(drafts))


def _loaded(data: bytes) -> Any:  # noqa: ANN401 - a file may hold anything
    if len(data) > MOST_BYTES:
        raise UnreadablePlaybook(_("The file is larger than 1 MiB. %(hint)s", hint=_(HINT)))
    try:
        return yaml.load(data.decode("utf-8"), Loader=_Plain)  # noqa: S506 - makes only texts, lists and keys
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as wrong:
        where = getattr(wrong, "problem_mark", None)
        raise UnreadablePlaybook(_no_yaml(where.line + 1 if where else 0)) from wrong


def _no_yaml(line: int) -> str:
    if not line:
        return _("The file is no YAML in UTF-8. %(hint)s", hint=_(HINT))
    return _("The file is no YAML in UTF-8 in line %(line)s. %(hint)s", line=line, hint=_(HINT))


class _Plain(yaml.BaseLoader):
    """Reads text as text: no dates, no numbers, no yes and no; no references and no tags."""

    nodes = 0

    @override
    def compose_node(self, parent: Any, index: Any) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise UnreadablePlaybook(
                _(
                    "The file holds more than a playbook may: %(most)s items. %(hint)s",
                    most=number(MAX_ITEMS),
                    hint=_(HINT),
                )
            )
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references are not read")
        event = self.peek_event()  # type: ignore[no-untyped-call]  # its stubs lack types
        if getattr(event, "tag", None) is not None:
            line = event.start_mark.line + 1
            raise UnreadablePlaybook(
                _(
                    "Line %(line)s has a tag, as “!!str”. Take it out. %(hint)s",
                    line=line,
                    hint=_(HINT),
                )
            )
        return super().compose_node(parent, index)


def _checklist(entry: Any, where: str) -> ChecklistDraft:  # noqa: ANN401 - a file may hold anything
    if not isinstance(entry, dict) or set(entry) - {"title", "items"}:
        raise UnreadablePlaybook(
            _(
                "%(where)s: expected the keys “title” and “items”. %(hint)s",
                where=where,
                hint=_(HINT),
            )
        )
    items = _list(entry.get("items", []), _("%(where)s, items", where=where))
    return ChecklistDraft(
        title=_text(entry.get("title"), _("%(where)s, title", where=where)),
        items=tuple(
            ItemDraft(_text(item, _("%(where)s, item %(number)s", where=where, number=n)))
            for n, item in enumerate(items, 1)
        ),
    )


def _text(value: Any, where: str) -> str:  # noqa: ANN401 - a file may hold anything
    if not isinstance(value, str):
        raise UnreadablePlaybook(_("%(where)s: expected text. %(hint)s", where=where, hint=_(HINT)))
    return value


def _list(value: Any, where: str) -> list[Any]:  # noqa: ANN401 - a file may hold anything
    if not isinstance(value, list):
        raise UnreadablePlaybook(
            _("%(where)s: expected a list. %(hint)s", where=where, hint=_(HINT))
        )
    return value
