"""Compose the reply to a turn: ask the agent, or say why it is not asked."""

import logging

from attrs import evolve, frozen

from application.answering.acknowledge import Acknowledging
from application.answering.agent_input import AgentInput, BuildAgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import ByteBudget
from application.answering.plan_turn import Plan, plan_turn
from application.answering.render_answer import render_answer
from application.answering.route_turn import own_name
from application.answering.run_agent import RunAgent
from application.channels import Channel
from application.ports.clock import Clock
from application.ports.forgetting import OldSession
from application.ports.measurements import Measurements
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn
from application.ports.usage import CountedUsage
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.outcome import Outcome
from domain.conversations.proposals import Proposal
from domain.conversations.reply import Reply
from domain.conversations.routing import Handoff, Routed
from domain.conversations.turn import Turn
from domain.conversations.usage import Usage
from domain.policies.budget import Spending, day_of

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class ComposeReply:
    """Plan the turn, and carry out the plan: ask the agent, send one of our own texts, or send nothing.

    `budget` limits the bytes of files that all turns of this process hold.
    """

    build_input: BuildAgentInput
    run_agent: RunAgent
    runtimes: AgentRuntimes
    budget: ByteBudget
    measurements: Measurements
    clock: Clock

    async def __call__(self, *, begun: BegunTurn, channel: Channel, changes: TurnChanges) -> Reply:
        """The turn's reply; it may have no parts. `changes` gets what must be stored with it.

        After an error `changes` has what must be stored all the same.

        Raises:
            AgentFailedError: the agent gave no answer; whether to ask again is the caller's to decide.
            SendFailedError: ACCOUNT_BLOCKED, and a file of the answer cannot be sent.
            AccountBlockedError: a file of the person cannot be fetched; the agent was not asked.
            StoreUnavailableError: a message that the person refers to, or a transcript, is not known.
        """
        turn = begun.turn
        plan = plan_turn(begun, channel, now=self.clock.now())
        if plan.admission:
            changes.rate_log, changes.keep_seconds = plan.admission.rate_log, plan.admission.keep_seconds
        async with Acknowledging(channel, turn, plan.seen):
            if plan.outcome is Outcome.ANSWERED:
                reply = await self._ask_agent(plan, turn, channel, changes)
            else:
                if plan.noted:
                    await self._note(plan, channel, changes)
                reply = plan.own_reply(channel, turn.person)
        if plan.routed:
            reply = evolve(reply, routed=(*plan.routed, *reply.routed))
        if reply.outcome is Outcome.LOOP:
            logger.warning("%s seems to be a program that answers us: %s", turn.conversation, reply.reason)
        if plan.admission and plan.admission.limited:
            self.measurements.limited(channel=channel.name, messages=len(plan.admission.limited))
        plan.record(reply, changes, before=begun.state, now=self.clock.now())
        if plan.new_session:
            old = channel.session_of(turn.conversation, begun.state)
            # Runtimes, and agents with a memory of their own, do not know of each other.
            agents, now = dict.fromkeys((channel.agent, begun.state.agent or channel.agent)), self.clock.now()
            changes.forget = tuple(OldSession(agent=agent, session_id=old, since=now) for agent in agents)
        if reply.usage:
            changes.usage = self._counted(reply.usage, channel, begun.spent)
        return reply

    def _counted(self, usage: Usage, channel: Channel, spent: Spending) -> CountedUsage:
        warn_from = channel.budget.warn_from(spent) if channel.budget else {}
        return CountedUsage(usage=usage, day=day_of(self.clock.now()), warn_from=warn_from)

    async def _ask_agent(self, plan: Plan, turn: Turn, channel: Channel, changes: TurnChanges) -> Reply:
        """The agent's reply, or our own where the agent can read nothing of the messages."""
        with self.budget.hold() as hold:
            agent_input = await self.build_input(
                messages=plan.messages, channel=channel, state=plan.state, agent=plan.agent, hold=hold
            )
            changes.words = agent_input.words
            if not agent_input.is_readable:
                unreadable = evolve(plan, outcome=Outcome.UNREADABLE, text=channel.texts.unsupported)
                return evolve(unreadable, reason="nothing the agent can read").own_reply(channel, turn.person)
            # Whatever ends the attempt, the next one asks the same agent. An answer needs no other attempt.
            changes.agent = plan.agent
            changes.state |= plan.route_changes
            asked = turn if turn.messages == plan.messages else evolve(turn, messages=plan.messages)
            answer = await self.run_agent(
                plan.agent, turn=asked, channel=channel, state=plan.state, agent_input=agent_input, hold=hold
            )
            changes.agent = ""
        reply = await render_answer(answer, plan, turn, channel)
        if answer.handoff:
            reply = self._hand_off(answer.handoff, reply, channel, changes, agent=answer.agent)
        if answer.proposals:
            changes.proposals = Proposal.of_turn(
                answer.proposals,
                turn_id=turn.id,
                conversation=turn.conversation,
                person=turn.person,
                agent=answer.agent,
                at=self.clock.now(),
            )
        if agent_input.decision:
            changes.agent_notes += _as_notes(agent_input)
        else:
            changes.heard = plan.state.agent_notes
        return reply

    def _hand_off(self, handoff: Handoff, reply: Reply, channel: Channel, changes: TurnChanges, *, agent: str) -> Reply:
        """Keep who answers from the next message on. The reply says it too, for the events."""
        if not handoff.start_session:
            changes.state |= {"agent": "", "agent_rule": "", "answered_session": None}
            return reply
        named = self.runtimes.beside(agent, handoff.agent)
        changes.state["agent"] = own_name(named, channel)
        return evolve(reply, routed=(Routed(agent=named, reason=f"{agent} handed over"),)) if named != agent else reply

    async def _note(self, plan: Plan, channel: Channel, changes: TurnChanges) -> None:
        """Keep the text of these messages for the agent's next turn."""
        with self.budget.hold() as hold:
            agent_input = await self.build_input(messages=plan.noted, channel=channel, state=plan.state, hold=hold)
        changes.words = agent_input.words
        changes.agent_notes += _as_notes(agent_input)


def _as_notes(agent_input: AgentInput) -> tuple[AgentNote, ...]:
    """What the messages say, for the agent's next turn."""
    return tuple(AgentNote(kind=NoteKind.MESSAGE, text=text) for text in agent_input.messages)
