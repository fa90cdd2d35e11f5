"""Turns, and how they are answered: once, or to the end."""

from application.outcome import Outcome
from domain.messages import InboundMessage
from domain.turns import Turn
from support.answering import Answering


def held() -> bool:
    """A lease that always holds."""
    return True


def turn_of(*messages: InboundMessage, turn_id: str = "7-0") -> Turn:
    return Turn(id=turn_id, conversation=messages[0].conversation, messages=messages)


async def answer_once(answering: Answering, *, worker: str = "a") -> Outcome:
    """Claim the next ready conversation and answer it under a lease that holds."""
    return await answering.answer(claim=await answering.claim(worker=worker), holds=held)


async def answer_to_the_end(answering: Answering, *, longest: int = 100) -> list[Outcome]:
    """Answer the next conversation, again after each retry or delay, until it is over."""
    outcomes: list[Outcome] = []
    while len(outcomes) < longest:
        outcomes.append(await answer_once(answering))
        if outcomes[-1] not in {Outcome.RETRIED, Outcome.DEFERRED}:
            return outcomes
    raise AssertionError(f"not over: {outcomes}")
