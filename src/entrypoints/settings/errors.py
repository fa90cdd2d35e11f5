"""What is wrong with a configuration, said so that it can be mended.

No message holds a configured value: any of them might be a secret in the wrong place.
"""

from collections.abc import Sequence

from attrs import frozen


@frozen(kw_only=True)
class Problem:
    """One thing to mend: `where` is a file or an environment variable, `key` the dotted path in a file."""

    where: str
    key: str
    message: str
    mend: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.where, self.key, self.message))) + f"; {self.mend}"


class ConfigurationError(Exception):
    """The configuration cannot be used; all its problems, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SettingError(ValueError):
    """A value does not fit its key."""

    def __init__(self, message: str, *, mend: str) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
