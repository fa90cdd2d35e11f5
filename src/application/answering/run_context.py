"""The context of a run: what the agent and its tools know beside the text of the turn (see docs/agents.md)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from application.answering.agent_input import AgentInput
from application.channels import Channel
from application.ports.message_log import Remembered
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn


def run_context(
    turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput
) -> Mapping[str, object]:
    """JSON data, which is the same each time the turn is tried."""
    known = {"contact_name": turn.person.name} if turn.person.name else {}
    chosen = {"choice_ids": [choice.id for choice in agent_input.choices]} if agent_input.choices else {}
    return {
        **known,
        **chosen,
        "channel": turn.conversation.channel,
        "channel_type": channel.messenger.capabilities.type,
        "channel_limits": channel.messenger.capabilities.describe(),
        "user": turn.conversation.user,
        "message_ids": [message.id for message in turn.messages],
        "turn_id": turn.id,
        **_makers_keys(turn, channel, state, agent_input),
    }


def _makers_keys(
    turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput
) -> Mapping[str, object]:
    """The keys that the makers' own gateway sends. Integrations that they ship read them.

    `sender_phone` is how integrations know a person, so it is empty where anybody can claim any number. The moment is
    when the latest message reached us.
    """
    latest = turn.messages[-1]
    received = _moment(latest.arrived_at)
    return {
        "sender": turn.person.key,
        "sender_phone": (turn.person.phone if channel.verifies_senders else None) or "",
        "message_id": latest.id,
        "is_new_conversation": state.is_new,
        "fecha": received[:10],
        "recibido_en": received,
        "reply_to": _reply_to(agent_input.reply_to),
    }


def _reply_to(quoted: Remembered | None) -> Mapping[str, object] | None:
    if quoted is None:
        return None
    sent = _moment(quoted.at) if quoted.at is not None else None
    return {"texto": quoted.text, "message_id": quoted.message_id, "del_bot": quoted.by_us, "enviado_el": sent}


def _moment(at: float) -> str:
    """Unix seconds as RFC 3339, in UTC. Example: "2026-11-26T18:05:03Z"."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
