"""What every inbound channel promises."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports.inbound_channel import ForgedWebhookError, InboundChannel, MalformedWebhookError
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Text, Unrecognised

type Call = tuple[Mapping[str, str], bytes]

# The same property runs once per adapter, and a channel keeps nothing between calls.
for_any_adapter = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors], database=None
)


@frozen(kw_only=True)
class Said:
    """What a person says in a test."""

    id: str
    user: str
    text: str
    at: int = 1_750_000_000


class ChannelFarSide(Protocol):
    """The far side of a channel: calls as the channel makes them."""

    channel: InboundChannel

    def call(self, *items: Said | object) -> Call:
        """Headers and body of one webhook; whatever is no `Said` goes in as it is."""
        ...

    def handshake(self, challenge: str) -> dict[str, str]: ...

    def forged_handshakes(self) -> Sequence[dict[str, str]]: ...

    def forged_headers(self, body: bytes) -> Sequence[dict[str, str]]: ...

    def impossible_headers(self) -> Sequence[dict[str, str]]:
        """Headers that no body makes genuine."""
        ...


ANA = Said(id="m.1", user="15550002222", text="Hello")
BOB = Said(id="m.2", user="15550003333", text="Hi", at=1_750_000_001)


class InboundChannelContract:
    """Inherit, and provide the fixture `far_side`."""

    def test_answers_the_handshake_with_the_bare_challenge(self, far_side: ChannelFarSide) -> None:
        """Whatever the challenge is."""
        assert far_side.channel.challenge(query=far_side.handshake("11-58")) == "11-58"

    def test_a_handshake_without_our_token_is_forged(self, far_side: ChannelFarSide) -> None:
        """Also one that is empty."""
        for query in [{}, *far_side.forged_handshakes()]:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.challenge(query=query)

    def test_believes_the_channel_itself(self, far_side: ChannelFarSide) -> None:
        """A genuine call passes, and speaks for the channel."""
        headers, body = far_side.call(ANA)

        speaks_for = far_side.channel.verify(headers=headers, body=body)

        events = far_side.channel.parse(body=body, arrived_at=0)
        assert {event.conversation.channel for event in events if isinstance(event, InboundMessage)} == speaks_for

    def test_believes_nobody_else(self, far_side: ChannelFarSide) -> None:
        """Without a proof, or with a wrong one, a call is forged."""
        _, body = far_side.call(ANA)

        for headers in [{}, *far_side.forged_headers(body)]:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify(headers=headers, body=body)

    def test_headers_alone_refuse_what_no_body_makes_genuine(self, far_side: ChannelFarSide) -> None:
        """Before the body is read; a genuine call passes."""
        headers, _ = far_side.call(ANA)

        far_side.channel.verify_headers(headers=headers)

        for impossible in [{}, *far_side.impossible_headers()]:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify_headers(headers=impossible)

    @for_any_adapter
    @given(value=st.text(max_size=80))
    def test_what_headers_refuse_is_forged(self, far_side: ChannelFarSide, value: str) -> None:
        """Whatever the first look refuses, the second would refuse as well."""
        genuine, body = far_side.call(ANA)
        headers = dict.fromkeys(genuine, value)

        try:
            far_side.channel.verify_headers(headers=headers)
        except ForgedWebhookError:
            with pytest.raises(ForgedWebhookError):
                far_side.channel.verify(headers=headers, body=body)

    def test_reads_every_message_in_order(self, far_side: ChannelFarSide) -> None:
        """With its words, its person, its time, and when it arrived."""
        _, body = far_side.call(ANA, BOB)

        events = far_side.channel.parse(body=body, arrived_at=1_750_000_009.5)

        messages = [event for event in events if isinstance(event, InboundMessage)]
        assert [message.content for message in messages] == [Text(body="Hello"), Text(body="Hi")]
        assert [message.id for message in messages] == ["m.1", "m.2"]
        assert [message.conversation.user for message in messages] == ["15550002222", "15550003333"]
        assert [message.person.key for message in messages] == ["15550002222", "15550003333"]
        assert [message.sent_at for message in messages] == [1_750_000_000, 1_750_000_001]
        assert {message.arrived_at for message in messages} == {1_750_000_009.5}

    def test_an_empty_call_holds_nothing(self, far_side: ChannelFarSide) -> None:
        """It is no error."""
        _, body = far_side.call()

        events = far_side.channel.parse(body=body, arrived_at=0)

        assert not [event for event in events if isinstance(event, InboundMessage | StatusUpdate)]

    @pytest.mark.parametrize("junk", [None, 7, "text", [], {}, {"id": 5}, {"id": ""}])
    def test_a_malformed_item_stops_none_of_its_neighbours(self, far_side: ChannelFarSide, junk: object) -> None:
        """It stays visible."""
        _, body = far_side.call(ANA, junk, BOB)

        events = far_side.channel.parse(body=body, arrived_at=0)

        assert [event.id for event in events if isinstance(event, InboundMessage)] == ["m.1", "m.2"]
        assert [event for event in events if isinstance(event, Unrecognised)]

    @pytest.mark.parametrize("body", [b"", b"no", b"{", b"\xff\xfe\x00", b"7", b'"text"', b"null", b"[" * 100_000])
    def test_a_body_in_another_format_is_malformed(self, far_side: ChannelFarSide, body: bytes) -> None:
        """As a whole."""
        with pytest.raises(MalformedWebhookError):
            far_side.channel.parse(body=body, arrived_at=0)

    @for_any_adapter
    @given(body=st.binary())
    def test_any_bytes_are_read_or_malformed(self, far_side: ChannelFarSide, body: bytes) -> None:
        """No other error ever comes out."""
        with contextlib.suppress(MalformedWebhookError):
            far_side.channel.parse(body=body, arrived_at=0)
