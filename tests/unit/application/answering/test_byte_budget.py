"""A budget of bytes: turns wait until there is room for their files."""

import asyncio
import contextlib

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from application.answering.byte_budget import ByteBudget

TOTAL = 100
# For each turn: the bytes that it takes, those that it keeps, for how many steps, and when it is cancelled, if ever.
TURNS = st.lists(
    st.tuples(
        st.integers(1, TOTAL), st.floats(0, 1), st.integers(0, 5), st.one_of(st.none(), st.integers(0, 10))
    ),
    max_size=30,
)  # fmt: skip


@define
class Watched:
    """Records the most that was held at the same time."""

    budget: ByteBudget = field(factory=lambda: ByteBudget(total=TOTAL))
    most: int = 0
    served: list[int] = field(factory=list)

    async def turn(self, number: int, size: int, keep: float, steps: int) -> None:
        with self.budget.hold() as hold:
            await hold.take(size)
            self.served.append(number)
            self.most = max(self.most, self.budget.held)
            await asyncio.sleep(0)
            hold.keep(int(size * keep))
            for _ in range(steps):
                await asyncio.sleep(0)


@settings(max_examples=100, deadline=None)
@given(TURNS)
async def test_turns_never_hold_more_than_the_budget_and_all_get_theirs(
    turns: list[tuple[int, float, int, int | None]],
) -> None:
    """In the order in which they asked, also when some are cancelled. In the end everything is returned."""
    watched = Watched()
    tasks = [asyncio.create_task(watched.turn(n, size, keep, steps)) for n, (size, keep, steps, _) in enumerate(turns)]
    for step in range(11):
        await asyncio.sleep(0)
        for task, (*_, cancelled_at) in zip(tasks, turns, strict=True):
            if cancelled_at == step:
                task.cancel()

    async with asyncio.timeout(10):
        await asyncio.gather(*tasks, return_exceptions=True)

    patient = {number for number, turn in enumerate(turns) if turn[-1] is None}
    assert watched.most <= TOTAL
    assert watched.budget.held == 0
    assert watched.served == sorted(watched.served)
    assert patient <= set(watched.served)


async def test_small_files_do_not_overtake_a_large_one() -> None:
    """Otherwise the large one could wait for ever."""
    budget = ByteBudget(total=TOTAL)
    served = []

    async def take(size: int) -> None:
        await budget.take(size)
        served.append(size)

    await budget.take(60)
    waiting = [asyncio.create_task(take(size)) for size in (90, 10)]
    await asyncio.sleep(0)
    budget.give(60)
    await asyncio.gather(*waiting)

    assert served == [90, 10]


async def test_bytes_already_in_memory_are_counted() -> None:
    """They cannot wait, so others do."""
    budget = ByteBudget(total=TOTAL)

    with budget.hold() as hold:
        hold.count(3 * TOTAL)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(budget.take(1), 0.01)

    await budget.take(TOTAL)
    assert budget.held == TOTAL


async def test_a_turn_that_holds_bytes_does_not_wait_for_more() -> None:
    """Two such turns would wait for each other."""
    with ByteBudget(total=TOTAL).hold() as hold:
        await hold.take(1)

        with pytest.raises(RuntimeError, match="give back"):
            await hold.take(1)


async def test_more_than_the_whole_budget_is_refused() -> None:
    """It would wait for ever."""
    budget = ByteBudget(total=TOTAL)

    with pytest.raises(ValueError, match="more than the whole budget"):
        await budget.take(TOTAL + 1)


async def test_a_turn_that_fails_returns_its_bytes() -> None:
    """With any result."""
    budget = ByteBudget(total=TOTAL)

    with contextlib.suppress(LookupError), budget.hold() as hold:
        await hold.take(TOTAL)
        raise LookupError

    assert budget.held == 0


async def test_a_turn_without_files_waits_for_nobody() -> None:
    """However many turns wait."""
    budget = ByteBudget(total=TOTAL)
    await budget.take(TOTAL)
    waiting = asyncio.create_task(budget.take(1))
    await asyncio.sleep(0)

    async with asyncio.timeout(1):
        await budget.take(0)

    budget.give(TOTAL)
    await waiting
