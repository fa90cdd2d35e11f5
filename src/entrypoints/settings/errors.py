"""What is wrong with a configuration, and how to correct it.

No message contains a configured value: any value might be a secret in the wrong place.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Self

from attrs import evolve, frozen

from entrypoints.settings.environment import EnvironmentText


@frozen(kw_only=True)
class Problem:
    """One mistake. `where` is the file, `key` the dotted path within it."""

    message: str
    fix: str
    key: str = ""
    where: str = ""

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
def collected(problems: list[Problem], *, key: object = "", value: object = None, where: str = "") -> Iterator[None]:
    """Add the problems of a `ConfigurationError` to `problems`, so that the search goes on after the first.

    They are seen from one level up: "port" within the key "http" becomes "http.port". A `value` that comes from
    environment variables names them.
    """
    try:
        yield
    except ConfigurationError as error:
        for problem in error.problems:
            path, fix = ".".join(filter(None, (str(key), problem.key))), problem.fix
            if isinstance(value, EnvironmentText):
                fix += f" (the value comes from the environment variable {', '.join(value.variables)})"
            problems.append(evolve(problem, key=path, fix=fix, where=where or problem.where))
