"""Let a human answer in place of the agent, and hand back to the agent."""

import asyncio

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.transcripts import Transcripts
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote
from domain.conversations.state import UNTIL_ENDED
from domain.conversations.transcript import TranscriptEvent
from domain.people.person import Conversation

AGENT_ANSWERS = "the agent answers again"


@frozen(kw_only=True)
class TakeOver:
    """While a human answers, the agent is not asked; messages are noted for it."""

    states: ConversationStates
    transcripts: Transcripts
    feed: ActivityFeed
    clock: Clock

    async def begin(
        self, *, conversation: Conversation, seconds: float | None, note: AgentNote | None = None, why: str
    ) -> None:
        """Silence the agent for so many seconds, or until somebody ends it. A takeover is never shortened.

        `note` tells the agent what the human wrote. The choices that the agent offered last are no longer asked.

        Raises:
            StoreUnavailableError: the agent may still answer.
        """
        if note:
            await self.states.note(conversation=conversation, agent_notes=[note])
        until = UNTIL_ENDED if seconds is None else self.clock.now() + seconds
        began = TranscriptEvent(kind=ActivityKind.HUMAN, reason=why)
        await asyncio.gather(
            self.states.change(conversation=conversation, human_until=until, choices=()),
            self.transcripts.add(conversation=conversation, what=[began]),
        )
        longest = (await self.states.of(conversation=conversation)).human_until or until
        await self._publish(conversation, reason=why, until="ended" if longest == UNTIL_ENDED else f"{longest:.0f}")

    async def end(self, *, conversation: Conversation, by: str = "") -> None:
        """The agent answers again. `by`: the operator who gave the conversation back.

        A rest after a loop (see `LoopPolicy`) ends too.

        Raises:
            StoreUnavailableError: the human still does.
        """
        why = f"{by} gave it back: {AGENT_ANSWERS}" if by else AGENT_ANSWERS
        ended = TranscriptEvent(kind=ActivityKind.HUMAN, reason=why)
        await asyncio.gather(
            self.states.change(conversation=conversation, human_until=None, loop_until=None),
            self.transcripts.add(conversation=conversation, what=[ended]),
        )
        await self._publish(conversation, reason=why, until="now")

    async def _publish(self, conversation: Conversation, **detail: str) -> None:
        activity = Activity.within(conversation, kind=ActivityKind.HUMAN, at=self.clock.now(), **detail)
        await self.feed.publish(activities=[activity])
