"""The end of a server of uvicorn: it sleeps three times for a tenth of a second, and hundreds end in the tests."""

import asyncio
import contextlib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import uvicorn.server

PROMPT = SimpleNamespace(**vars(asyncio) | {"sleep": lambda seconds: asyncio.sleep(seconds / 10)})


@contextlib.contextmanager
def prompt_end() -> Iterator[None]:
    """Servers that end within the block do so at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uvicorn.server, "asyncio", PROMPT)
        yield
