"""Notify the agent and the person of the outcome of a proposal."""

import logging
from collections.abc import Mapping

from attrs import frozen

from application.channels import Channel, Channels, UnknownChannelError
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.inbox import Acceptance, Inbox
from application.proposing.approval_message import ProposalOutcome
from application.sending.render import render
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.outcome import Outcome
from domain.conversations.proposals import Proposal, ProposalState
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.outbound import TextPart
from domain.messages.rich_text import Markdown

# What the agent reads behind the proposal.
WORDS: Mapping[ProposalState, str] = {
    ProposalState.DONE: "was approved and carried out",
    ProposalState.FAILED: "was approved, but it could not be carried out",
    ProposalState.UNDELIVERED: "was approved, but it is not carried out yet",
    ProposalState.APPROVED: "was approved; nobody has said yet that it is carried out",
    ProposalState.REJECTED: "was rejected",
    ProposalState.EXPIRED: "was not approved in time",
}

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class NotifyOutcome:
    """The agent gets a note, which it reads with the next message. With `notifies_people` the person gets a text."""

    channels: Channels
    states: ConversationStates
    inbox: Inbox
    clock: Clock
    notifies_people: bool = True

    async def __call__(self, proposal: Proposal, outcome: ProposalOutcome) -> None:
        """To repeat this does no harm.

        Raises:
            StoreUnavailableError: repeat it.
        """
        detail = outcome.result or proposal.reason
        text = f"{proposal.summary} {WORDS[outcome.state]}{f': {detail}' if detail else ''}"
        note = AgentNote(kind=NoteKind.PROPOSAL, text=text)
        await self.states.note(conversation=proposal.conversation, agent_notes=[note])
        try:
            channel = self.channels[proposal.conversation.channel]
        except UnknownChannelError:  # it was removed from the configuration
            return
        words = outcome.message or _own_words(channel, proposal, outcome.state)
        if words and self.notifies_people:
            await self._write(channel, proposal, outcome.state, words)

    async def _write(self, channel: Channel, proposal: Proposal, state: ProposalState, words: str) -> None:
        now = self.clock.now()
        of_person = await self.states.of(conversation=proposal.conversation)
        if not (of_person.is_reachable and channel.window_open(heard_at=of_person.heard_at, now=now)):
            logger.info("the person of proposal %s gets no text: none may be sent to them now", proposal.id)
            return
        parts = await render(channel, [TextPart(body=Markdown(words))], proposal.person)
        turn = Turn.initiated(
            f"proposal:{proposal.id}:{state}",
            conversation=proposal.conversation,
            reply=Reply(outcome=Outcome.INITIATED, parts=parts, choices=None),
            to=proposal.person,
        )
        if await self.inbox.initiate(turn=turn) is Acceptance.LEFT_OUT:
            logger.warning("the person of proposal %s gets no text: too many messages to them wait", proposal.id)


def _own_words(channel: Channel, proposal: Proposal, state: ProposalState) -> str:
    """Our own text, for an outcome that is certain."""
    texts = channel.texts
    text = {
        ProposalState.DONE: texts.proposal_done,
        ProposalState.FAILED: texts.proposal_failed,
        ProposalState.REJECTED: texts.proposal_rejected,
        ProposalState.EXPIRED: texts.proposal_rejected,
    }.get(state)
    return text.for_person(proposal.person) if text else ""
