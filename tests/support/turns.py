"""Answer turns: once, to the end, or only a single step, composing or delivering the reply."""

from attrs import evolve

from application.channels import Channel
from application.lease import Lease
from application.ports.breaker_store import Breaker
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn
from application.sending.send_result import NotSent, Sent
from domain.conversations.agent_notes import describe_note
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import TextPart
from domain.people.person import Conversation
from domain.policies.retry import RetryPolicy
from support.answering import Answering
from support.messages import CONVERSATION, enqueued

REPLY = Reply(outcome=Outcome.ANSWERED, parts=tuple(TextPart(body=body) for body in ("one", "two", "three")))
POLICY = RetryPolicy()
# The answer of an agent that offers two sizes.
ASKS = '```trunkline\n{"text": "Which?", "buttons": ["Small", "Large"]}\n```'


def turn_of(*messages: InboundMessage, turn_id: str = "7-0") -> Turn:
    return Turn(id=turn_id, conversation=messages[0].conversation, messages=messages)


async def answer_once(answering: Answering, *, worker: str = "a") -> Outcome:
    """Claim the next ready conversation and answer it under a lease that holds."""
    return await answering.answer(lease=answering.lease(await answering.claim(worker=worker)))


async def answer_to_the_end(answering: Answering, *, longest: int = 100) -> list[Outcome]:
    """Answer the next conversation, and repeat it after each retry or delay, until it is idle."""
    outcomes: list[Outcome] = []
    while len(outcomes) < longest:
        outcomes.append(await answer_once(answering))
        if outcomes[-1] not in {Outcome.RETRIED, Outcome.DEFERRED}:
            return outcomes
    raise AssertionError(f"not over: {outcomes}")


async def answer_texts(answering: Answering, *texts: str) -> Outcome:
    """Answer one turn of these messages."""
    await answering.accept(*(enqueued(text) for text in texts))
    return await answer_once(answering)


async def notes_of(answering: Answering, conversation: Conversation = CONVERSATION) -> tuple[str, ...]:
    """The notes that wait for the agent, as it reads them."""
    return tuple(map(describe_note, (await state_of(answering, conversation)).agent_notes))


async def state_of(answering: Answering, conversation: Conversation = CONVERSATION) -> ConversationState:
    return await answering.states.of(conversation=conversation)


async def compose(answering: Answering, *messages: InboundMessage) -> Reply:
    """The reply to a turn of these messages."""
    return await compose_turn(answering, turn_of(*messages))


async def compose_turn(answering: Answering, turn: Turn, *, channel: Channel | None = None) -> Reply:
    """The reply to this turn. Its changes are stored, also when it fails."""
    mailbox = answering.mailbox.mailbox
    state = await answering.states.of(conversation=turn.conversation)
    rate_log = mailbox.rates.of(turn.conversation)
    begun_turn = BegunTurn(turn=turn, state=state, rate_log=rate_log, breaker=Breaker())
    changes = TurnChanges()
    try:
        return await answering.compose(begun=begun_turn, channel=channel or answering.channel, changes=changes)
    finally:
        await mailbox.change(turn.conversation, changes)


async def begun(answering: Answering, *, sent: tuple[str, ...] = (), reply: Reply = REPLY) -> tuple[Lease, Turn]:
    """A turn whose reply was saved and whose first parts were sent before, under a lease that holds."""
    await answering.accept(enqueued())
    claim = await answering.claim()
    mailbox = answering.mailbox.mailbox
    await mailbox.begin(claim=claim)
    await mailbox.save_reply(claim=claim, reply=reply)
    for part, message_id in enumerate(sent):
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={part: message_id}))
    lease = answering.lease(claim)
    begun_turn = await lease.begin()
    assert begun_turn is not None
    answering.mailbox.steps.remove("begin")
    return lease, begun_turn.turn


async def deliver(answering: Answering, lease: Lease, turn: Turn, *, retries: RetryPolicy = POLICY) -> Sent | NotSent:
    """Send the rest of the turn's reply."""
    handle_failure = evolve(answering.handle_failure, retries=retries)
    delivering = evolve(answering.deliver, retries=retries, handle_failure=handle_failure)
    return await delivering(lease=lease, turn=turn, channel=answering.channel, is_trial=False)
