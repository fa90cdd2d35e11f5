"""Recognise a loop: two programs that answer each other would never stop, and each round costs money."""

from collections.abc import Sequence

from attrs import field, frozen
from attrs.validators import ge, gt

from domain.conversations.person_commands import Commands
from domain.conversations.state import ConversationState
from domain.messages.inbound import InboundMessage, Tap, Text

# A person needs a moment to see an answer, and types no faster than this, dictation included.
MIN_REACTION_SECONDS = 2.0
MAX_TYPED_PER_SECOND = 10.0


@frozen(kw_only=True)
class Rounds:
    """How many rounds count against a conversation, and whether it is a loop, which is not answered now."""

    quick: int = 0
    is_loop: bool = False


@frozen(kw_only=True)
class LoopPolicy:
    """When a conversation is a loop, and for how long it is not answered then.

    A round is one answer of ours and the reply to it. A round is too quick if nobody could have typed the reply in the
    time since the answer. Each quick round adds one to the count, and each other round subtracts one. At `max_rounds`
    the conversation is a loop, and is not answered for `rest_seconds`. Counting starts again after `pause_seconds`
    without a message, and when the other side shows that it is a person: it taps or types an answer that was offered,
    or gives a command.

    Example: 80 characters take a person 10 seconds, so an out-of-office text of 80 characters 3 seconds after each
    answer is a loop after 20 answers. "ok" after 3 seconds may be a person's, as often as it comes.
    """

    max_rounds: int = field(default=20, validator=ge(2))
    pause_seconds: float = field(default=30.0, validator=gt(0))
    rest_seconds: float = field(default=600.0, validator=gt(0))

    def judge(
        self, messages: Sequence[InboundMessage], *, commands: Commands, state: ConversationState, now: float
    ) -> Rounds:
        """Count the messages of one turn; `now` in unix seconds."""
        quick = self._quick(messages, state)
        is_loop = state.in_loop(now=now) or quick >= self.max_rounds
        if (quick or is_loop) and any(_shows_a_person(message, commands, state) for message in messages):
            return Rounds()
        return Rounds(quick=quick, is_loop=is_loop)

    def _quick(self, messages: Sequence[InboundMessage], state: ConversationState) -> int:
        """The count after these messages. Messages that came before our answer are no reply to it."""
        if state.answered_at is None:
            return 0
        times = [message.arrived_at for message in messages]
        waited = max(times) - state.answered_at
        if waited >= self.pause_seconds:
            return 0
        needed = MIN_REACTION_SECONDS + sum(map(_typed, messages)) / MAX_TYPED_PER_SECOND
        is_too_quick = min(times) >= state.answered_at and waited < needed
        return state.quick_rounds + 1 if is_too_quick else max(0, state.quick_rounds - 1)


def _shows_a_person(message: InboundMessage, commands: Commands, state: ConversationState) -> bool:
    content = message.content
    is_choice = isinstance(content, Text) and state.meant(content.body) is not None
    return isinstance(content, Tap) or is_choice or commands.given(message) is not None


def _typed(message: InboundMessage) -> int:
    """How many characters somebody typed for the message: none for a forwarded one."""
    return len(message.content.body) if isinstance(message.content, Text) and not message.forwarded else 0
