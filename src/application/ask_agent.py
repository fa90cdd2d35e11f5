"""Ask an agent for what it says to one turn."""

from collections.abc import Mapping
from functools import partial

from attrs import evolve

from application.byte_budget import ByteBudget
from application.channels import Channel
from application.off_loop import off_loop
from application.ports.agent import AgentAnswer, AgentFailedError, AgentPort
from application.read_turn import Reading
from application.upload import uploaded_or_told
from domain.failures import AgentFailure
from domain.parts import FilePart, Part, Said, TemplatePart
from domain.spoken import Spoken, read_answer
from domain.standing import Standing
from domain.turns import Turn
from domain.wording import shortened

# Characters; to read as many takes the event loop a few milliseconds.
MAX_SHORT_ANSWER = 10_000


async def ask(
    agent: AgentPort, *, turn: Turn, channel: Channel, standing: Standing, reading: Reading, budget: ByteBudget
) -> Spoken[Part]:
    """What the agent says, its files with the channel already.

    Until they are, their bytes count in `budget`: other turns wait for longer before they fetch files. Where the number
    turns out to be stopped the turn waits, once: not every look at it may cost another run.

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
    try:
        spoken = await _read(answer, turn, reading, standing)
        async with budget.hold() as hold:
            hold.count(sum(len(part.content) for part in spoken.parts if isinstance(part, FilePart)))
            return await uploaded_or_told(channel, spoken, person=turn.person, waits=turn.attempts == 0)
    finally:
        answer.release()


async def _read(answer: AgentAnswer, turn: Turn, reading: Reading, standing: Standing) -> Spoken[Said]:
    read = partial(
        read_answer,
        answer.text,
        data=answer.data,
        message_ids=[message.id for message in turn.messages],
        heard=(reading.query, turn.person.name, *(choice.id for choice in reading.chosen)),
    )
    spoken = await off_loop(read, long=len(answer.text) > MAX_SHORT_ANSWER)
    if not (spoken.parts or spoken.hand_over is not None or answer.blocked):
        raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "; ".join(spoken.problems) or "it says nothing")
    return _without_marketing(spoken, standing)


def _without_marketing(spoken: Spoken[Said], standing: Standing) -> Spoken[Said]:
    """What the agent says without the templates that this person takes none of; each of them is a problem."""
    refused = [part for part in spoken.parts if isinstance(part, TemplatePart) and standing.refuses(part)]
    problems = (
        f"template {shortened(part.name)} is not sent: they take no marketing messages"
        + ("" if part.category else ", and its category is not named")
        for part in refused
    )
    kept = tuple(part for part in spoken.parts if part not in refused)
    return evolve(spoken, parts=kept, problems=(*spoken.problems, *problems))


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
