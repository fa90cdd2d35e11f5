"""What every rate store promises."""

from application.ports.rate_store import RateStore
from domain.policies.rate_limit import Arrival


def arrivals(*times: float) -> list[Arrival]:
    return [Arrival(id=f"wamid.{at}", at=at) for at in times]


class RateStoreContract:
    """Inherit, and provide the fixture `rates`."""

    async def test_an_unknown_key_has_no_hits(self, rates: RateStore) -> None:
        """Nobody has to be introduced."""
        assert await rates.log(key="ana", since=0) == ()

    async def test_recorded_hits_come_back_oldest_first(self, rates: RateStore) -> None:
        """To the fraction of a second."""
        await rates.record(key="ana", admitted=arrivals(1003.25, 1001.5), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1002.125), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1001.5, 1002.125, 1003.25))

    async def test_each_message_counts_once(self, rates: RateStore) -> None:
        """A turn that is tried again records the same ids."""
        for _ in range(2):
            await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=60)

        assert len(await rates.log(key="ana", since=0)) == 1

    async def test_the_window_starts_at_since(self, rates: RateStore) -> None:
        """Inclusive."""
        await rates.record(key="ana", admitted=arrivals(1001.0, 1002.0, 1003.0), keep_seconds=60)

        assert await rates.log(key="ana", since=1002.0) == tuple(arrivals(1002.0, 1003.0))

    async def test_people_do_not_share_a_limit(self, rates: RateStore) -> None:
        """Each key has its own log."""
        await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=60)

        assert await rates.log(key="bob", since=0) == ()

    async def test_forgets_what_is_too_old_to_matter(self, rates: RateStore) -> None:
        """A log does not grow with its conversation."""
        await rates.record(key="ana", admitted=arrivals(1000.0), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1061.0), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1061.0))

    async def test_keeps_what_is_just_young_enough(self, rates: RateStore) -> None:
        """The window is closed at both ends."""
        await rates.record(key="ana", admitted=arrivals(1000.0), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1060.0), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1000.0, 1060.0))
