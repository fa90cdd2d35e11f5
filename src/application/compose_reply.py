"""Find out what a turn is to be answered: ask the agent, or say why not."""

import logging
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from application.acknowledge import acknowledged
from application.admit_messages import Admission, AdmitMessages
from application.channels import Channel
from application.ports.agent import AgentAnswer, AgentPort
from application.ports.clock import Clock
from application.ports.standings import StandingChanges, Standings
from application.read_turn import Reading, ReadTurn
from application.speak import speak, told
from domain.messages import InboundMessage
from domain.parts import Part, offered
from domain.replies import Reply, ReplyKind
from domain.spoken import Spoken, read_answer
from domain.staleness import StalePolicy
from domain.standing import MOST_REMARKS, Standing
from domain.turns import Turn

logger = logging.getLogger(__name__)

type Composed = tuple[Reply, StandingChanges]


@frozen(kw_only=True)
class ComposeReply:
    """Apply what stands between the person and the agent, run the agent for what passes, and put its words into form.

    That is: a human who has taken over, the person's own commands, the rate limit.
    """

    admit: AdmitMessages
    read: ReadTurn
    agent: AgentPort
    standings: Standings
    clock: Clock

    async def __call__(self, *, turn: Turn, channel: Channel) -> Reply:
        """The turn's reply; its parts may be none.

        Raises:
            AgentFailedError: no answer; whether to ask again is the caller's to decide.
            StoreUnavailableError: the limit, or the standing of the conversation, is not known.
        """
        standing = await self.standings.of(conversation=turn.conversation)
        reply, changes = await self._decide(turn, channel, standing)
        heard_at = max(standing.heard_at or 0, *(message.sent_at for message in turn.messages))
        changes["heard_at"] = heard_at
        await self.standings.change(conversation=turn.conversation, **changes)
        return reply

    async def _decide(self, turn: Turn, channel: Channel, standing: Standing) -> Composed:
        now = self.clock.now()
        if standing.with_human(now=now):
            return await self._keep(turn, channel, standing, ReplyKind.HELD, "a human answers")
        if channel.staleness.applies(turn.messages[-1], now=now):
            return _stale(turn, channel), {}
        if all(message.is_remark for message in turn.messages):
            return await self._keep(turn, channel, standing, ReplyKind.NOTED, "nothing was asked")
        if any(channel.commands.is_human(message) for message in turn.messages):
            return _handed_over(turn, channel, "the person asked for a human"), self._to_human(channel)
        return await self._obey(turn, channel, standing)

    async def _keep(self, turn: Turn, channel: Channel, standing: Standing, kind: ReplyKind, reason: str) -> Composed:
        """Say nothing, and let the agent hear of it with the next message it gets."""
        reading = await self.read(messages=turn.messages, channel=channel, standing=standing, sees=False)
        remarks = tuple(reading.query.split("\n"))[-MOST_REMARKS:]
        return Reply(kind=kind, reason=reason), {"remarks": remarks}

    async def _obey(self, turn: Turn, channel: Channel, standing: Standing) -> Composed:
        """A command for a fresh start cuts off what came before it."""
        starts = [at for at, message in enumerate(turn.messages) if channel.commands.is_new_session(message)]
        if not starts:
            return await self._answer(turn, channel, standing)
        fresh = Standing(session=standing.session + 1)
        cleared = StandingChanges(session=fresh.session, remarks=(), choices=())
        rest = turn.messages[starts[-1] + 1 :]
        if rest:
            reply, changes = await self._answer(evolve(turn, messages=rest), channel, fresh)
            return reply, cleared | changes
        parts = told(channel, channel.texts.new_session, turn.person)
        return Reply(kind=ReplyKind.COMMAND, parts=parts, reason="a fresh start"), cleared

    async def _answer(self, turn: Turn, channel: Channel, standing: Standing) -> Composed:
        admission = await self.admit(turn=turn, policy=channel.rate_limit)
        notice = told(channel, channel.texts.please_wait, turn.person) if admission.notice_due else ()
        if not admission.admitted:
            return Reply(kind=ReplyKind.LIMITED, parts=notice, reason=_limited(admission)), {}
        sees = self.agent.sees
        reading = await self.read(messages=admission.admitted, channel=channel, standing=standing, sees=sees)
        if not reading.readable:
            unsupported = told(channel, channel.texts.unsupported, turn.person)
            return Reply(kind=ReplyKind.UNREADABLE, parts=unsupported + notice, reason="nothing the agent can read"), {}
        answer = await self._ask(turn, channel, standing, admission.admitted, reading)
        spoken = read_answer(answer.text, data=answer.data, message_ids=[message.id for message in admission.admitted])
        return self._said(turn, channel, spoken, notice, _limited(admission))

    async def _ask(
        self, turn: Turn, channel: Channel, standing: Standing, messages: Sequence[InboundMessage], reading: Reading
    ) -> AgentAnswer:
        async with acknowledged(channel, messages[-1]):
            return await self.agent.run(
                agent=channel.agent,
                query=reading.query,
                session_id=channel.session_of(turn.conversation, standing),
                context=_context(turn, messages),
                images=reading.images,
            )

    def _said(self, turn: Turn, channel: Channel, spoken: Spoken, notice: tuple[Part, ...], limited: str) -> Composed:
        for problem in spoken.problems:
            logger.warning("agent %s misspoke in turn %s: %s", channel.agent, turn.id, problem)
        changes: StandingChanges = {"remarks": (), "choices": next(filter(None, map(offered, spoken.parts[::-1])), ())}
        parts = speak(channel, spoken.parts)
        if spoken.hand_over is not None:
            changes |= self._to_human(channel)
            parts = parts or told(channel, channel.texts.handed_over, turn.person)
        parts = parts or told(channel, channel.texts.error, turn.person)
        reason = "; ".join(filter(None, (limited, *spoken.problems, spoken.hand_over and "handed over")))
        hands_over = spoken.hand_over is not None
        return Reply(kind=ReplyKind.ANSWER, parts=parts + notice, reason=reason, hands_over=hands_over), changes

    def _to_human(self, channel: Channel) -> StandingChanges:
        return {"human_until": self.clock.now() + channel.human_seconds}

    def apology(self, *, turn: Turn, channel: Channel, reason: str) -> Reply:
        """What the person is told when there will be no answer; `reason` is for the operator."""
        return Reply(kind=ReplyKind.APOLOGY, parts=told(channel, channel.texts.error, turn.person), reason=reason)


def _stale(turn: Turn, channel: Channel) -> Reply:
    """Judged by the latest message: who writes again is answered, with what was said before."""
    apologise = channel.staleness.policy is StalePolicy.APOLOGISE
    late = told(channel, channel.texts.late, turn.person) if apologise else ()
    return Reply(kind=ReplyKind.STALE, parts=late, reason=f"older than {channel.staleness.after_seconds:.0f} s")


def _handed_over(turn: Turn, channel: Channel, reason: str) -> Reply:
    parts = told(channel, channel.texts.handed_over, turn.person)
    return Reply(kind=ReplyKind.COMMAND, parts=parts, reason=reason, hands_over=True)


def _limited(admission: Admission) -> str:
    return f"{len(admission.limited)} over the rate limit" if admission.limited else ""


def _context(turn: Turn, messages: Sequence[InboundMessage]) -> Mapping[str, object]:
    known = {"contact_name": turn.person.name} if turn.person.name else {}
    return {
        **known,
        "channel": turn.conversation.channel,
        "user": turn.conversation.user,
        "message_ids": [message.id for message in messages],
        "turn_id": turn.id,
    }
