"""WhatsApp as a type of channel."""

from typing import Any

import httpx

from adapters.whatsapp.graph.media import GraphMedia
from adapters.whatsapp.graph.messenger import GraphMessenger
from adapters.whatsapp.webhook.inbound import WhatsAppInbound
from entrypoints.channel_types import CONTRACT, ChannelAdapters, ChannelType
from entrypoints.doctor import whatsapp as doctor
from entrypoints.settings import Settings
from entrypoints.settings.whatsapp import WhatsAppSettings


def _build(channel: WhatsAppSettings, settings: Settings, client: httpx.AsyncClient) -> ChannelAdapters:
    same_app = _same_app(channel, settings)
    inbound = WhatsAppInbound(
        numbers={other.phone_number_id: other.name for other in same_app},
        accounts={
            other.name: other.whatsapp_business_account_id for other in same_app if other.whatsapp_business_account_id
        },
        channel=channel.name,
        verify_tokens=tuple(token.reveal() for token in channel.verify_token),
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
    return ChannelAdapters(
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


WHATSAPP = ChannelType(
    contract=CONTRACT,
    name="whatsapp",
    settings=WhatsAppSettings,
    build=_build,
    checks=doctor.CHECKS,
    simulator="entrypoints.bootstrap.simulated_whatsapp:simulated_whatsapp",
)
