"""What every rate store promises."""

from application.ports.rate_store import RateStore
from domain.policies.rate_limit import Arrival


def arrivals(*times: float) -> list[Arrival]:
    return [Arrival(id=f"wamid.{at}", at=at) for at in times]


class RateStoreContract:
    """Inherit, and provide the fixture `rates`."""

    async def test_an_unknown_key_has_an_empty_log(self, rates: RateStore) -> None:
        """No log has to be created first."""
        assert await rates.log(key="ana", since=0) == ()

    async def test_recorded_messages_come_back_oldest_first(self, rates: RateStore) -> None:
        """With fractions of a second."""
        await rates.record(key="ana", admitted=arrivals(1003.25, 1001.5), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1002.125), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1001.5, 1002.125, 1003.25))

    async def test_each_message_counts_once(self, rates: RateStore) -> None:
        """A turn that is retried records the same ids."""
        for _ in range(2):
            await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=60)

        assert len(await rates.log(key="ana", since=0)) == 1

    async def test_the_window_starts_at_since(self, rates: RateStore) -> None:
        """Inclusive."""
        await rates.record(key="ana", admitted=arrivals(1001.0, 1002.0, 1003.0), keep_seconds=60)

        assert await rates.log(key="ana", since=1002.0) == tuple(arrivals(1002.0, 1003.0))

    async def test_each_key_has_its_own_log(self, rates: RateStore) -> None:
        """People do not share a limit."""
        await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=60)

        assert await rates.log(key="bob", since=0) == ()

    async def test_old_messages_are_forgotten(self, rates: RateStore) -> None:
        """The log does not grow without end."""
        await rates.record(key="ana", admitted=arrivals(1000.0), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1061.0), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1061.0))

    async def test_a_message_at_the_end_of_the_window_is_kept(self, rates: RateStore) -> None:
        """The window includes both of its ends."""
        await rates.record(key="ana", admitted=arrivals(1000.0), keep_seconds=60)
        await rates.record(key="ana", admitted=arrivals(1060.0), keep_seconds=60)

        assert await rates.log(key="ana", since=0) == tuple(arrivals(1000.0, 1060.0))
