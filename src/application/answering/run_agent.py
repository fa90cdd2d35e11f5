"""Run an agent for one turn, and read its answer."""

import logging
from collections.abc import Awaitable
from functools import partial
from typing import cast

from attrs import evolve, field, frozen

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.answering.agent_input import AgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import Hold
from application.answering.run_context import run_context
from application.answering.tool_access import ToolAccess
from application.answering.turnstile import Turnstile
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

    `tools`: what the tools of the agent may ask of us. Answers are read one in each step of the event loop.
    """

    runtimes: AgentRuntimes
    tools: ToolAccess | None = None
    turnstile: Turnstile = field(factory=Turnstile)

    async def __call__(
        self, agent: str, *, turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput, hold: Hold
    ) -> AgentReply[Part]:
        """The reply, and in it the agent that gave it.

        An agent that another one named may not exist. The channel's own answers in its place: the person would get no
        answer for the rest of the conversation. When nothing can be sent from the account, the turn waits once before
        its files are described instead: each retry would cost another run of the agent. Until the files are uploaded,
        `hold` counts their bytes, so other turns wait before they fetch files.

        Raises:
            AgentFailedError: no answer, or nothing in it that can be sent.
            SendFailedError: ACCOUNT_BLOCKED, and a file cannot be uploaded.
        """
        try:
            answer = await self._ask(agent, turn, channel, state, agent_input)
        except AgentFailedError as error:
            if error.failure is not AgentFailure.UNKNOWN_AGENT or agent == channel.agent:
                raise
            logger.warning("agent %s does not exist: %s answers turn %s", agent, channel.agent, turn.id)
            agent = channel.agent
            answer = await self._ask(agent, turn, channel, state, agent_input)
        try:
            reply = await self._read(answer, turn, channel, agent_input, state, agent=agent)
            files = [part for part in reply.parts if isinstance(part, FilePart)]
            if not files:
                return cast("AgentReply[Part]", reply)
            hold.count(sum(len(file.content) for file in files))
            return await upload_or_describe(channel, reply, person=turn.person, waits=turn.attempts == 0)
        finally:
            answer.release()

    def _ask(
        self, agent: str, turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput
    ) -> Awaitable[AgentAnswer]:
        runtime, name = self.runtimes.of(agent)
        context = run_context(turn, channel, state, agent_input)
        if self.tools:
            context |= self.tools.context_of(turn, channel)
        images, files = agent_input.images, agent_input.files
        return runtime.run(
            AgentRun(
                agent=name,
                query=agent_input.query,
                session_id=channel.session_of(turn.conversation, state),
                context=context,
                images=images if images and runtime.supports_images else (),
                files=files if files and runtime.supports_files else (),
                provider=channel.provider,
            )
        )

    async def _read(
        self,
        answer: AgentAnswer,
        turn: Turn,
        channel: Channel,
        agent_input: AgentInput,
        state: ConversationState,
        *,
        agent: str,
    ) -> AgentReply[DraftPart]:
        """The reply in an answer. The text of the answer, which may be long, is freed here."""
        try:
            await self.turnstile.passed()
            if answer.comes_later:
                return AgentReply(parts=(), agent=agent, comes_later=True)
            read = partial(
                read_agent_reply,
                answer.text,
                data=answer.data,
                message_ids=[message.id for message in turn.messages],
                heard=(agent_input.query, turn.person.name, *[choice.id for choice in agent_input.choices]),
            )
            found = await in_thread(read, when=len(answer.text) > MAX_SHORT_ANSWER)
        finally:
            answer.text_read()
        if not (found.parts or found.hand_over is not None or answer.blocked or answer.confirmation):
            raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "; ".join(found.problems) or "it says nothing")
        reply = AgentReply(
            parts=found.parts,
            agent=agent,
            hand_over=found.hand_over,
            problems=found.problems + answer.problems,
            proposals=answer.proposals,
            usage=answer.usage,
            handoff=found.handoff,
        )
        reply = _without_marketing(reply, state)
        return _with_confirmation(reply, answer.confirmation, turn, channel) if answer.confirmation else reply


def _with_confirmation(
    reply: AgentReply[DraftPart], question: str, turn: Turn, channel: Channel
) -> AgentReply[DraftPart]:
    """The reply with the question to confirm an action at its end."""
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
