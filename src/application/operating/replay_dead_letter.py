"""Replay a dead letter."""

from attrs import frozen

from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.dead_letters import DeadLetter, DeadLetters


class HumanTakeoverError(Exception):
    """A human answers in the conversation: the reply would be suppressed, and lost."""


@frozen(kw_only=True)
class ReplayDeadLetter:
    """Put a turn back at the head of its conversation; only what is missing is sent."""

    letters: DeadLetters
    states: ConversationStates
    clock: Clock

    async def __call__(self, *, letter_id: str) -> None:
        """When this returns, the workers go on with the turn.

        Raises:
            UnknownDeadLetterError, UnreadableDeadLetterError, HumanTakeoverError: nothing was changed.
            StoreUnavailableError: it may have been replayed.
        """
        letter = await self.letters.show(letter_id=letter_id)
        if isinstance(letter, DeadLetter) and (letter.turn.reply is None or letter.turn.reply.yields_to_human):
            state = await self.states.of(conversation=letter.turn.conversation)
            if state.with_human(now=self.clock.now()):
                raise HumanTakeoverError(letter_id)
        await self.letters.replay(letter_id=letter_id)
