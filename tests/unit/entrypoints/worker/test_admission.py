"""Webhooks come first: how many turns begin at once."""

import time

from entrypoints.worker.admission import MAX_LAG_SECONDS, MEASURE_SECONDS, STEP, Admission
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


async def test_it_measures_the_loop_while_more_turns_are_ready() -> None:
    """It grows while there is nothing else to do, and a step that computes too long lowers it."""
    admission = Admission(100)
    admission.adapt()

    def computed() -> bool:
        admission.more_are_ready()
        time.sleep(MEASURE_SECONDS + 2 * MAX_LAG_SECONDS)
        return admission.at_once == 1

    def grown() -> bool:
        admission.more_are_ready()
        return admission.at_once > 10

    await eventually(grown)
    await eventually(computed)


async def test_it_measures_only_beside_webhooks_and_while_turns_are_ready() -> None:
    """An idle service sleeps, and a worker's own process begins as many turns as it can."""
    busy, idle, alone = (Admission(100) for _ in range(3))
    busy.adapt()
    idle.adapt()
    idle.more_are_ready()
    alone.more_are_ready()

    def measured() -> bool:
        busy.more_are_ready()
        return busy.at_once > 3 * STEP

    await eventually(measured)
    assert idle.at_once in {2 * STEP, STEP // 2}  # measured once, in time or late
    assert alone.at_once == 100
