"""How much of everything is measured."""

from attrs import frozen

from bench.webhooks import PEOPLE

BATCHES = (1, 10, 100)


@frozen(kw_only=True)
class Plan:
    """How much is measured. A time in seconds is the length of one side's round.

    `trips` messages make the whole trip in a round. `metas_backlog` messages wait for the number's send rate; what is
    measured begins `settle_seconds` after they came in.
    `callers` post at the same time in a flood. `at_once` conversations are answered at the same time. There are at most
    as many as people.
    """

    rounds: int
    trips: int
    trip_seconds: float
    metas_backlog: int
    settle_seconds: float
    backlog_seconds: float
    flood_seconds: float
    paced_seconds: float
    backlog: int
    at_once: int
    callers: int

    @classmethod
    def full(cls, seconds: float) -> "Plan":
        """Spread about so many seconds over all measurements."""
        share = seconds / 3
        return cls(
            rounds=5,
            trips=max(500, round(12 * share)),
            trip_seconds=0.08 * share,
            metas_backlog=5_000,
            settle_seconds=15.0,
            backlog_seconds=0.2 * share,
            flood_seconds=0.02 * share,
            paced_seconds=0.06 * share,
            backlog=max(1, round(share / 2)) * BATCHES[-1],
            at_once=PEOPLE,
            callers=64,
        )

    @classmethod
    def quick(cls) -> "Plan":
        """One short round of each: shows that it works, and measures little."""
        return cls(
            rounds=1,
            trips=500,
            trip_seconds=0.7,
            metas_backlog=500,
            settle_seconds=1.0,
            backlog_seconds=1.0,
            flood_seconds=0.2,
            paced_seconds=0.7,
            backlog=BATCHES[-1],
            at_once=500,
            callers=8,
        )
