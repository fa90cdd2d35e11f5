"""What all shared sessions promise."""

from application.ports.shared_sessions import SharedSessions
from support.polling import eventually


class SharedSessionsContract:
    """Inherit, and provide the fixture `shared_sessions`."""

    async def test_one_turn_at_a_time_has_a_session(self, shared_sessions: SharedSessions) -> None:
        """It has it still when it is tried again. Each session is another one's."""
        asked = [("s", "a"), ("s", "b"), ("s", "a"), ("other", "b")]

        held = [await shared_sessions.hold(session=session, turn=turn, number=0, seconds=30) for session, turn in asked]

        assert held == [0, None, 0, 0]

    async def test_the_next_turn_has_it_when_it_is_released(self, shared_sessions: SharedSessions) -> None:
        """Only the turn that has it can release it, and as often as it likes."""
        await shared_sessions.hold(session="s", turn="a", number=0, seconds=30)

        await shared_sessions.release(session="s", turn="b", number=0)
        meanwhile = await shared_sessions.hold(session="s", turn="b", number=0, seconds=30)
        await shared_sessions.release(session="s", turn="a", number=0)
        await shared_sessions.release(session="s", turn="a", number=0)

        assert meanwhile is None
        assert await shared_sessions.hold(session="s", turn="b", number=0, seconds=30) == 0

    async def test_the_highest_number_counts_for_all(self, shared_sessions: SharedSessions) -> None:
        """Whoever tells it, whether they have the session or not, and in any order."""
        numbers = [await shared_sessions.hold(session="s", turn="a", number=1, seconds=30)]
        await shared_sessions.release(session="s", turn="a", number=3)
        numbers.append(await shared_sessions.hold(session="s", turn="b", number=2, seconds=30))
        await shared_sessions.hold(session="s", turn="a", number=7, seconds=30)
        await shared_sessions.release(session="s", turn="a", number=5)
        numbers.append(await shared_sessions.hold(session="s", turn="b", number=0, seconds=30))

        assert numbers == [1, 3, 7]

    async def test_a_turn_that_never_comes_back_loses_it(self, shared_sessions: SharedSessions) -> None:
        """After the time that it asked for last."""
        await shared_sessions.hold(session="s", turn="a", number=0, seconds=30)
        await shared_sessions.hold(session="s", turn="a", number=0, seconds=0.2)

        async def taken_over() -> bool:
            return await shared_sessions.hold(session="s", turn="b", number=0, seconds=30) == 0

        await eventually(taken_over, seconds=5)
        assert await shared_sessions.hold(session="s", turn="a", number=0, seconds=30) is None
