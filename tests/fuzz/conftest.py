"""A round of examples for each test in `make test`; rounds with new examples for as long as `make fuzz` says."""

import asyncio
import os
import time
from collections.abc import Generator, Iterator

import pytest

from support.fuzzing import Run

SECONDS = float(os.environ.get("TRUNKLINE_FUZZ_SECONDS", "0"))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Hypothesis limits a test by its examples. Here it goes on until its time is over."""
    deadline = time.monotonic() + SECONDS
    result = yield
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    while hasattr(pyfuncitem.obj, "hypothesis") and time.monotonic() < deadline:
        pyfuncitem.obj(**arguments)
    return result


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs coroutines in one event loop. Examples are drawn outside of it."""
    with asyncio.Runner() as runner:
        yield runner.run
