"""Find out what a turn is to be answered: ask the agent, or say why not."""

import logging
from collections.abc import Sequence

from attrs import evolve, field, frozen

from application.agent_markup.answer import AgentReply
from application.answering.acknowledge import acknowledged
from application.answering.agent_input import BuildAgentInput
from application.answering.apply_rate_limit import Admission, ApplyRateLimit
from application.answering.run_agent import run_agent
from application.channels import Channel
from application.ports.agent import AgentPort
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates, StateChanges
from application.sending.render import render, told
from domain.conversations.loops import LoopPolicy, Rounds
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.edits import apply_edits
from domain.messages.inbound import InboundMessage
from domain.messages.parts import Part, offered_last
from domain.policies.retry import loggable
from domain.policies.staleness import StalePolicy

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class Composed:
    """A reply, what it changes, and the remarks that the agent has `heard`."""

    reply: Reply
    changes: StateChanges = field(factory=StateChanges)
    heard: tuple[str, ...] = ()


@frozen(kw_only=True)
class ComposeReply:
    """Apply what stands between the person and the agent, run the agent for what passes, and put its words into form.

    That is: a human who has taken over, the person's own commands, the rate limit.
    """

    admit: ApplyRateLimit
    read: BuildAgentInput
    agent: AgentPort
    states: ConversationStates
    clock: Clock

    async def __call__(self, *, turn: Turn, channel: Channel) -> Reply:
        """The turn's reply; its parts may be none.

        Raises:
            AgentFailedError: no answer; whether to ask again is the caller's to decide.
            SendFailedError: NUMBER_STOPPED, and a file of the answer cannot be sent while it is.
            NumberStoppedError: a file of the person's cannot be fetched while it is; the agent was not asked.
            StoreUnavailableError: the limit, or the standing of the conversation, is not known.
        """
        state = await self.states.of(conversation=turn.conversation)
        composed = await self._decide(turn, channel, state)
        if composed.changes or composed.heard:
            await self.states.change(conversation=turn.conversation, heard=composed.heard, **composed.changes)
        return composed.reply

    async def _decide(self, turn: Turn, channel: Channel, state: ConversationState) -> Composed:
        now = self.clock.now()
        messages = tuple(message for message in apply_edits(turn.messages) if not message.is_blank)
        asked = [message for message in messages if not message.is_annotation]
        if state.with_human(now=now):
            await self._note(turn, messages, channel, state)
            return Composed(reply=Reply(outcome=Outcome.HELD, reason="a human answers"))
        if not asked:
            await self._note(turn, messages, channel, state)
            return Composed(reply=Reply(outcome=Outcome.NOTED, reason="nothing was asked"))
        if channel.staleness.applies(turn.messages[-1], now=now):
            return Composed(reply=_stale(turn, channel))
        if channel.loops is None:
            return await self._answer_as_asked(evolve(turn, messages=messages), channel, state, asked[-1])
        rounds = channel.loops.judge(asked, commands=channel.commands, state=state, now=now)
        if rounds.is_loop:
            await self._note(turn, messages, channel, state)
            return _left_alone(turn, channel.loops, rounds, state, now)
        composed = await self._answer_as_asked(evolve(turn, messages=messages), channel, state, asked[-1])
        counted: StateChanges = {
            "answered_at": self.clock.now(),
            "quick_rounds": rounds.quick,
            "loop_until": None,
            **composed.changes,
        }
        return evolve(composed, changes=counted) if composed.reply.parts else composed

    async def _answer_as_asked(
        self, turn: Turn, channel: Channel, state: ConversationState, latest: InboundMessage
    ) -> Composed:
        async with acknowledged(channel, latest):
            return await self._run_commands(turn, channel, state)

    async def _note(
        self, turn: Turn, messages: Sequence[InboundMessage], channel: Channel, state: ConversationState
    ) -> None:
        """Let the agent hear of these with the next message it gets."""
        async with self.read(messages=messages, channel=channel, state=state, supports_images=False) as reading:
            await self.states.note(conversation=turn.conversation, agent_notes=reading.said)

    async def _run_commands(self, turn: Turn, channel: Channel, state: ConversationState) -> Composed:
        """A command for a fresh start cuts off what came before it."""
        if any(channel.commands.is_human(message) for message in turn.messages):
            return await self._hand_over(turn, channel, state)
        starts = [at for at, message in enumerate(turn.messages) if channel.commands.is_new_session(message)]
        if not starts:
            return await self._answer(turn, channel, state)
        fresh = evolve(state, session=state.session + 1, agent_notes=(), left_out=0, choices=())
        rest = turn.messages[starts[-1] + 1 :]
        if rest:
            composed = await self._answer(evolve(turn, messages=rest), channel, fresh)
        else:
            composed = await self._greet(turn, channel)
        changes: StateChanges = {"session": fresh.session, "choices": (), **composed.changes}
        return evolve(composed, changes=changes, heard=state.agent_notes)

    async def _hand_over(self, turn: Turn, channel: Channel, state: ConversationState) -> Composed:
        others = [message for message in turn.messages if not channel.commands.include(message)]
        await self._note(turn, others, channel, state)
        parts = told(channel, channel.texts.handed_over, turn.person)
        reply = Reply(outcome=Outcome.COMMAND, parts=parts, reason="the person asked for a human", hands_over=True)
        return Composed(reply=reply)

    async def _greet(self, turn: Turn, channel: Channel) -> Composed:
        """Within the limit: what is said may cost."""
        admission = await self.admit(turn=turn, policy=channel.rate_limit)
        if turn.messages[-1] in admission.limited:
            return Composed(reply=_limited_reply(turn, channel, admission))
        parts = told(channel, channel.texts.new_session, turn.person)
        return Composed(reply=Reply(outcome=Outcome.COMMAND, parts=parts, reason="a fresh start"))

    async def _answer(self, turn: Turn, channel: Channel, state: ConversationState) -> Composed:
        admission = await self.admit(turn=turn, policy=channel.rate_limit)
        if not admission.admitted:
            return Composed(reply=_limited_reply(turn, channel, admission))
        notice = _notice(turn, channel, admission)
        admitted = evolve(turn, messages=admission.admitted)
        async with self.read(
            messages=admitted.messages, channel=channel, state=state, supports_images=self.agent.supports_images
        ) as reading:
            if not reading.readable:
                unsupported = told(channel, channel.texts.unsupported, turn.person)
                reason = "nothing the agent can read"
                return Composed(reply=Reply(outcome=Outcome.UNREADABLE, parts=unsupported + notice, reason=reason))
            spoken = await run_agent(
                self.agent,
                turn=admitted,
                channel=channel,
                state=state,
                reading=reading,
                budget=self.read.files.budget,
            )
        reply = await _said(turn, channel, spoken, notice, _limited(admission))
        return Composed(reply=reply, heard=state.agent_notes)

    def apology(self, *, turn: Turn, channel: Channel, reason: str) -> Reply:
        """What the person is told when there will be no answer; `reason` is for the operator."""
        return Reply(outcome=Outcome.FAILED, parts=told(channel, channel.texts.error, turn.person), reason=reason)


