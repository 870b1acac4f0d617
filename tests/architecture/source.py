"""A source file as the rules see it: where it stands, its lines, its tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to src, with forward slashes."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def in_application(self) -> bool:
        return self.path.startswith("commandpost/")

    def is_one_of(self, paths: tuple[str, ...]) -> bool:
        """Say whether this is one of the files, or stands in one of the folders (`folder/`)."""
        return any(self.path == path or self.path.startswith(path) for path in paths)

    def is_named(self, name: str) -> bool:
        """Say whether this is `name.py`, or part of the folder it grew into."""
        return self.path.endswith(f"/{name}.py") or f"/{name}/" in self.path

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(ast.parse(self.text))

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes() if isinstance(node, ast.Call))


def all_sources() -> list[Source]:
    """Return every Python file under src."""
    folder = ROOT / "src"
    return [
        Source(path.relative_to(folder).as_posix(), path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.py"))
    ]
