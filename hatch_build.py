"""Builds what npm brings into the wheel, so that whoever installs it needs no npm."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """An editable installation leaves the assets to `make`; every other wheel carries them."""

    PLUGIN_NAME = "custom"

    def initialize(  # type: ignore[explicit-override] # typing.override is of Python 3.12
        self,
        version: str,
        build_data: dict[str, Any],  # noqa: ARG002 - the interface of hatchling
    ) -> None:
        if version == "editable" or self.target_name != "wheel":
            return
        path = Path(self.root) / "tools" / "assets.py"
        spec = importlib.util.spec_from_file_location("assets", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(path)
        assets = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(assets)
        assets.main()
