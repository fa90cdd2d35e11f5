"""What every store of operators promises."""

import pytest
from attrs import evolve

from application.ports.operators import (
    OperatorExistsError,
    Operators,
    RegisteredOperator,
    TooManyOperatorsError,
    UnknownOperatorError,
)
from domain.operators.operator import Operator, Role

OLGA = RegisteredOperator(
    operator=Operator(name="olga", role=Role.OPERATOR, channels=("whatsapp", "telegram")),
    digest="digest-of-olga",
    created_at=1_800_000_000.0,
)
VERA = RegisteredOperator(operator=Operator(name="vera", role=Role.VIEWER), digest="digest-of-vera", created_at=1.5)


class OperatorsContract:
    """Inherit, and provide the fixture `operators`, which keeps three at most."""

    async def test_they_are_kept_as_they_are(self, operators: Operators) -> None:
        """Listed by name. Nobody else is found."""
        await operators.add(registered=VERA)
        await operators.add(registered=OLGA)

        assert await operators.all() == (OLGA, VERA)
        assert await operators.of(name="olga") == OLGA
        assert await operators.of(name="otto") is None

    async def test_a_name_is_given_once(self, operators: Operators) -> None:
        """The first one keeps it, with their rights and their token."""
        await operators.add(registered=OLGA)

        with pytest.raises(OperatorExistsError):
            await operators.add(registered=evolve(VERA, operator=evolve(VERA.operator, name="olga")))

        assert await operators.all() == (OLGA,)

    async def test_who_is_removed_is_unknown(self, operators: Operators) -> None:
        """The name is free again."""
        await operators.add(registered=OLGA)
        await operators.remove(name="olga")

        with pytest.raises(UnknownOperatorError):
            await operators.remove(name="olga")

        assert await operators.of(name="olga") is None
        await operators.add(registered=OLGA)

    async def test_only_so_many_are_kept(self, operators: Operators) -> None:
        """One more is refused, and leaves no trace."""
        for number in range(3):
            await operators.add(registered=evolve(VERA, operator=evolve(VERA.operator, name=f"vera{number}")))

        with pytest.raises(TooManyOperatorsError):
            await operators.add(registered=OLGA)

        assert [each.operator.name for each in await operators.all()] == ["vera0", "vera1", "vera2"]
