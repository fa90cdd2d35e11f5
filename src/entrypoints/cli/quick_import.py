"""Import a command quickly: people wait for it, and a service that restarts answers nobody meanwhile."""

import gc
import importlib
import sys
from types import ModuleType

from entrypoints.not_installed import not_installed

# What no command needs. Where it is installed, our libraries would import it.
UNUSED = (
    "httpx._main",  # a command line, with rich and pygments
    "opentelemetry",  # for metrics of the Redis client; our tracer imports it later
    "uvicorn.supervisors.watchfilesreload",  # for a server that starts again when its code changes
)


def import_quickly(name: str) -> ModuleType:
    """The module `name`. Garbage collection never looks at what was imported: all of it stays."""
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    try:
        with not_installed("rich"):
            importlib.import_module("structlog")  # would import it for tracebacks that show secrets
        with not_installed(*UNUSED):
            module = importlib.import_module(name)
        gc.freeze()
    finally:
        gc.enable()
    return module
