"""What is wrong with a configuration, and how to correct it.

No message contains a configured value: any value might be a secret in the wrong place.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Self

from attrs import evolve, frozen


@frozen(kw_only=True)
class Problem:
    """One mistake. `where` is a file or an environment variable, `key` the dotted path within the file."""

    message: str
    fix: str
    key: str = ""
    where: str = ""

    def within(self, key: object) -> Self:
        """The same mistake, seen from the block one level up, which holds this one under `key`.

        "port" within "http" is "http.port". A key that is not a text stands in brackets: "texts.error[False]".
        """
        own = key if isinstance(key, str) else f"[{key}]"
        dot = "." if own and self.key and not self.key.startswith("[") else ""
        return evolve(self, key=f"{own}{dot}{self.key}")

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.where, self.key, self.message))) + f"; {self.fix}"


class ConfigurationError(Exception):
    """The configuration cannot be used. The message has one line for each problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)

    @classmethod
    def of(cls, message: str, *, fix: str) -> Self:
        """A single mistake, in the value that is being read."""
        return cls([Problem(message=message, fix=fix)])


@contextlib.contextmanager
def collected(problems: list[Problem], *, key: object = "") -> Iterator[None]:
    """Add the problems of a `ConfigurationError` to `problems`, so that the search goes on after the first."""
    try:
        yield
    except ConfigurationError as error:
        problems += [problem.within(key) for problem in error.problems]
