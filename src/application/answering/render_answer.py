"""Make the reply to a turn from an agent's answer."""

import logging

from application.agent_markup.answer import AgentReply
from application.answering.plan_turn import Plan
from application.channels import Channel
from application.sending.render import render, render_text
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.conversations.usage import Usage
from domain.messages.outbound import Part, offered_last
from domain.policies.retry import loggable

logger = logging.getLogger(__name__)


async def render_answer(answer: AgentReply[Part], plan: Plan, turn: Turn, channel: Channel) -> Reply:
    """The answer as the channel shows it, with the notice about messages over the rate limit."""
    for problem in answer.problems:
        logger.warning(
            "part of the answer of agent %s in turn %s cannot be shown: %s",
            answer.agent,
            turn.id,
            loggable(problem),
        )
    hands_over = answer.hand_over is not None
    parts = await render(channel, answer.parts, turn.person)
    if not (parts or answer.comes_later):
        parts = render_text(channel, channel.texts.handed_over if hands_over else channel.texts.error, turn.person)
    notice = render_text(channel, plan.notice, turn.person) if plan.notice else ()
    return Reply(
        outcome=Outcome.ANSWERED,
        parts=parts + notice,
        reason="; ".join(
            filter(
                None,
                (
                    plan.reason,
                    *answer.problems,
                    "handed over" if hands_over else "",
                    "the agent answers later" if answer.comes_later else "",
                ),
            )
        ),
        hands_over=hands_over,
        choices=None if answer.comes_later else offered_last(answer.parts),
        usage=Usage(agent=answer.agent, models=answer.usage) if answer.usage else None,
    )
