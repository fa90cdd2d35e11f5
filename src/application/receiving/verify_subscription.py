"""Prove to a channel that the webhook address is ours."""

from collections.abc import Mapping

from attrs import frozen

from application.channels import Channels


@frozen(kw_only=True)
class VerifySubscription:
    """Answer the handshake a channel makes when its callback address is set."""

    channels: Channels

    def __call__(self, *, channel: str, query: Mapping[str, str]) -> str:
        """The challenge to echo.

        Raises:
            UnknownChannelError, ForgedWebhookError: the address is not confirmed.
        """
        return self.channels[channel].inbound.challenge(query=query)
