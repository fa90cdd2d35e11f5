"""Dead letters have what people wrote: they are kept for some days only."""

from collections.abc import Sequence

import pytest
from attrs import define, evolve, field

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.clock import FakeClock
from application.operating.expire_dead_letters import DAY, ExpireDeadLetters
from application.ports.dead_letters import DeadLetters
from domain.conversations.activity import ActivityKind
from entrypoints.bootstrap.factories import repeated_work
from support.answering import Answering
from support.dead_letters import ListedDeadLetters, dead_letter

KEEP_DAYS = 30


@define
class Expiring:
    """Dead letters, and what is published about them."""

    letters: ListedDeadLetters = field(factory=ListedDeadLetters)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    clock: FakeClock = field(factory=FakeClock)

    def add(self, *, days: Sequence[float]) -> None:
        """One for each age."""
        self.letters.letters = [
            evolve(dead_letter(f"0.{number}-0"), at=self.clock.now() - age * DAY) for number, age in enumerate(days, 1)
        ]

    async def __call__(self) -> bool:
        letters: DeadLetters = self.letters
        return await ExpireDeadLetters(letters=letters, feed=self.feed, clock=self.clock, keep_days=KEEP_DAYS)()

    @property
    def left(self) -> list[str]:
        return [letter.id for letter in self.letters.letters]


async def test_only_those_that_are_too_old_are_deleted(caplog: pytest.LogCaptureFixture) -> None:
    """The log and the feed say how many, so that nobody misses them silently. Nobody's words are in either."""
    expiring = Expiring()
    expiring.add(days=[31, 30.1, 29.9, 0])

    more = await expiring()

    (dropped,) = expiring.feed.activities
    assert more is False
    assert expiring.left == ["0.3-0", "0.4-0"]
    assert dropped.kind is ActivityKind.DROPPED
    assert dropped.detail == {"dead_letters": "2", "reason": "older than 30 days"}
    assert caplog.messages == ["2 dead letters were deleted after 30 days: nobody replayed them"]


async def test_nothing_is_said_while_none_is_too_old(caplog: pytest.LogCaptureFixture) -> None:
    """It is looked at every ten minutes."""
    expiring = Expiring()
    expiring.add(days=[29.9])

    await expiring()

    assert (expiring.feed.activities, caplog.messages) == ([], [])


def test_a_worker_does_it_again_and_again() -> None:
    """Beside its turns."""
    cases = Answering().use_cases

    assert "old dead letters" in [work.name for work in repeated_work(lambda: cases)]
