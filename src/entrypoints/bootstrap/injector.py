"""dependency-injector without the web frameworks that it imports where they are installed.

It can inject into FastAPI, Starlette and Werkzeug. We use none of them, but Astromesh brings the first two, and to
import them takes a third of the time of a start.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def not_installed(*names: str) -> Iterator[None]:
    """As long as this is open, modules that were not imported yet cannot be."""
    modules: dict[str, Any] = sys.modules  # None in it means: there is no such module
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


with not_installed("fastapi", "starlette", "werkzeug"):
    from dependency_injector import containers, providers

__all__ = ["containers", "providers"]
