"""The nodes of the tests of the exchange: what is disclosed is seen where messages leave."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any


def _exchange() -> Any:
    path = Path(__file__).parents[1] / "exchange" / "conftest.py"
    specification = importlib.util.spec_from_file_location("nodes_of_the_exchange", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Dataclasses look their module up by its name.
    sys.modules["nodes_of_the_exchange"] = module
    specification.loader.exec_module(module)
    return module


_NODES = _exchange()
founded, neighbours, make_world, world = _NODES.founded, _NODES.neighbours, _NODES.make_world, _NODES.world
either_world, make = _NODES.either_world, _NODES.make
