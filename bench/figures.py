"""What all measurements share: rounds in turns, medians, percentiles, and the event loops of the load."""

import asyncio
import selectors
import statistics
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import uvloop
from attrs import frozen

from bench.load import Answered

PERCENTILES = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}

type Figures = dict[str, float]


@frozen(kw_only=True)
class Compared:
    """The medians of all rounds, side by side. Only the whole trip has a bare one to compare it with."""

    ours: Figures
    baseline: Figures
    bare_trip: Figures


def taking_turns(
    rounds: int,
    *,
    ours: Callable[[], Figures],
    baseline: Callable[[], Figures],
    bare_trip: Callable[[], Figures] = dict,
) -> Compared:
    """The medians of all rounds. The first of several only warms up."""
    turns = [(ours(), baseline(), bare_trip()) for _ in range(rounds)]
    of_ours, of_baseline, of_bare_trip = map(medians, zip(*(turns[1:] or turns), strict=True))
    return Compared(ours=of_ours, baseline=of_baseline, bare_trip=of_bare_trip)


def medians(rounds: Sequence[Figures]) -> Figures:
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}


def percentiles(values: Sequence[float]) -> Figures:
    ordered = sorted(values)
    return {name: ordered[min(round(share * len(ordered)), len(ordered) - 1)] for name, share in PERCENTILES.items()}


def to_200(answers: Sequence[Answered]) -> Figures:
    """Milliseconds from when a webhook was due."""
    return percentiles([answer.milliseconds for answer in answers])


def run_fast[T](load: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(load, loop_factory=uvloop.new_event_loop)


def run_precise[T](load: Coroutine[Any, Any, T]) -> T:
    """On a loop whose clock counts microseconds. Other loops wake up as much as a millisecond late."""
    return asyncio.run(load, loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector()))
