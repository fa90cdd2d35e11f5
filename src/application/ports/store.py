"""The error that every port backed by the store may raise, and what can be wrong with a store that answers."""

from collections.abc import Iterable

from attrs import frozen


class StoreUnavailableError(Exception):
    """The store is away, loading, full or read-only; nothing was changed, or the change may be repeated safely."""


class StoreLoginError(StoreUnavailableError):
    """The store refuses the user or the password. Waiting does not help."""


@frozen(kw_only=True)
class StoreDefect:
    """Something about a store that answers. `loses_messages`: the service must not run on it.

    `name` is a short name for `/readyz`, `message` and `fix` are sentences for operators.
    """

    name: str
    message: str
    fix: str
    loses_messages: bool = True

    def __str__(self) -> str:
        return f"{self.message}; {self.fix}"


class UnsafeStoreError(Exception):
    """The store answers, but would lose messages. The message has one line for each defect."""

    def __init__(self, defects: Iterable[StoreDefect]) -> None:
        self.defects = tuple(defects)
        super().__init__("\n".join(map(str, self.defects)))
