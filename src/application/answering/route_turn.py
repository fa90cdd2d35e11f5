"""Decide which agent answers a turn."""

from collections.abc import Iterable, Sequence

from application.channels import Channel
from domain.conversations.confirmations import may_confirm
from domain.conversations.routing import Route, RoutingInput
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn
from domain.conversations.words import words_of
from domain.messages.inbound import InboundMessage, Media, Tap, Text
from domain.messages.localized_texts import languages_of

# Of a turn, the words of so many messages are looked at: the latest.
MAX_MESSAGES = 10


def route_turn(turn: Turn, messages: Sequence[InboundMessage], channel: Channel, state: ConversationState) -> Route:
    """The route of the turn whose `messages` are not annotations only.

    A turn that is tried again is answered by the agent that began it. So is the answer to an agent's question to
    confirm an action: no other agent could carry it out.
    """
    decided = _decide(messages, channel, state)
    return Route(agent=own_name(turn.agent, channel), rule=decided.rule) if turn.agent else decided


def _decide(messages: Sequence[InboundMessage], channel: Channel, state: ConversationState) -> Route:
    questions = [message for message in messages if not message.is_annotation]
    may_be_decision = state.awaits_confirmation and len(questions) == 1 and may_confirm(questions[0])
    if channel.routing is None or may_be_decision:
        return state.route
    return channel.routing.decide(routing_input(questions, channel, state), kept=state.route)


def own_name(agent: str, channel: Channel) -> str:
    """The agent as the state of a conversation keeps it: empty for the channel's own."""
    return "" if agent == channel.agent else agent


def routing_input(messages: Sequence[InboundMessage], channel: Channel, state: ConversationState) -> RoutingInput:
    """What rules look at. It holds nothing that changes when the turn is tried again."""
    looked_at, latest = messages[-MAX_MESSAGES:], messages[-1]
    referrals = [message.referral for message in looked_at if message.referral]
    origins = (text for each in referrals for text in (each.url, each.source_id, each.headline, each.body))
    return RoutingInput(
        words=_joined(map(_text, looked_at)),
        choice_ids=frozenset(_choice_ids(looked_at, state)),
        led_by=frozenset(each.kind.value for each in referrals),
        origin=_joined(origins),
        language=next(iter(languages_of(latest.person)), channel.texts.confirm.default),
        is_new=state.is_new,
        at=latest.arrived_at,
        person=str(latest.conversation),
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(words_of(text) for text in texts) or "  "


def _text(message: InboundMessage) -> str:
    match message.content:
        case Text(body=text) | Media(caption=text):
            return text
        case Tap(choice=choice):
            return choice.title
        case _:
            return ""


def _choice_ids(messages: Sequence[InboundMessage], state: ConversationState) -> Iterable[str]:
    """The whole ids of what was tapped, and of the choice that one message alone has typed."""
    for message in messages:
        match message.content:
            case Tap(choice=choice):
                yield (state.offered(choice) or choice).id
            case Text(body=body) if len(messages) == 1 and (meant := state.meant(body)):
                yield meant.id
