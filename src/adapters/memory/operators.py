"""Operators in memory."""

from attrs import define, field

from application.ports.operators import (
    OperatorExistsError,
    RegisteredOperator,
    TooManyOperatorsError,
    UnknownOperatorError,
)


@define
class MemoryOperators:
    max_kept: int = 1000
    _by_name: dict[str, RegisteredOperator] = field(factory=dict)

    async def add(self, *, registered: RegisteredOperator) -> None:
        name = registered.operator.name
        if name in self._by_name:
            raise OperatorExistsError(name)
        if len(self._by_name) >= self.max_kept:
            raise TooManyOperatorsError
        self._by_name[name] = registered

    async def of(self, *, name: str) -> RegisteredOperator | None:
        return self._by_name.get(name)

    async def all(self) -> tuple[RegisteredOperator, ...]:
        return tuple(self._by_name[name] for name in sorted(self._by_name))

    async def remove(self, *, name: str) -> None:
        if self._by_name.pop(name, None) is None:
            raise UnknownOperatorError(name)
