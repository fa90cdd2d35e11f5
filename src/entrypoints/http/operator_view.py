"""How operators are shown: by the operators' routes, and by the command line."""

from typing import Self

from attrs import frozen

from application.ports.operators import RegisteredOperator
from domain.operators.operator import Role


@frozen(kw_only=True)
class RegisteredView:
    """An operator with a token of their own, and since when they have it (unix seconds)."""

    name: str
    role: Role
    channels: list[str]
    created_at: float

    @classmethod
    def of(cls, registered: RegisteredOperator) -> Self:
        operator = registered.operator
        return cls(
            name=operator.name,
            role=operator.role,
            channels=list(operator.channels),
            created_at=registered.created_at,
        )


@frozen(kw_only=True)
class NewOperatorView:
    """A new operator with their token. It is shown only here."""

    name: str
    role: Role
    channels: list[str]
    token: str
