"""Every deed is recorded, or on the committed list of those that deliberately are not."""

import ast
from pathlib import Path

from commandpost.telemetry.untracked import UNTRACKED_DEEDS, UNTRACKED_FEATURES
from commandpost_telemetry.catalogue.registry import all_events

SOURCE = Path(__file__).parents[2] / "src" / "commandpost"
PARTS = {"may.py", "note.py"}  # what actions share: asking and noting, no deeds of their own


def deeds(source: Path = SOURCE) -> dict[str, set[str]]:
    """Return each action of a tracked feature with the events that its module's code records."""
    found: dict[str, set[str]] = {}
    for path in sorted([*source.glob("*/actions/*.py"), *source.glob("*/actions.py")]):
        feature = path.relative_to(source).parts[0]
        if feature not in UNTRACKED_FEATURES and path.name not in PARTS:
            found |= _deeds_of(ast.parse(path.read_text(encoding="utf-8")))
    return found


def _deeds_of(module: ast.Module) -> dict[str, set[str]]:
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    takes_actor = {
        name for name, node in functions.items() if any(a.arg == "actor" for a in node.args.args)
    }
    return {
        name: _events(functions, name, set()) for name in takes_actor if not name.startswith("_")
    }


def _events(functions: dict[str, ast.FunctionDef], name: str, seen: set[str]) -> set[str]:
    """Return what `record(session, Event(...))` names, here or in the functions it calls."""
    seen.add(name)
    found: set[str] = set()
    calls = [n for n in ast.walk(functions[name]) if isinstance(n, ast.Call)]
    for call in calls:
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        if called == "record":
            found |= {_name_of(call.args[1])}
        elif called in functions and called not in seen:
            found |= _events(functions, called, seen)
    return found


def _name_of(node: ast.expr) -> str:
    assert isinstance(node, ast.Call), "record() is given an event made on the spot"
    assert isinstance(node.func, ast.Name)
    return node.func.id


def test_every_deed_records_one_event_or_is_listed():
    wrong = {
        name: events
        for name, events in deeds().items()
        if len(events) != (0 if name in UNTRACKED_DEEDS else 1)
    }

    assert wrong == {}


def test_the_list_names_only_deeds_that_exist():
    assert set(UNTRACKED_DEEDS) - set(deeds()) == set()


def test_every_event_of_the_catalogue_has_its_deed():
    recorded = {event for events in deeds().values() for event in events}

    assert recorded == {event.__name__ for event in all_events()}


def test_nothing_else_records():
    for feature in UNTRACKED_FEATURES:
        for path in (SOURCE / feature).rglob("*.py"):
            if path.parts[-2:] != ("telemetry", "record.py"):
                assert "import record\n" not in path.read_text(encoding="utf-8"), path


def test_a_deed_that_forgets_its_event_is_caught(tmp_path):
    actions = tmp_path / "incidents" / "actions"
    actions.mkdir(parents=True)
    (actions / "freeze.py").write_text(
        "def freeze(session, actor):\n    pass\n\n"
        "def twice(session, actor):\n    record(session, A())\n    _more(session)\n\n"
        "def _more(session):\n    record(session, B())\n"
    )

    assert deeds(tmp_path) == {"freeze": set(), "twice": {"A", "B"}}