def _stale(turn: Turn, channel: Channel) -> Reply:
    """Judged by the latest message: who writes again is answered, with what was said before."""
    apologise = channel.staleness.policy is StalePolicy.APOLOGISE
    late = told(channel, channel.texts.late, turn.person) if apologise else ()
    return Reply(outcome=Outcome.STALE, parts=late, reason=f"older than {channel.staleness.after_seconds:.0f} s")


def _left_alone(turn: Turn, loops: LoopPolicy, rounds: Rounds, state: ConversationState, now: float) -> Composed:
    """Nothing is said to what seems to be a program that answers us; the first time, operators are told of it."""
    if state.in_loop(now=now):
        return Composed(reply=Reply(outcome=Outcome.HELD, reason="it seems to be a program that answers us"))
    seconds = f"{loops.rest_seconds:.0f}"
    reason = f"{rounds.quick} answers came back faster than a person types: not answered for {seconds} s"
    logger.warning("%s seems to be a program that answers us: %s", turn.conversation, reason)
    changes: StateChanges = {"loop_until": now + loops.rest_seconds, "quick_rounds": 0}
    return Composed(reply=Reply(outcome=Outcome.LOOP, reason=reason), changes=changes)


def _limited_reply(turn: Turn, channel: Channel, admission: Admission) -> Reply:
    return Reply(outcome=Outcome.LIMITED, parts=_notice(turn, channel, admission), reason=_limited(admission))


def _notice(turn: Turn, channel: Channel, admission: Admission) -> tuple[Part, ...]:
    return told(channel, channel.texts.please_wait, turn.person) if admission.notice_due else ()


def _limited(admission: Admission) -> str:
    return f"{len(admission.limited)} over the rate limit" if admission.limited else ""


async def _said(
    turn: Turn, channel: Channel, spoken: AgentReply[Part], notice: tuple[Part, ...], limited: str
) -> Reply:
    for problem in spoken.problems:
        logger.warning(
            "not all that agent %s said in turn %s can be shown: %s", channel.agent, turn.id, loggable(problem)
        )
    hands_over = spoken.hand_over is not None
    parts = await render(channel, spoken.parts, turn.person)
    parts = parts or told(channel, channel.texts.handed_over if hands_over else channel.texts.error, turn.person)
    return Reply(
        outcome=Outcome.ANSWERED,
        parts=parts + notice,
        reason="; ".join(filter(None, (limited, *spoken.problems, "handed over" if hands_over else ""))),
        hands_over=hands_over,
        choices=offered_last(spoken.parts),
    )
