"""Have the agents' runtime clear the memory of sessions that are not used any more."""

import logging
from collections.abc import Sequence

from attrs import frozen

from application.answering.agent_runtimes import AgentRuntimes
from application.channels import Channels, numbered_session
from application.ports.agent import AgentFailedError
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.forgetting import Forgetting, OldSession
from domain.people.person import Conversation

# Sessions that are cleared in one round.
MAX_AT_ONCE = 50
RETRY_SECONDS = 300.0
GIVE_UP_SECONDS = 7 * 24 * 3600.0
# Of the sessions that a person began with `/new`, the latest, for all agents together.
MAX_SESSIONS = 1000

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class ForgetSessions:
    """Clears what is due, again and again while a runtime is away, for a week at most."""

    forgetting: Forgetting
    runtimes: AgentRuntimes
    channels: Channels
    states: ConversationStates
    clock: Clock

    async def sessions_of(self, *, conversation: Conversation) -> tuple[OldSession, ...]:
        """All sessions of a conversation, also the present one.

        Raises:
            UnknownChannelError: there is no such channel.
            StoreUnavailableError: ask again.
        """
        channel = self.channels[conversation.channel]
        state, now = await self.states.of(conversation=conversation), self.clock.now()
        rules = channel.routing.rules if channel.routing else ()
        routed = (rule.agent for rule in rules if rule.agent)
        agents = dict.fromkeys((channel.agent, state.agent or channel.agent, *routed))
        numbers = range(max(0, state.session - MAX_SESSIONS // len(agents) + 1), state.session + 1)
        # What the person said on a channel that they were joined to is theirs, too.
        firsts = dict.fromkeys(filter(None, (channel.session_numbered(0, conversation), state.joined_session)))
        return tuple(
            OldSession(agent=agent, session_id=numbered_session(first, number), since=now)
            for first in firsts
            for agent in agents
            for number in numbers
        )

    async def forget(self, *, sessions: Sequence[OldSession]) -> None:
        """Let the runtime clear these. When it returns, that is certain to happen: `__call__` does it.

        Raises:
            StoreUnavailableError: ask again.
        """
        await self.forgetting.add(sessions=sessions)

    async def __call__(self) -> int:
        """Clear the sessions that are due. Returns how many were cleared.

        Raises:
            StoreUnavailableError: nothing is lost.
        """
        cleared = 0
        for session in await self.forgetting.due(limit=MAX_AT_ONCE, retry_seconds=RETRY_SECONDS):
            try:
                runtime, agent = self.runtimes.of(session.agent)
                await runtime.forget(agent=agent, session_id=session.session_id)
            except AgentFailedError as error:
                if self.clock.now() - session.since < GIVE_UP_SECONDS:
                    logger.info("the memory of a session of agent %s is not cleared yet: %s", session.agent, error)
                    continue
                logger.error(  # noqa: TRY400  (the message says why)
                    "the memory of a session of agent %s was never cleared: %s", session.agent, error
                )
            else:
                cleared += 1
            await self.forgetting.done(session=session)
        return cleared
