"""From a channel's settings to its adapters. A new type of channel is one more line in `ADAPTERS`."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from adapters.whatsapp.inbound import WhatsAppInbound
from adapters.whatsapp.messenger import GraphMessenger
from application.channels import Channel, Channels
from application.ports.inbound_channel import InboundChannel
from application.ports.messenger import MessengerPort
from entrypoints.settings import ChannelSettings, Settings, WhatsAppSettings

type Adapters = tuple[InboundChannel, MessengerPort]


def build_channels(settings: Settings, client: httpx.AsyncClient) -> Channels:
    """Every configured channel with its adapters, over one shared HTTP client."""
    return Channels.of([_channel(channel, settings, client) for channel in settings.channels])


def _channel(channel: ChannelSettings, settings: Settings, client: httpx.AsyncClient) -> Channel:
    inbound, messenger = ADAPTERS[type(channel)](channel, settings, client)
    return Channel(
        name=channel.name,
        inbound=inbound,
        messenger=messenger,
        agent=channel.default_agent,
        texts=channel.texts,
        rate_limit=channel.rate_limit,
        staleness=channel.stale,
        debounce=channel.debounce,
        session_id=channel.session_id,
    )


def _whatsapp(channel: WhatsAppSettings, settings: Settings, client: httpx.AsyncClient) -> Adapters:
    inbound = WhatsAppInbound(
        numbers=_numbers_behind(channel, settings),
        channel=channel.name,
        verify_token=channel.verify_token.reveal(),
        app_secrets=tuple(secret.reveal() for secret in channel.app_secret),
    )
    messenger = GraphMessenger(
        client=client,
        api_url=channel.api_url,
        api_version=channel.api_version,
        phone_number_id=channel.phone_number_id,
        access_token=channel.access_token.reveal(),
    )
    return inbound, messenger


def _numbers_behind(channel: WhatsAppSettings, settings: Settings) -> Mapping[str, str]:
    """Numbers of one app share its secret, and so may share one webhook address."""
    same_app = [
        other
        for other in settings.channels
        if isinstance(other, WhatsAppSettings) and (other is channel or set(other.app_secret) & set(channel.app_secret))
    ]
    return {other.phone_number_id: other.name for other in same_app}


ADAPTERS: Mapping[type[ChannelSettings], Callable[[Any, Settings, httpx.AsyncClient], Adapters]] = {
    WhatsAppSettings: _whatsapp,
}
