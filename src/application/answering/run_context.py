"""The context of a run: what the agent and its tools know beside the text of the turn (see docs/agents.md)."""

import time
from collections.abc import Mapping

from application.answering.agent_input import AgentInput
from application.channels import Channel
from application.ports.message_log import Remembered
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.messages.inbound import IdentityCheck, Referral
from domain.messages.shared_values import Choice
from domain.people.person import Person


def run_context(turn: Turn, channel: Channel, state: ConversationState, agent_input: AgentInput) -> dict[str, object]:
    """JSON data, which is the same each time the turn is tried."""
    person = turn.person
    known = {"contact_name": person.name} if person.name else {}
    chosen = {"choice_ids": [choice.id for choice in agent_input.choices]} if agent_input.choices else {}
    capabilities = channel.messenger.capabilities
    return {
        **known,
        **chosen,
        **_facts(turn, person, agent_input),
        "channel": turn.conversation.channel,
        "channel_type": capabilities.type,
        "channel_limits": capabilities.described,
        "user": turn.conversation.user,
        "message_ids": [message.id for message in turn.messages],
        "turn_id": turn.id,
        **_makers_keys(turn, person, channel, state, agent_input),
    }


def _facts(turn: Turn, person: Person, agent_input: AgentInput) -> Mapping[str, object]:
    """What the channel says beside the messages. The latest message that says something of a kind counts."""
    username = summary = ""
    quoted_id: str | None = None
    referral: Referral | None = None
    identity: IdentityCheck | None = None
    for message in turn.messages:
        quoted_id, referral = message.quotes or quoted_id, message.referral or referral
        if facts := message.facts:
            username, summary = facts.username or username, facts.summary or summary
            identity = facts.identity or identity
    known = {
        "user_id": person.user_id,
        "username": username or person.username,
        "quoted_id": quoted_id,
        "conversation_summary": summary,
        "referral": _referral(referral) if referral else None,
        "choices": [_choice(choice) for choice in agent_input.choices],
        "identity": {"hash": identity.hash, "acknowledged": identity.acknowledged} if identity else None,
    }
    return {name: value for name, value in known.items() if value}


def _referral(referral: Referral) -> Mapping[str, str]:
    fields = {
        "kind": referral.kind.value,
        "source_url": referral.url,
        "source_id": referral.source_id,
        "source_type": referral.source_type,
        "ctwa_clid": referral.click_id,
        "headline": referral.headline,
        "body": referral.body,
    }
    return {name: value for name, value in fields.items() if value}


def _choice(choice: Choice) -> Mapping[str, str]:
    fields = {"id": choice.id, "title": choice.title, "description": choice.description}
    return {name: value for name, value in fields.items() if value}


def _makers_keys(
    turn: Turn, person: Person, channel: Channel, state: ConversationState, agent_input: AgentInput
) -> Mapping[str, object]:
    """The keys that the makers' own gateway sends. Integrations that they ship read them.

    `sender_phone` is how integrations know a person, so it is empty where anybody can claim any number. The moment is
    when the latest message reached us.
    """
    latest = turn.messages[-1]
    received = _moment(latest.arrived_at)
    return {
        "sender": person.key,
        "sender_phone": (person.phone or state.shared_phone) if channel.verifies_senders else "",
        "message_id": latest.id,
        "is_new_conversation": state.is_new,
        "fecha": received[:10],
        "recibido_en": received,
        "reply_to": _reply_to(agent_input.reply_to) if agent_input.reply_to else None,
    }


def _reply_to(quoted: Remembered) -> Mapping[str, object]:
    sent = _moment(quoted.at) if quoted.at is not None else None
    return {"texto": quoted.text, "message_id": quoted.message_id, "del_bot": quoted.by_us, "enviado_el": sent}


def _moment(at: float) -> str:
    """Unix seconds as RFC 3339, in UTC. Example: "2026-11-26T18:05:03Z"."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
