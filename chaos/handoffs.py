"""Whether each turn was answered by the agent that the turn before it named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from chaos.agent import NAME, Call


def handoffs_lost(calls: Sequence[Call], *, answered: AbstractSet[tuple[str, int]]) -> list[str]:
    """Turns that another agent ran than the one that answers there. `answered`: turns, each with the run that was sent.

    What a run says counts with its answer: of a turn that ran twice, the run whose answer was stored decides.
    """
    turns: dict[tuple[str, str], dict[str, list[Call]]] = defaultdict(lambda: defaultdict(list))
    for call in calls:
        turns[call.channel, call.person][call.turn].append(call)
    return [lost for conversation in turns.values() for lost in _lost(conversation.values(), answered)]


def _lost(turns: Iterable[Sequence[Call]], answered: AbstractSet[tuple[str, int]]) -> Iterator[str]:
    """Of the turns of one conversation, in the order of their first runs."""
    expected = {NAME}
    for runs in turns:
        agents = {call.agent for call in runs}
        if len(agents) > 1 or not agents <= expected:
            yield f"turn {runs[0].turn} was run by {sorted(agents)} in place of {sorted(expected)}"
        sent = [call for call in runs if (call.turn, call.run) in answered]
        # When nothing was sent, nobody knows whether an answer was stored before the turn became a dead letter.
        expected = {call.hands_to or call.agent for call in sent} or agents | {
            call.hands_to for call in runs if call.hands_to
        }
