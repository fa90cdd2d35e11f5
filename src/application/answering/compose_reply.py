"""Compose the reply to a turn: ask the agent, or say why it is not asked."""

import logging
from collections.abc import Sequence

from attrs import evolve, frozen

from application.answering.acknowledge import acknowledged
from application.answering.agent_input import BuildAgentInput
from application.answering.apply_rate_limit import ApplyRateLimit
from application.answering.run_agent import run_agent
from application.channels import Channel
from application.ports.agent import AgentPort
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates, StateChanges
from application.sending.render import render, render_text
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.loops import Rounds
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.edits import apply_edits
from domain.messages.inbound import InboundMessage
from domain.messages.parts import offered_last
from domain.policies.retry import loggable
from domain.policies.staleness import StalePolicy

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class ComposeReply:
    """Decide whether the agent is asked at all, run the person's commands, apply the rate limit, ask the agent."""

    admit: ApplyRateLimit
    build_input: BuildAgentInput
    agent: AgentPort
    states: ConversationStates
    clock: Clock

    async def __call__(self, *, turn: Turn, channel: Channel) -> Reply:
        """The turn's reply; it may have no parts.

        Raises:
            AgentFailedError: the agent gave no answer; whether to ask again is the caller's to decide.
            SendFailedError: ACCOUNT_BLOCKED, and a file of the answer cannot be sent.
            AccountBlockedError: a file of the person cannot be fetched; the agent was not asked.
            StoreUnavailableError: the rate limit, or the state of the conversation, is not known.
        """
        now = self.clock.now()
        state = await self.states.of(conversation=turn.conversation)
        messages = tuple(message for message in apply_edits(turn.messages) if not message.is_blank)
        questions = [message for message in messages if not message.is_annotation]
        rounds = Rounds()
        if channel.loops and questions:
            rounds = channel.loops.judge(questions, commands=channel.commands, state=state, now=now)
        reply = _without_agent(turn, questions, channel, state, rounds, now=now)
        if reply is None:
            asked = evolve(turn, messages=messages)
            async with acknowledged(channel, questions[-1]):
                reply = await self._answer(asked, channel, state)
            await self._record_answer(asked, channel, state, rounds, reply)
        elif reply.outcome is not Outcome.STALE:
            await self._note(turn, messages, channel, state)
        if reply.outcome is Outcome.LOOP and channel.loops:
            logger.warning("%s seems to be a program that answers us: %s", turn.conversation, reply.reason)
            until = now + channel.loops.rest_seconds
            await self.states.change(conversation=turn.conversation, loop_until=until, quick_rounds=0)
        return reply

    async def _answer(self, turn: Turn, channel: Channel, state: ConversationState) -> Reply:
        """Apply commands and the rate limit. Messages before a command for a new session are dropped."""
        texts, person = channel.texts, turn.person
        if any(map(channel.commands.is_human, turn.messages)):
            others = [message for message in turn.messages if not channel.commands.include(message)]
            await self._note(turn, others, channel, state)
            parts = render_text(channel, texts.handed_over, person)
            return Reply(outcome=Outcome.COMMAND, parts=parts, reason="the person asked for a human", hands_over=True)
        rest = channel.commands.after_new_session(turn.messages)
        if rest is not None:
            state = state.new_session()
        admission = await self.admit(
            turn=evolve(turn, messages=tuple(rest or turn.messages)), policy=channel.rate_limit
        )
        notice = render_text(channel, texts.please_wait, person) if admission.notice_due else ()
        limited = f"{len(admission.limited)} over the rate limit" if admission.limited else ""
        only_command = rest is not None and not rest
        if not admission.admitted or (only_command and turn.messages[-1] in admission.limited):
            return Reply(outcome=Outcome.LIMITED, parts=notice, reason=limited)
        if only_command:
            parts = render_text(channel, texts.new_session, person)
            return Reply(outcome=Outcome.COMMAND, parts=parts, reason="a new session")
        admitted = evolve(turn, messages=admission.admitted)
        async with self.build_input(
            messages=admitted.messages, channel=channel, state=state, supports_images=self.agent.supports_images
        ) as agent_input:
            if not agent_input.is_readable:
                parts = render_text(channel, texts.unsupported, person) + notice
                return Reply(outcome=Outcome.UNREADABLE, parts=parts, reason="nothing the agent can read")
            budget = self.build_input.files.budget
            answer = await run_agent(
                self.agent, turn=admitted, channel=channel, state=state, agent_input=agent_input, budget=budget
            )
        for problem in answer.problems:
            logger.warning(
                "part of the answer of agent %s in turn %s cannot be shown: %s",
                channel.agent,
                turn.id,
                loggable(problem),
            )
        hands_over = answer.hand_over is not None
        parts = await render(channel, answer.parts, person)
        parts = parts or render_text(channel, texts.handed_over if hands_over else texts.error, person)
        return Reply(
            outcome=Outcome.ANSWERED,
            parts=parts + notice,
            reason="; ".join(filter(None, (limited, *answer.problems, "handed over" if hands_over else ""))),
            hands_over=hands_over,
            choices=offered_last(answer.parts),
        )

    async def _note(
        self, turn: Turn, messages: Sequence[InboundMessage], channel: Channel, state: ConversationState
    ) -> None:
        """Keep what these say for the agent's next turn."""
        async with self.build_input(
            messages=messages, channel=channel, state=state, supports_images=False
        ) as agent_input:
            notes = [AgentNote(kind=NoteKind.MESSAGE, text=text) for text in agent_input.messages]
            await self.states.note(conversation=turn.conversation, agent_notes=notes)

    async def _record_answer(
        self,
        turn: Turn,
        channel: Channel,
        state: ConversationState,
        rounds: Rounds,
        reply: Reply,
    ) -> None:
        """Record a new session, the round that ends with this reply, and the notes that the agent has read."""
        changes: StateChanges = {}
        if channel.loops and reply.parts:
            changes = {"answered_at": self.clock.now(), "quick_rounds": rounds.quick, "loop_until": None}
        asks_human = any(map(channel.commands.is_human, turn.messages))
        has_new_session = not asks_human and channel.commands.after_new_session(turn.messages) is not None
        if has_new_session:
            changes |= {"session": state.new_session().session, "choices": ()}
        heard = state.agent_notes if has_new_session or reply.outcome is Outcome.ANSWERED else ()
        if changes or heard:
            await self.states.change(conversation=turn.conversation, heard=heard, **changes)


