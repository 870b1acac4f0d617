"""House rules that no linter knows: each takes a source file and returns the guilty lines."""

import ast
import re
from collections.abc import Callable

from tests.architecture.source import Source

Rule = Callable[[Source], list[int]]

# The edges, where a transaction begins and ends; everything else takes part in the caller's.
MAY_COMMIT = (
    "commandpost/kit/db.py",
    "commandpost/outbox/relay.py",
    "commandpost/worker.py",
    "commandpost/cli/",
    "commandpost/serve/",
    "commandpost/demo.py",
)
# What a claim or a self-test asks in the same breath as it writes, and what reads whole tables.
MAY_SELECT = (
    "commandpost/kit/db.py",
    "commandpost/kit/dump.py",  # every row of every table
    "commandpost/outbox/relay.py",
)
# Where events become rows: the only ones who call record() besides actions.
MAY_RECORD = ("commandpost/outbox/", "commandpost/telemetry/")
CLOCKS = ("commandpost/kit/clock.py", "commandpost_telemetry/kit/clock.py")
LONGEST_FILE = 300

BANNED_MODULES = {"utils", "util", "helpers", "helper", "manager", "base", "misc", "common"}
BANNED_VERBS = ("handle_", "process_", "manage_")
PARDON = re.compile(r"#\s*(?P<kind>noqa|type:\s*ignore|pragma:\s*no (?:cover|branch))(?P<rest>.*)")
CODES = re.compile(r"^\s*(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*|\[[a-z, -]+\])")
TIME_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
SQL_TAKERS = {"text", "execute", "executemany", "exec_driver_sql", "scalar", "scalars", "sql"}


def commits_only_at_the_edge(source: Source) -> list[int]:
    if not source.in_application or source.is_one_of(MAY_COMMIT):
        return []
    return [call.lineno for call in source.calls() if _method(call) == "commit"]


def selects_only_in_queries(source: Source) -> list[int]:
    if not source.in_application or source.is_named("queries") or source.is_one_of(MAY_SELECT):
        return []
    return [call.lineno for call in source.calls() if _name(call) == "select"]


def records_only_in_actions(source: Source) -> list[int]:
    if not source.in_application or source.is_named("actions") or source.is_one_of(MAY_RECORD):
        return []
    return [call.lineno for call in source.calls() if _name(call) == "record"]


def flushes_say_for_which_id(source: Source) -> list[int]:
    return [
        call.lineno
        for call in source.calls()
        if _method(call) == "flush"
        and "session" in ast.unparse(call.func)
        and not any("#" in line for line in source.lines[max(0, call.lineno - 2) : call.lineno])
    ]


def markup_is_never_composed(source: Source) -> list[int]:
    return [
        call.lineno
        for call in source.calls()
        if _name(call) == "Markup" and any(_is_composed(argument) for argument in call.args)
    ]


def sql_is_never_composed(source: Source) -> list[int]:
    """Of the application only: the pipeline names tables itself, where S608 asks for a reason."""
    if not source.in_application:
        return []
    return [
        call.lineno
        for call in source.calls()
        if _name(call) in SQL_TAKERS and any(_is_composed(argument) for argument in call.args[:1])
    ]


def time_comes_from_the_clock(source: Source) -> list[int]:
    if source.path in CLOCKS:
        return []
    return [call.lineno for call in source.calls() if _last_two(call.func) in TIME_READERS]


def files_are_short(source: Source) -> list[int]:
    return [LONGEST_FILE + 1] if len(source.lines) > LONGEST_FILE else []


def pardons_carry_code_and_reason(source: Source) -> list[int]:
    return [
        number
        for number, line in enumerate(source.lines, 1)
        if (pardon := PARDON.search(line)) and not _is_reasoned(pardon)
    ]


def names_say_something(source: Source) -> list[int]:
    if BANNED_MODULES & set(source.path.removesuffix(".py").split("/")):
        return [1]
    return [
        node.lineno
        for node in source.nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.lstrip("_").startswith(BANNED_VERBS)
        and not any(ast.unparse(mark).endswith("override") for mark in node.decorator_list)
    ]


RULES: tuple[Rule, ...] = (
    commits_only_at_the_edge,
    selects_only_in_queries,
    records_only_in_actions,
    flushes_say_for_which_id,
    markup_is_never_composed,
    sql_is_never_composed,
    time_comes_from_the_clock,
    files_are_short,
    pardons_carry_code_and_reason,
    names_say_something,
)


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else _method(call)


def _last_two(function: ast.expr) -> tuple[str, str]:
    *_, owner, name = ["", *ast.unparse(function).split(".")]
    return owner, name


def _is_composed(argument: ast.expr) -> bool:
    """Say whether the text is put together from values: f-string, +, %, .format()."""
    match argument:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(left=left, right=right):
            return not (_is_constant(left) and _is_constant(right))
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format")):
            return True
        case _:
            return False


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.BinOp) and _is_constant(node.left) and _is_constant(node.right)
    )


def _is_reasoned(pardon: re.Match[str]) -> bool:
    rest = pardon["rest"]
    if not pardon["kind"].startswith("pragma"):
        codes = CODES.match(rest)
        if codes is None:
            return False
        rest = rest[codes.end() :]
    return len(rest.strip(" #:-")) >= len("HTTP")
