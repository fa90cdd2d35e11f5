"""Run an agent for one turn, and read its answer."""

import contextlib
import logging
from functools import partial

from attrs import evolve, frozen

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.answering.agent_input import AgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import ByteBudget
from application.answering.run_context import run_context
from application.answering.tool_access import ToolAccess
from application.channels import Channel
from application.in_thread import in_thread
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from application.sending.upload import upload_or_describe
from domain.conversations.confirmations import confirmation_buttons
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.outbound import DraftPart, FilePart, Part, TemplatePart
from domain.messages.part_limits import MAX_PARTS, limit_parts
from domain.messages.plain_text import shortened
from domain.policies.retry import AgentFailure

# In characters: reading as many takes the event loop a few milliseconds.
MAX_SHORT_ANSWER = 10_000

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class RunAgent:
    """Run an agent at its runtime, read its answer, and upload the files in it to the channel.

    Until they are uploaded, their bytes count in `budget`, so other turns wait before they fetch files. `tools`: what
    the tools of the agent may ask of us.
    """

    runtimes: AgentRuntimes
    budget: ByteBudget
    tools: ToolAccess | None = None

    async def __call__(
        self, agent: str, *, turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput
    ) -> AgentReply[Part]:
        """The reply, and in it the agent that gave it.

        An agent that another one named may not exist. The channel's own answers in its place: the person would get no
        answer for the rest of the conversation. When nothing can be sent from the account, the turn waits once before
        its files are described instead: each retry would cost another run of the agent.

        Raises:
            AgentFailedError: no answer, or nothing in it that can be sent.
            SendFailedError: ACCOUNT_BLOCKED, and a file cannot be uploaded.
        """
        async with contextlib.AsyncExitStack() as stack:
            ask = partial(self._ask, turn=turn, channel=channel, state=state, agent_input=agent_input, stack=stack)
            try:
                reply = await ask(agent)
            except AgentFailedError as error:
                if error.failure is not AgentFailure.UNKNOWN_AGENT or agent == channel.agent:
                    raise
                logger.warning("agent %s does not exist: %s answers turn %s", agent, channel.agent, turn.id)
                reply = await ask(channel.agent)
            hold = await stack.enter_async_context(self.budget.hold())
            hold.count(sum(len(part.content) for part in reply.parts if isinstance(part, FilePart)))
            return await upload_or_describe(channel, reply, person=turn.person, waits=turn.attempts == 0)

    async def _ask(
        self,
        agent: str,
        *,
        turn: Turn,
        channel: Channel,
        state: ConversationState,
        agent_input: AgentInput,
        stack: contextlib.AsyncExitStack,
    ) -> AgentReply[DraftPart]:
        """The agent's reply. Its text, which may be long, is freed here; its files are, as `stack` is closed."""
        runtime, name = self.runtimes.of(agent)
        tools = self.tools.context_of(turn, channel) if self.tools else {}
        answer = await runtime.run(
            AgentRun(
                agent=name,
                query=agent_input.query,
                session_id=channel.session_of(turn.conversation, state),
                context={**run_context(turn, channel, state, agent_input), **tools},
                images=agent_input.images if runtime.supports_images else (),
                files=agent_input.files if runtime.supports_files else (),
                provider=channel.provider,
            )
        )
        stack.callback(answer.release)
        try:
            return evolve(await _read(answer, turn, channel, agent_input, state), agent=agent)
        finally:
            answer.text_read()


async def _read(
    answer: AgentAnswer, turn: Turn, channel: Channel, agent_input: AgentInput, state: ConversationState
) -> AgentReply[DraftPart]:
    if answer.comes_later:
        return AgentReply(parts=(), comes_later=True)
    read = partial(
        read_agent_reply,
        answer.text,
        data=answer.data,
        message_ids=[message.id for message in turn.messages],
        heard=(agent_input.query, turn.person.name, *(choice.id for choice in agent_input.choices)),
    )
    reply = await in_thread(read, when=len(answer.text) > MAX_SHORT_ANSWER)
    if not (reply.parts or reply.hand_over is not None or answer.blocked or answer.confirmation):
        raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "; ".join(reply.problems) or "it says nothing")
    problems = (*reply.problems, *answer.problems)
    checked = evolve(
        _without_marketing(evolve(reply, problems=problems), state), proposals=answer.proposals, usage=answer.usage
    )
    return _with_confirmation(checked, answer.confirmation, turn, channel)


def _with_confirmation(
    reply: AgentReply[DraftPart], question: str, turn: Turn, channel: Channel
) -> AgentReply[DraftPart]:
    """The reply with the question to confirm an action at its end, if there is one."""
    if not question:
        return reply
    buttons = confirmation_buttons(
        question,
        turn_id=turn.id,
        confirm=channel.texts.confirm.for_person(turn.person),
        decline=channel.texts.decline.for_person(turn.person),
    )
    return evolve(reply, parts=(*limit_parts(reply.parts, most=MAX_PARTS - 1), buttons))


def _without_marketing(reply: AgentReply[DraftPart], state: ConversationState) -> AgentReply[DraftPart]:
    """The reply without the marketing templates that this person refuses. Each of them is reported as a problem."""
    refused = [part for part in reply.parts if isinstance(part, TemplatePart) and state.refuses(part)]
    if not refused:
        return reply
    problems = (
        f"template {shortened(part.name)} is not sent: they take no marketing messages"
        + ("" if part.category else ", and its category is not named")
        for part in refused
    )
    kept = tuple(part for part in reply.parts if part not in refused)
    return evolve(reply, parts=kept, problems=(*reply.problems, *problems))
