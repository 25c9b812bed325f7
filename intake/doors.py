"""Core: how a room's door opens - name by name, so that who asks for one thing need not load the whole room (PEP 562)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def opens(homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """The `__getattr__` of a room's `__init__`: `homes` says in which module each public name lives; AttributeError for any other."""
    where = {name: home for home, names in homes.items() for name in names}

    def find(name: str) -> Any:
        if name not in where:
            raise AttributeError(name)
        return getattr(importlib.import_module(where[name]), name)

    return find
