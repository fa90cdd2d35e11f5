"""Keeps the operators with a token of their own."""

from typing import Protocol

from attrs import field, frozen

from domain.operators.operator import Operator


class OperatorExistsError(Exception):
    """There is an operator of that name."""


class UnknownOperatorError(LookupError):
    """There is no operator of that name."""


class TooManyOperatorsError(Exception):
    """No more operators can be kept: revoke some first."""


@frozen(kw_only=True)
class RegisteredOperator:
    """An operator with the digest of their token; the token itself is kept nowhere. `created_at`: unix seconds."""

    operator: Operator
    digest: str = field(repr=False)
    created_at: float


class Operators(Protocol):
    """What it answers holds at once for every process. All raise `StoreUnavailableError`."""

    async def add(self, *, registered: RegisteredOperator) -> None:
        """Keep a new operator.

        Raises:
            OperatorExistsError: the name is taken, and nothing was changed.
            TooManyOperatorsError: too many are kept, and nothing was changed.
        """
        ...

    async def of(self, *, name: str) -> RegisteredOperator | None:
        """The operator of that name, if there is one. A record that cannot be read is none: it opens nothing."""
        ...

    async def all(self) -> tuple[RegisteredOperator, ...]:
        """All operators, by name."""
        ...

    async def remove(self, *, name: str) -> None:
        """Forget an operator: their token opens nothing any more.

        Raises:
            UnknownOperatorError: there is none of that name.
        """
        ...
