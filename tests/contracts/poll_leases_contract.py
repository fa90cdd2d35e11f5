"""What all poll leases promise."""

from application.ports.poll_leases import PollLeases
from support.polling import eventually


class PollLeasesContract:
    """Inherit, and provide the fixture `poll_leases`."""

    async def test_one_process_has_the_lease_of_a_channel(self, poll_leases: PollLeases) -> None:
        """It prolongs it; others do not get it. Each channel has its own."""
        asked = [("bot", "a"), ("bot", "b"), ("bot", "a"), ("other", "b")]

        got = [await poll_leases.hold(channel=channel, holder=holder, seconds=30) for channel, holder in asked]

        assert got == [True, False, True, True]

    async def test_a_lease_that_is_given_back_is_free_at_once(self, poll_leases: PollLeases) -> None:
        """Only its holder can give it back."""
        await poll_leases.hold(channel="bot", holder="a", seconds=30)

        await poll_leases.release(channel="bot", holder="b")
        meanwhile = await poll_leases.hold(channel="bot", holder="b", seconds=30)
        await poll_leases.release(channel="bot", holder="a")

        assert not meanwhile
        assert await poll_leases.hold(channel="bot", holder="b", seconds=30)

    async def test_a_lease_that_is_not_prolonged_ends(self, poll_leases: PollLeases) -> None:
        """As that of a process that died. To prolong it counts from then."""
        await poll_leases.hold(channel="bot", holder="a", seconds=30)
        await poll_leases.hold(channel="bot", holder="a", seconds=0.2)

        await eventually(lambda: poll_leases.hold(channel="bot", holder="b", seconds=30), seconds=5)

        assert not await poll_leases.hold(channel="bot", holder="a", seconds=30)

    async def test_to_give_back_what_nobody_has_does_nothing(self, poll_leases: PollLeases) -> None:
        """A process gives back on its way out, whatever it had."""
        await poll_leases.release(channel="bot", holder="a")

        assert await poll_leases.hold(channel="bot", holder="b", seconds=30)
