"""Plan a turn: whether the agent answers it, with which messages, or which text is sent without the agent."""

from collections.abc import Mapping, Sequence
from itertools import chain

from attrs import evolve, field, frozen

from application.answering.apply_rate_limit import Admission, apply_rate_limit
from application.answering.route_turn import route_turn
from application.channels import Channel
from application.ports.conversation_states import StateChanges
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn
from application.sending.render import render_text
from domain.conversations.loops import LoopPolicy, Rounds
from domain.conversations.outcome import Outcome
from domain.conversations.person_commands import Command
from domain.conversations.reply import Reply
from domain.conversations.routing import Route, Routed
from domain.conversations.state import ConversationState
from domain.messages.edits import apply_edits
from domain.messages.inbound import InboundMessage, shared_phone
from domain.messages.localized_texts import LocalizedText
from domain.people.person import Person
from domain.policies.budget import day_of
from domain.policies.staleness import StalePolicy


@frozen(kw_only=True)
class Plan:
    """How a turn is answered.

    With the outcome ANSWERED, `agent` answers `messages`, with the conversation in this `state`. With any other outcome
    it is not asked: `text` is sent, if there is one, and `noted` are the messages that it reads with its next turn.
    `notice` is sent in any case, at the end. Where the conversation gets another agent, `routed` says so, and
    `route_changes` are what its state keeps of that. `seen` is the message that is shown as read, if any. `rounds`,
    `new_session`, `admission` and `sends_budget_notice` are what the turn changes.
    """

    outcome: Outcome
    reason: str = ""
    text: LocalizedText | None = None
    notice: LocalizedText | None = None
    hands_over: bool = False
    seen: InboundMessage | None = None
    messages: tuple[InboundMessage, ...] = ()
    noted: tuple[InboundMessage, ...] = ()
    state: ConversationState
    loops: LoopPolicy | None = None
    rounds: Rounds = field(factory=Rounds)
    new_session: bool = False
    admission: Admission | None = None
    sends_budget_notice: bool = False
    agent: str = ""
    routed: tuple[Routed, ...] = ()
    route_changes: StateChanges = field(factory=StateChanges)

    def own_reply(self, channel: Channel, person: Person) -> Reply:
        """The reply without the agent: `text` and `notice`, each if there is one."""
        texts = (text for text in (self.text, self.notice) if text)
        parts = tuple(chain.from_iterable(render_text(channel, text, person) for text in texts))
        return Reply(outcome=self.outcome, parts=parts, reason=self.reason, hands_over=self.hands_over)

    def record(self, reply: Reply, changes: TurnChanges, *, before: ConversationState, now: float) -> None:
        """Add to `changes` what is stored together with the reply. `before`: the state when the turn began."""
        if self.loops and self.outcome is Outcome.LOOP:
            changes.state |= {"loop_until": now + self.loops.rest_seconds, "quick_rounds": 0}
        if self.loops and self.seen and reply.parts:
            changes.state |= {"answered_at": now, "quick_rounds": self.rounds.quick}
            if before.loop_until is not None:
                changes.state["loop_until"] = None
        if self.new_session:
            changes.state |= {"session": before.session + 1, "choices": ()}
            changes.heard = before.agent_notes
        if self.sends_budget_notice:
            changes.state["budget_notice_at"] = now
        # What the agent itself has said of it counts more.
        changes.state = self.route_changes | changes.state
        if reply.outcome is Outcome.ANSWERED and before.answered_session != self.state.session:
            changes.state.setdefault("answered_session", self.state.session)
        if self.state.shared_phone != before.shared_phone:
            changes.state["shared_phone"] = self.state.shared_phone
        if (self.hands_over or self.outcome is Outcome.HELD) and before.asks_confirmation:
            # They write to a human now: a later yes is no answer to the agent's question.
            changes.state["choices"] = ()


def plan_turn(begun: BegunTurn, channel: Channel, *, now: float) -> Plan:
    """Plan a turn that has no reply yet, from what the store knows about its conversation.

    The first of these that applies decides: a human answers, nothing is asked, the messages are stale, the other side
    is a program, the person gives a command, the rate limit, the budget. Otherwise the agent answers.
    """
    if shared := shared_phone(begun.turn.messages):
        begun = evolve(begun, state=evolve(begun.state, shared_phone=shared))
    messages = tuple([message for message in apply_edits(begun.turn.messages) if not message.is_blank])
    questions = [message for message in messages if not message.is_annotation]
    given = {message.id: command for message in questions if (command := channel.commands.given(message))}
    if channel.loops and questions:
        rounds = channel.loops.judge(questions, commands=channel.commands, state=begun.state, now=now)
    else:
        rounds = Rounds()
    if case := _silent_case(begun, questions, rounds, channel, now=now):
        outcome, reason, text = case
        noted = () if outcome is Outcome.STALE else messages
        plan = Plan(outcome=outcome, reason=reason, text=text, noted=noted, state=begun.state, loops=channel.loops)
    elif Command.HUMAN in given.values():
        plan = Plan(
            outcome=Outcome.COMMAND,
            reason="the person asked for a human",
            text=channel.texts.handed_over,
            hands_over=True,
            seen=questions[-1],
            noted=tuple(message for message in messages if message.id not in given),
            state=begun.state,
            loops=channel.loops,
            rounds=rounds,
        )
    else:
        plan = _plan_within_limit(messages, given, rounds, begun, channel, seen=questions[-1])
        if plan.outcome is Outcome.ANSWERED and channel.budget:
            plan = _plan_within_budget(plan, begun, channel, now=now)
    return plan


