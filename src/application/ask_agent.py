"""Ask an agent for what it says to one turn."""

from collections.abc import Mapping

from application.channels import Channel
from application.ports.agent import AgentFailedError, AgentPort
from application.read_turn import Reading
from application.upload import uploaded_or_told
from domain.failures import AgentFailure
from domain.parts import Part
from domain.spoken import Spoken, read_answer
from domain.standing import Standing
from domain.turns import Turn


async def ask(agent: AgentPort, *, turn: Turn, channel: Channel, standing: Standing, reading: Reading) -> Spoken[Part]:
    """What the agent says, its files with the channel already.

    Where the number turns out to be stopped the turn waits, once: not every look at it may cost another run.

    Raises:
        AgentFailedError: no answer, or nothing of it that a person can be told.
        SendFailedError: NUMBER_STOPPED, and a file cannot be sent while it is.
    """
    answer = await agent.run(
        agent=channel.agent,
        query=reading.query,
        session_id=channel.session_of(turn.conversation, standing),
        context=_context(turn, reading),
        images=reading.images,
    )
    spoken = read_answer(
        answer.text,
        data=answer.data,
        message_ids=[message.id for message in turn.messages],
        heard=(reading.query, turn.person.name, *(choice.id for choice in reading.chosen)),
    )
    if not (spoken.parts or spoken.hand_over is not None or answer.blocked):
        raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "; ".join(spoken.problems) or "it says nothing")
    return await uploaded_or_told(channel, spoken, person=turn.person, waits=turn.attempts == 0)


def _context(turn: Turn, reading: Reading) -> Mapping[str, object]:
    known = {"contact_name": turn.person.name} if turn.person.name else {}
    chosen = {"choice_ids": [choice.id for choice in reading.chosen]} if reading.chosen else {}
    return {
        **known,
        **chosen,
        "channel": turn.conversation.channel,
        "user": turn.conversation.user,
        "message_ids": [message.id for message in turn.messages],
        "turn_id": turn.id,
    }
