"""Make channels from their settings. A new type of channel is one more line in `ADAPTERS`."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from attrs import frozen

from adapters.whatsapp.graph.media import GraphMedia
from adapters.whatsapp.graph.messenger import GraphMessenger
from adapters.whatsapp.webhook.inbound import WhatsAppInbound
from application.channels import Channel, Channels
from application.ports.agent import ProviderKey
from application.ports.inbound_channel import InboundChannel
from application.ports.media import MediaPort
from application.ports.messenger import MessengerPort
from domain.messages.outbound import TemplatePart
from entrypoints.settings import ChannelSettings, Settings, WhatsAppSettings


@frozen(kw_only=True)
class Adapters:
    """The adapters of one channel, and the template to send after its customer service window."""

    inbound: InboundChannel
    messenger: MessengerPort
    media: MediaPort | None = None
    late_template: TemplatePart | None = None


def build_channels(settings: Settings, client: httpx.AsyncClient) -> Channels:
    """Every configured channel with its adapters. They share one HTTP client."""
    return Channels.of([_channel(channel, settings, client) for channel in settings.channels])


def _channel(channel: ChannelSettings, settings: Settings, client: httpx.AsyncClient) -> Channel:
    adapters, provider = ADAPTERS[type(channel)](channel, settings, client), channel.provider
    return Channel(
        name=channel.name,
        inbound=adapters.inbound,
        messenger=adapters.messenger,
        media=adapters.media,
        window_seconds=adapters.messenger.capabilities.window_seconds,
        late_template=adapters.late_template,
        agent=channel.default_agent,
        texts=channel.texts,
        rate_limit=channel.rate_limit,
        loops=channel.loops,
        staleness=channel.stale,
        debounce=channel.debounce,
        session_id=channel.session_id,
        acknowledges=channel.acknowledge,
        commands=channel.commands,
        human_seconds=channel.human_seconds,
        verifies_senders=channel.verifies_senders,
        provider=ProviderKey(name=provider.name, key=provider.key.reveal()) if provider else None,
    )


def _whatsapp(channel: WhatsAppSettings, settings: Settings, client: httpx.AsyncClient) -> Adapters:
    same_app = _same_app(channel, settings)
    inbound = WhatsAppInbound(
        numbers={other.phone_number_id: other.name for other in same_app},
        accounts={
            other.name: other.whatsapp_business_account_id for other in same_app if other.whatsapp_business_account_id
        },
        channel=channel.name,
        verify_token=channel.verify_token.reveal(),
        app_secrets=_app_secrets(channel),
        other_secrets={other.name: _app_secrets(other) for other in same_app if other is not channel},
    )
    number: dict[str, Any] = {
        "client": client,
        "api_url": channel.api_url,
        "api_version": channel.api_version,
        "phone_number_id": channel.phone_number_id,
        "access_token": channel.access_token.reveal(),
    }
    return Adapters(
        inbound=inbound,
        messenger=GraphMessenger(**number, messages_per_second=channel.messages_per_second),
        media=GraphMedia(**number),
        late_template=channel.late_template.part if channel.late_template else None,
    )


def _app_secrets(channel: WhatsAppSettings) -> tuple[str, ...]:
    return tuple(secret.reveal() for secret in channel.app_secret)


def _same_app(channel: WhatsAppSettings, settings: Settings) -> list[WhatsAppSettings]:
    """All entries of the same Meta app. They share a secret, and so may share one webhook address."""
    return [
        other
        for other in settings.channels
        if isinstance(other, WhatsAppSettings) and (other is channel or set(other.app_secret) & set(channel.app_secret))
    ]


ADAPTERS: Mapping[type[ChannelSettings], Callable[[Any, Settings, httpx.AsyncClient], Adapters]] = {
    WhatsAppSettings: _whatsapp,
}
