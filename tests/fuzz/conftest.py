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
    """Hypothesis bounds a test by its examples; here it goes on until its time is up."""
    deadline = time.monotonic() + SECONDS
    result = yield
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    while hasattr(pyfuncitem.obj, "hypothesis") and time.monotonic() < deadline:
        pyfuncitem.obj(**arguments)
    return result


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs coroutines, all in the same event loop: examples are drawn outside of it."""
    with asyncio.Runner() as runner:
        yield runner.run
