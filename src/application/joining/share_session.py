"""Runs agents one turn at a time in a session that several conversations of one person share."""

from attrs import evolve, frozen

from application.joining.join_people import JoinPeople
from application.ports.shared_sessions import SharedSessions
from application.ports.turns import BegunTurn
from domain.conversations.turn import Turn
from domain.messages.inbound import shared_phone

# Longer than an agent runs. A turn whose worker died has its session until it is tried again, which is sooner.
HOLD_SECONDS = 600.0
# When a turn comes back that found the session taken.
WAIT_SECONDS = 0.3


@frozen(kw_only=True)
class ShareSession:
    """Does nothing, and asks the store nothing, where the session is not shared."""

    sessions: SharedSessions
    join: JoinPeople

    async def enter(self, begun: BegunTurn, *, link_by_phone: bool) -> BegunTurn | None:
        """The turn with the session that it is to be answered in; None while the agent answers another turn there.

        With `link_by_phone`, a number that the person has just shared joins them to who writes from it elsewhere.
        """
        state, turn = begun.state, begun.turn
        if link_by_phone and not state.joined_session and (phone := shared_phone(turn.messages)):
            session = await self.join.by_phone(phone, conversation=turn.conversation)
            state = evolve(state, joined_session=session)
        if not state.joined_session:
            return begun
        number = await self.sessions.hold(
            session=state.joined_session, turn=_name(turn), number=begun.state.session, seconds=HOLD_SECONDS
        )
        return None if number is None else evolve(begun, state=evolve(state, session=number))

    async def leave(self, begun: BegunTurn, *, number: int) -> None:
        """Let the next turn run. `number` counts the new sessions that the turn's conversation has had by now."""
        state = begun.state
        if state.joined_session:
            number = max(number, state.session)
            await self.sessions.release(session=state.joined_session, turn=_name(begun.turn), number=number)


def _name(turn: Turn) -> str:
    return f"{turn.conversation}/{turn.id}"
