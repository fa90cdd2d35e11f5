"""The handshake proves to a channel that the webhook address is ours."""

import pytest

from application.channels import UnknownChannelError
from application.ports.inbound_channel import ForgedWebhookError
from application.receiving.verify_subscription import VerifySubscription
from support.answering import CHANNEL_TOKEN, Answering


def verify(channel: str, *, token: str) -> str:
    handshake = VerifySubscription(channels=Answering().channels)
    return handshake(channel=channel, query={"token": token, "challenge": "1158201444"})


def test_the_challenge_is_echoed() -> None:
    """For a caller with the right token."""
    assert verify("whatsapp", token=CHANNEL_TOKEN) == "1158201444"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_refused(token: str) -> None:
    """The challenge is not returned."""
    with pytest.raises(ForgedWebhookError):
        verify("whatsapp", token=token)


def test_each_channel_has_an_address_of_its_own() -> None:
    """An unknown name is refused."""
    with pytest.raises(UnknownChannelError, match="no channel named 'fax'"):
        verify("fax", token=CHANNEL_TOKEN)
