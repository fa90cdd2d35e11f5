"""Operators get tokens, and are recognised by them."""

import pytest

from adapters.memory.operators import MemoryOperators
from application.operating.manage_operators import InvalidOperatorError, ManageOperators
from domain.operators.operator import Operator, Role
from support.http_services import StoppedClock

CHANNELS = ("whatsapp", "telegram")
OLGA = Operator(name="olga.m@example", role=Role.OPERATOR, channels=("telegram",))


@pytest.fixture
def manage() -> ManageOperators:
    return ManageOperators(operators=MemoryOperators(), clock=StoppedClock())


async def test_a_token_is_its_operators(manage: ManageOperators) -> None:
    """It is kept nowhere: the store has a digest."""
    token = await manage.add(operator=OLGA, known_channels=CHANNELS)

    registered = await manage.identify(token)

    assert registered is not None
    assert registered.operator == OLGA
    assert token.rpartition(".")[2] not in repr(registered) + registered.digest


async def test_any_other_token_is_nobodys(manage: ManageOperators) -> None:
    """Also one that differs in its last character, and one of a revoked operator."""
    token = await manage.add(operator=OLGA, known_channels=CHANNELS)
    others = [token[:-1], f"{token}x", token.upper(), f"otto.{token.rpartition('.')[2]}", "", ".", "olga.m@example."]
    others += ["x." * 5000, "\udcff.x", "a\n.b"]

    assert [await manage.identify(other) for other in others] == [None] * len(others)
    await manage.operators.remove(name=OLGA.name)
    assert await manage.identify(token) is None


@pytest.mark.parametrize(
    ("operator", "why"),
    [
        (Operator(name="", role=Role.VIEWER), "a name has 1 to 64"),
        (Operator(name="-olga", role=Role.VIEWER), "a name has 1 to 64"),
        (Operator(name="o" * 65, role=Role.VIEWER), "a name has 1 to 64"),
        (Operator(name="olga\n", role=Role.VIEWER), "a name has 1 to 64"),
        (Operator(name="Admin", role=Role.VIEWER), "the name Admin has a meaning"),
        (Operator(name="me", role=Role.VIEWER), "the name me has a meaning"),
        (Operator(name="olga", role=Role.ADMIN, channels=("telegram",)), "an admin has all channels"),
        (Operator(name="olga", role=Role.VIEWER, channels=("sms",)), "there is no channel sms"),
        (Operator(name="olga", role=Role.VIEWER, channels=tuple(map(str, range(101)))), "more than 100 channels"),
    ],
)
async def test_an_impossible_operator_is_refused(manage: ManageOperators, operator: Operator, why: str) -> None:
    """In one sentence that says what to change."""
    with pytest.raises(InvalidOperatorError, match=f"^{why}"):
        await manage.add(operator=operator, known_channels=CHANNELS)

    assert await manage.operators.all() == ()


def test_each_role_includes_those_before_it() -> None:
    """An admin may do everything."""
    included = {role: [other for other in Role if role.includes(other)] for role in Role}

    assert included == {
        Role.VIEWER: [Role.VIEWER],
        Role.OPERATOR: [Role.VIEWER, Role.OPERATOR],
        Role.ADMIN: list(Role),
    }
