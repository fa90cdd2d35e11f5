"""One timer interrupts each of many tasks in time."""

import asyncio

import pytest

from application.time_limit import TimeLimit


async def forever(limit: TimeLimit) -> None:
    with limit:
        await asyncio.Event().wait()


async def test_what_is_done_in_time_is_not_interrupted() -> None:
    """Neither then nor later: the timer of those before finds nothing to do."""
    limit = TimeLimit(0.02)
    with limit:
        await asyncio.sleep(0)

    await asyncio.sleep(0.04)


async def test_each_task_has_its_own_time() -> None:
    """One that begins later is interrupted later, and one that is done meanwhile is not."""
    limit, loop = TimeLimit(0.05), asyncio.get_running_loop()
    first = asyncio.create_task(forever(limit))
    await asyncio.sleep(0.02)
    began = loop.time()
    with limit:
        second = asyncio.create_task(forever(limit))

    done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    assert first in done
    with pytest.raises(TimeoutError):
        await first
    with pytest.raises(TimeoutError):
        await second
    assert loop.time() - began >= 0.05


async def test_a_task_goes_on_after_it_was_interrupted() -> None:
    """It is not cancelled any more, and may begin another step with the same limit."""
    limit = TimeLimit(0.01)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await forever(limit)
    await asyncio.sleep(0)

    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_task_that_others_cancel_stays_cancelled() -> None:
    """Before its time is over, and also at the same moment."""
    limit = TimeLimit(0.01)
    before, late = asyncio.create_task(forever(limit)), asyncio.create_task(forever(limit))
    await asyncio.sleep(0)
    before.cancel()
    asyncio.get_running_loop().call_later(0.01, late.cancel)

    with pytest.raises(asyncio.CancelledError):
        await before
    with pytest.raises((asyncio.CancelledError, TimeoutError)):
        await late


async def test_an_error_is_passed_on() -> None:
    """As it is."""
    limit = TimeLimit(1)
    with pytest.raises(LookupError), limit:
        raise LookupError