def _without_agent(
    turn: Turn,
    questions: Sequence[InboundMessage],
    channel: Channel,
    state: ConversationState,
    rounds: Rounds,
    *,
    now: float,
) -> Reply | None:
    """The reply when the agent is not asked; None when it is."""
    if state.with_human(now=now):
        return Reply(outcome=Outcome.HELD, reason="a human answers")
    if not questions:
        return Reply(outcome=Outcome.NOTED, reason="nothing was asked")
    # Judged by the latest message: a person who writes again is answered, also to what they wrote before.
    if channel.staleness.applies(turn.messages[-1], now=now):
        apologise = channel.staleness.policy is StalePolicy.APOLOGISE
        late = render_text(channel, channel.texts.late, turn.person) if apologise else ()
        return Reply(outcome=Outcome.STALE, parts=late, reason=f"older than {channel.staleness.after_seconds:.0f} s")
    if channel.loops and rounds.is_loop:
        if state.in_loop(now=now):
            return Reply(outcome=Outcome.HELD, reason="it seems to be a program that answers us")
        seconds = f"{channel.loops.rest_seconds:.0f}"
        reason = f"{rounds.quick} answers came back faster than a person types: not answered for {seconds} s"
        return Reply(outcome=Outcome.LOOP, reason=reason)
    return None


def apology(*, turn: Turn, channel: Channel, reason: str) -> Reply:
    """What the person gets when there will be no answer; `reason` is for the operator."""
    parts = render_text(channel, channel.texts.error, turn.person)
    return Reply(outcome=Outcome.FAILED, parts=parts, reason=reason)
