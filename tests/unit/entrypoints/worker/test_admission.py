"""Webhooks come first: how many turns begin at once."""

import asyncio
import contextlib
import time

from entrypoints.worker.admission import MAX_LAG_SECONDS, Admission
from support.polling import eventually

LATE, IN_TIME = 2 * MAX_LAG_SECONDS, MAX_LAG_SECONDS / 2


def after(admission: Admission, *lags: float) -> int:
    for lag in lags:
        admission.adjust(lag_seconds=lag)
    return admission.at_once


def test_it_begins_with_all() -> None:
    """Nothing is known yet."""
    assert Admission(100).at_once == 100


def test_a_late_loop_halves_the_number() -> None:
    """Each time, and never to nothing: turns must go on."""
    admission = Admission(100)

    assert [after(admission, LATE) for _ in range(8)] == [50, 25, 12, 6, 3, 1, 1, 1]


def test_a_loop_in_time_raises_it_slowly() -> None:
    """Never beyond the most."""
    admission = Admission(10)
    after(admission, *[LATE] * 5)

    assert [after(admission, IN_TIME) for _ in range(4)] == [5, 9, 10, 10]


async def test_it_measures_the_loop() -> None:
    """It grows while there is nothing to do, and a step that computes too long lowers it."""
    admission = Admission(100)
    measuring = asyncio.create_task(admission.measure())

    def computed() -> bool:
        time.sleep(4 * MAX_LAG_SECONDS)
        return admission.at_once == 1

    await eventually(lambda: admission.at_once > 10)
    await eventually(computed)
    measuring.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await measuring
