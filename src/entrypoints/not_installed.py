"""Libraries without what they import only because it is installed.

Astromesh, our own extras and a developer's tools bring large packages. Libraries of ours that can work with one of
these import it where they find it. We do not use it, and it takes half of the time of a start.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence


class _Hider:
    """A finder of modules that finds some of them missing."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: object = None) -> None:
        """Leave all others to the usual finders."""
        if fullname in self._names:
            raise ModuleNotFoundError(f"{fullname} is hidden", name=fullname)


@contextlib.contextmanager
def not_installed(*names: str) -> Iterator[None]:
    """As long as this is open, these modules cannot be imported where they were not before."""
    hider = _Hider(names)
    sys.meta_path.insert(0, hider)
    try:
        yield
    finally:
        sys.meta_path.remove(hider)