def _silent_case(
    begun: BegunTurn, questions: Sequence[InboundMessage], rounds: Rounds, channel: Channel, *, now: float
) -> tuple[Outcome, str, LocalizedText | None] | None:
    """Outcome, reason and text when the person hears nothing, or only that it is too late."""
    if begun.state.with_human(now=now):
        return Outcome.HELD, "a human answers", None
    if not questions:
        return Outcome.NOTED, "nothing was asked", None
    # Judged by the latest message: a person who writes again is answered, also to what they wrote before.
    if channel.staleness.applies(begun.turn.messages[-1], now=now):
        late = channel.texts.late if channel.staleness.policy is StalePolicy.APOLOGISE else None
        return Outcome.STALE, f"older than {channel.staleness.after_seconds:.0f} s", late
    if rounds.is_loop and begun.state.in_loop(now=now):
        return Outcome.HELD, "it seems to be a program that answers us", None
    if rounds.is_loop:
        rest_seconds = channel.loops.rest_seconds if channel.loops else 0
        too_quick = f"{rounds.quick} answers came back faster than a person types"
        return Outcome.LOOP, f"{too_quick}: not answered for {rest_seconds:.0f} s", None
    return None


def _plan_within_limit(
    messages: tuple[InboundMessage, ...],
    given: Mapping[str, Command],
    rounds: Rounds,
    begun: BegunTurn,
    channel: Channel,
    *,
    seen: InboundMessage,
) -> Plan:
    """Apply the rate limit. A command for a new session cuts off what came before it.

    Who only begins to use a bot is welcomed. Otherwise the agent answers what was said beside that. `given` are the
    commands among the messages, by the ids of these.
    """
    new_sessions = [at for at, message in enumerate(messages) if given.get(message.id) is Command.NEW_SESSION]
    rest = messages[new_sessions[-1] + 1 :] if new_sessions else None
    asked = rest or messages
    admission = apply_rate_limit(begun.turn.id, asked, channel.rate_limit, log=begun.rate_log)
    only_command = rest is not None and not rest
    said = tuple([message for message in admission.admitted if given.get(message.id) is not Command.START])
    only_start = len(said) < len(admission.admitted) and all(message.is_annotation for message in said)
    outcome, text = Outcome.ANSWERED, None
    reason = f"{len(admission.limited)} over the rate limit" if admission.limited else ""
    notice = channel.texts.please_wait if admission.notice_due else None
    if not admission.admitted or (only_command and asked[-1] in admission.limited):
        outcome = Outcome.LIMITED
    elif only_command:
        outcome, reason, text, notice = Outcome.COMMAND, "a new session", channel.texts.new_session, None
    elif only_start:
        outcome, reason, text = Outcome.COMMAND, "the person began", channel.texts.welcome
    state, route, noted = begun.state if rest is None else begun.state.new_session(), None, messages[:0]
    if outcome is Outcome.ANSWERED and (channel.routing or state.agent or begun.turn.agent):
        route = route_turn(begun.turn, admission.admitted, channel, state)
        if route.text:
            outcome, reason, text = Outcome.ROUTED, f"rule {route.changed_by}", route.text
            noted = admission.admitted
    changes = _route_changes(begun, route or state.route) if route or rest is not None else StateChanges()
    return Plan(
        outcome=outcome,
        reason=reason,
        text=text,
        notice=notice,
        seen=seen,
        messages=said,
        noted=noted,
        state=state,
        agent=(route.agent if route else "") or channel.agent,
        routed=_routed(changes, route, channel) if "agent" in changes else (),
        route_changes=changes,
        loops=channel.loops,
        rounds=rounds,
        new_session=rest is not None,
        admission=admission,
    )


def _route_changes(begun: BegunTurn, route: Route) -> StateChanges:
    """What the state of the conversation keeps of its route, where that is new."""
    changes: StateChanges = {}
    # When the turn is tried again, this is stored already. Meanwhile an operator may have chosen another agent.
    if route.agent != begun.state.agent and not begun.turn.agent:
        changes["agent"] = route.agent
    if route.rule != begun.state.agent_rule:
        changes["agent_rule"] = route.rule
    return changes


def _routed(changes: StateChanges, route: Route | None, channel: Channel) -> tuple[Routed, ...]:
    """That the conversation gets another agent."""
    reason = f"rule {route.changed_by}" if route and route.changed_by else "a new session"
    return (Routed(agent=changes["agent"] or channel.agent, reason=reason),)


def _plan_within_budget(plan: Plan, begun: BegunTurn, channel: Channel, *, now: float) -> Plan:
    """The plan, or no run of the agent when a budget is used up. The person is told so once a day."""
    exceeded = channel.budget.exceeded(begun.spent) if channel.budget else None
    if exceeded is None:
        return plan
    scope, limit = exceeded
    notice_at = begun.state.budget_notice_at
    was_sent = notice_at is not None and day_of(notice_at) == day_of(now)
    return evolve(
        plan,
        outcome=Outcome.OVER_BUDGET,
        reason=f"the budget of the {scope} is used up: {limit:g} a day",
        text=None if was_sent else channel.texts.over_budget,
        sends_budget_notice=not was_sent,
    )
