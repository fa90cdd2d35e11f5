"""How much of everything is measured."""

from attrs import frozen

from bench.webhooks import PEOPLE

BATCHES = (1, 10, 100)


@frozen(kw_only=True)
class Plan:
    """How much is measured; a `flood_seconds` or `paced_seconds` is the length of one side's round.

    `callers` post at the same time in a flood. `at_once` conversations are answered at the same time. There are at most
    as many as people.
    """

    rounds: int
    flood_seconds: float
    paced_seconds: float
    backlog: int
    at_once: int
    callers: int

    @classmethod
    def within(cls, seconds: float, *, rounds: int = 3, at_once: int = PEOPLE, callers: int = 64) -> "Plan":
        """Spread about so many seconds over all measurements."""
        share = seconds / rounds
        return cls(
            rounds=rounds,
            flood_seconds=0.04 * share,
            paced_seconds=0.13 * share,
            backlog=max(1, round(share)) * BATCHES[-1],
            at_once=at_once,
            callers=callers,
        )
