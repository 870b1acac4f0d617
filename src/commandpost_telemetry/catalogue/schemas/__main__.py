"""Freezes schemas that are not frozen yet: `python -m commandpost_telemetry.catalogue.schemas`."""

import json
import sys
from pathlib import Path

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.catalogue.schema import file_name, incompatibilities, json_schema

FOLDER = Path(__file__).parent


def freeze(folder: Path = FOLDER) -> list[str]:
    """Write what is new or only worded anew; return what would break readers instead."""
    broken: list[str] = []
    for event in all_events():
        path, schema = folder / file_name(event), json_schema(event)
        if path.exists() and (
            found := incompatibilities(json.loads(path.read_text("utf-8")), schema)
        ):
            broken += [f"{path.name}: {problem} Give the event a new version." for problem in found]
            continue
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return broken


if __name__ == "__main__":  # pragma: no cover - the function above is tested
    sys.exit("\n".join(freeze()) or None)
