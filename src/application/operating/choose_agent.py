"""Let an operator choose which agent answers a conversation."""

from attrs import frozen

from application.answering.agent_runtimes import AgentRuntimes
from application.answering.route_turn import own_name
from application.channels import Channels
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentFailedError
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.routing import SETTLED
from domain.people.person import Conversation


class UnknownAgentError(LookupError):
    """The runtime has no agent of that name."""

    def __init__(self, agent: str) -> None:
        super().__init__(f"no agent named {agent!r}")
        self.agent = agent


@frozen(kw_only=True)
class ChooseAgent:
    """The agent answers from the next message on, until a rule, an agent, an operator or the person changes it."""

    channels: Channels
    runtimes: AgentRuntimes
    states: ConversationStates
    feed: ActivityFeed
    clock: Clock

    async def shown(self, *, conversation: Conversation) -> str:
        """The agent that answers the next message, if no rule changes it.

        Raises:
            StoreUnavailableError: nobody knows.
        """
        state = await self.states.of(conversation=conversation)
        return state.agent or self.channels[conversation.channel].agent

    async def __call__(self, *, conversation: Conversation, agent: str | None) -> str:
        """Keep this agent, or the channel's own where `agent` is None. Returns its name.

        Raises:
            UnknownAgentError: the runtime answers, and has no such agent. While it is away, any name is taken.
            StoreUnavailableError: nothing changed.
        """
        channel = self.channels[conversation.channel]
        chosen = agent or channel.agent
        if not await self._may_exist(chosen):
            raise UnknownAgentError(chosen)
        # A rule about the circumstances that matches already does not undo it.
        await self.states.change(conversation=conversation, agent=own_name(chosen, channel), agent_rule=SETTLED)
        activity = Activity.within(
            conversation, kind=ActivityKind.ROUTED, at=self.clock.now(), agent=chosen, reason="an operator chose it"
        )
        await self.feed.publish(activities=[activity])
        return chosen

    async def _may_exist(self, agent: str) -> bool:
        runtime, name = self.runtimes.of(agent)
        try:
            return name in await runtime.agents()
        except AgentFailedError:
            return True
