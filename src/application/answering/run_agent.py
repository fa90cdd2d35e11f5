"""Ask an agent for what it says to one turn."""

import re
from collections.abc import Mapping
from functools import partial

from attrs import evolve

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.answering.agent_input import AgentInput
from application.answering.byte_budget import ByteBudget
from application.channels import Channel
from application.off_loop import off_loop
from application.ports.agent import AgentFailedError, AgentPort
from application.sending.upload import upload_or_describe
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.parts import DraftPart, FilePart, Part, TemplatePart
from domain.messages.plain_text import shortened
from domain.policies.retry import AgentFailure

# Halves of emoji, which JSON can spell and nothing can store: they are left out, the rest is said.
SURROGATES = re.compile("[\ud800-\udfff]")


async def run_agent(
    agent: AgentPort,
    *,
    turn: Turn,
    channel: Channel,
    state: ConversationState,
    agent_input: AgentInput,
    budget: ByteBudget,
) -> AgentReply[Part]:
    """What the agent says, its files with the channel already.

    Until they are, their bytes count in `budget`: other turns wait for longer before they fetch files. Where the number
    turns out to be stopped the turn waits, once: not every look at it may cost another run.

    Raises:
        AgentFailedError: no answer, or nothing of it that a person can be told.
        SendFailedError: NUMBER_STOPPED, and a file cannot be sent while it is.
    """
    answer = await agent.run(
        agent=channel.agent,
        query=agent_input.query,
        session_id=channel.session_of(turn.conversation, state),
        context=_context(turn, agent_input),
        images=agent_input.images,
    )
    read = partial(
        read_agent_reply,
        SURROGATES.sub("", answer.text),
        data=answer.data,
        message_ids=[message.id for message in turn.messages],
        heard=(agent_input.query, turn.person.name, *(choice.id for choice in agent_input.choices)),
    )
    spoken = await off_loop(read)
    spoken = evolve(spoken, problems=tuple(SURROGATES.sub("", problem) for problem in spoken.problems))
    if not (spoken.parts or spoken.hand_over is not None or answer.blocked):
        raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "; ".join(spoken.problems) or "it says nothing")
    spoken = _without_marketing(spoken, state)
    async with budget.hold() as hold:
        hold.count(sum(len(part.content) for part in spoken.parts if isinstance(part, FilePart)))
        return await upload_or_describe(channel, spoken, person=turn.person, waits=turn.attempts == 0)


def _without_marketing(spoken: AgentReply[DraftPart], state: ConversationState) -> AgentReply[DraftPart]:
    """What the agent says without the templates that this person takes none of; each of them is a problem."""
    refused = [part for part in spoken.parts if isinstance(part, TemplatePart) and state.refuses(part)]
    problems = (
        f"template {shortened(part.name)} is not sent: they take no marketing messages"
        + ("" if part.category else ", and its category is not named")
        for part in refused
    )
    kept = tuple(part for part in spoken.parts if part not in refused)
    return evolve(spoken, parts=kept, problems=(*spoken.problems, *problems))


def _context(turn: Turn, agent_input: AgentInput) -> Mapping[str, object]:
    known = {"contact_name": turn.person.name} if turn.person.name else {}
    chosen = {"choice_ids": [choice.id for choice in agent_input.choices]} if agent_input.choices else {}
    return {
        **known,
        **chosen,
        "channel": turn.conversation.channel,
        "user": turn.conversation.user,
        "message_ids": [message.id for message in turn.messages],
        "turn_id": turn.id,
    }
