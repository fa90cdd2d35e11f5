"""What every store of sessions promises."""

from application.ports.sessions import Session, Sessions

OLGA = Session(operator="olga", credential="digest-of-her-token")


class SessionsContract:
    """Inherit, and provide the fixture `sessions`."""

    async def test_a_session_is_known_by_its_digest(self, sessions: Sessions) -> None:
        """Each has its own."""
        await sessions.add(digest="a", session=OLGA, seconds=60)

        assert await sessions.of(digest="a") == OLGA
        assert await sessions.of(digest="b") is None

    async def test_who_logs_out_has_no_session(self, sessions: Sessions) -> None:
        """To log out again is no error. Others stay."""
        await sessions.add(digest="a", session=OLGA, seconds=60)
        await sessions.add(digest="b", session=OLGA, seconds=60)

        await sessions.remove(digest="a")
        await sessions.remove(digest="a")

        assert await sessions.of(digest="a") is None
        assert await sessions.of(digest="b") == OLGA
