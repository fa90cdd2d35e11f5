"""What all unit tests share."""

import functools
import sys
from collections.abc import Iterator

import pytest

from entrypoints.bootstrap import installed_channel_types


@pytest.fixture(scope="session", autouse=True)
def packages_are_read_once() -> Iterator[None]:
    """Look once for plug-ins in each path that Python has: to read all packages takes longer than a configuration."""
    look = installed_channel_types.entry_points
    look_once = functools.cache(lambda _path, group: look(group=group))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            installed_channel_types, "entry_points", lambda *, group: look_once(tuple(map(str, sys.path)), group)
        )
        yield
