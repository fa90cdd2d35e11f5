"""What every inbound channel promises."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.channel_kit.items import MAX_MALFORMED_EVENTS
from application.ports.inbound_channel import ForgedWebhookError, InboundChannel, InboundEvent, MalformedWebhookError
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Text, Unrecognised
from domain.people.person import Person

type Call = tuple[Mapping[str, str], bytes]

# The address that was called, for channels that sign it.
URL = "https://example.org/webhook?key=1"

# Hypothesis runs the same property for each adapter. That is safe, because a channel keeps no state between calls.
for_any_adapter = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors], database=None
)


@frozen(kw_only=True)
class WrittenMessage:
    """A message that a person sends in a test."""

    id: str
    user: str
    text: str
    at: int = 1_750_000_000


class ChannelFarSide(Protocol):
    """The far side of a channel: calls as the channel makes them."""

    channel: InboundChannel

    def calls(self, *items: WrittenMessage | object) -> Sequence[Call]:
        """Headers and body of the webhooks that bring the items: one call to `URL`, or one for each item.

        An item that is no `WrittenMessage` goes in as it is. Without items there is one call with nothing in it.
        """
        ...

    def id_of(self, written: WrittenMessage) -> str:
        """The id that the message has with us."""
        ...

    def forged_headers(self, body: bytes) -> Sequence[dict[str, str]]:
        """Headers that do not prove this body."""
        ...

    def written_names(self) -> Mapping[str, Person]:
        """Names as operators write them, and whom the channel means by each."""
        ...

    def impossible_headers(self) -> Sequence[dict[str, str]]:
        """Headers that no body makes genuine."""
        ...


class HandshakeFarSide(ChannelFarSide, Protocol):
    """The far side of a channel that tests an address before it calls it."""

    def handshake(self, challenge: str) -> dict[str, str]: ...

    def forged_handshakes(self) -> Sequence[dict[str, str]]: ...


def parsed(far_side: ChannelFarSide, *items: WrittenMessage | object, arrived_at: float = 0) -> list[InboundEvent]:
    """The events of all calls that bring the items."""
    calls = far_side.calls(*items)
    return [event for _, body in calls for event in far_side.channel.parse(body=body, arrived_at=arrived_at).events]


ANA = WrittenMessage(id="m.1", user="15550002222", text="Hello")
BOB = WrittenMessage(id="m.2", user="15550003333", text="Hi", at=1_750_000_001)


class InboundChannelContract:
    """Inherit, and provide the fixture `far_side`."""

    def test_a_handshake_with_nothing_in_it_is_forged(self, far_side: ChannelFarSide) -> None:
        """Also where the channel has no handshake."""
        with pytest.raises(ForgedWebhookError):
            far_side.channel.challenge(query={})

    def test_a_genuine_call_is_accepted(self, far_side: ChannelFarSide) -> None:
        """It speaks for the channel."""
        ((headers, body),) = far_side.calls(ANA)

        speaks_for = far_side.channel.verify(headers=headers, body=body, url=URL)

        events = far_side.channel.parse(body=body, arrived_at=0).events
        assert {event.conversation.channel for event in events if isinstance(event, InboundMessage)} == speaks_for

    def test_a_call_without_a_valid_signature_is_forged(self, far_side: ChannelFarSide) -> None:
        """Also with a wrong one."""
        ((_, body),) = far_side.calls(ANA)

        for headers in [{}, *far_side.forged_headers(body)]:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify(headers=headers, body=body, url=URL)

    def test_headers_that_cannot_be_genuine_are_refused(self, far_side: ChannelFarSide) -> None:
        """Before the body is read. Headers of a genuine call pass."""
        ((headers, _),) = far_side.calls(ANA)

        far_side.channel.verify_headers(headers=headers)

        for impossible in [{}, *far_side.impossible_headers()]:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify_headers(headers=impossible)

    @for_any_adapter
    @given(value=st.text(max_size=80))
    def test_refused_headers_are_forged_with_any_body(self, far_side: ChannelFarSide, value: str) -> None:
        """Whatever `verify_headers` refuses, `verify` refuses too."""
        ((genuine, body),) = far_side.calls(ANA)
        headers = dict.fromkeys(genuine, value)

        try:
            far_side.channel.verify_headers(headers=headers)
        except ForgedWebhookError:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify(headers=headers, body=body, url=URL)

    def test_reads_every_message_in_order(self, far_side: ChannelFarSide) -> None:
        """Each has its text, its person, its time, and the time of arrival."""
        events = parsed(far_side, ANA, BOB, arrived_at=1_750_000_009.5)

        messages = [event for event in events if isinstance(event, InboundMessage)]
        assert [message.content for message in messages] == [Text(body="Hello"), Text(body="Hi")]
        assert [message.id for message in messages] == [far_side.id_of(ANA), far_side.id_of(BOB)]
        assert [message.conversation.user for message in messages] == ["15550002222", "15550003333"]
        assert [message.person.key for message in messages] == ["15550002222", "15550003333"]
        assert [message.sent_at for message in messages] == [1_750_000_000, 1_750_000_001]
        assert {message.arrived_at for message in messages} == {1_750_000_009.5}

    def test_what_an_operator_writes_is_read(self, far_side: ChannelFarSide) -> None:
        """So is the id under which the person of a message is shown."""
        (message,) = parsed(far_side, ANA)
        assert isinstance(message, InboundMessage)
        user = message.conversation.user

        written = far_side.written_names()

        assert {name: far_side.channel.person(text=name) for name in written} == written
        assert far_side.channel.person(text=user).main_alias == message.person.main_alias

    @for_any_adapter
    @given(name=st.text(min_size=1, max_size=20))
    def test_any_name_is_somebody(self, far_side: ChannelFarSide, name: str) -> None:
        """Operators make mistakes."""
        assert far_side.channel.person(text=name).key

    def test_an_empty_call_has_no_events(self, far_side: ChannelFarSide) -> None:
        """It is no error."""
        events = parsed(far_side)

        assert not [event for event in events if isinstance(event, InboundMessage | StatusUpdate)]

    @pytest.mark.parametrize("junk", [None, 7, "text", [], {}, {"id": 5}, {"id": ""}])
    def test_a_malformed_item_does_not_affect_the_others(self, far_side: ChannelFarSide, junk: object) -> None:
        """It becomes an event."""
        events = parsed(far_side, ANA, junk, BOB)

        ids = [event.id for event in events if isinstance(event, InboundMessage)]
        assert ids == [far_side.id_of(ANA), far_side.id_of(BOB)]
        assert [event for event in events if isinstance(event, Unrecognised)]

    def test_many_malformed_items_are_few_events(self, far_side: ChannelFarSide) -> None:
        """A call holds three megabytes, so a million of them. `read_each` of the kit counts those after the first."""
        for _, body in far_side.calls(*[None] * 1000):
            events = far_side.channel.parse(body=body, arrived_at=0).events

            assert 0 < len(events) <= MAX_MALFORMED_EVENTS + 1

    @pytest.mark.parametrize("body", [b"", b"no", b"{", b"\xff\xfe\x00", b"7", b'"text"', b"null", b"[" * 100_000])
    def test_a_body_in_another_format_is_malformed(self, far_side: ChannelFarSide, body: bytes) -> None:
        """The whole call is refused."""
        with pytest.raises(MalformedWebhookError):
            far_side.channel.parse(body=body, arrived_at=0)

    @for_any_adapter
    @given(body=st.binary())
    def test_any_bytes_are_read_or_malformed(self, far_side: ChannelFarSide, body: bytes) -> None:
        """No other error is raised."""
        with contextlib.suppress(MalformedWebhookError):
            far_side.channel.parse(body=body, arrived_at=0)


class HandshakeContract:
    """Inherit too, for a channel that tests an address before it calls it."""

    def test_answers_the_handshake_with_the_bare_challenge(self, far_side: HandshakeFarSide) -> None:
        """With any challenge."""
        assert far_side.channel.challenge(query=far_side.handshake("11-58")) == "11-58"

    def test_a_handshake_without_our_token_is_forged(self, far_side: HandshakeFarSide) -> None:
        """Also with an empty token."""
        for query in far_side.forged_handshakes():
            with pytest.raises(ForgedWebhookError):
                far_side.channel.challenge(query=query)
