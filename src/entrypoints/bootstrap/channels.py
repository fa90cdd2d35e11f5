"""Make channels from their settings."""

import httpx

from application.channels import Channel, Channels
from application.ports.agent import ProviderKey
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.channel_types import ChannelAdapters
from entrypoints.settings import ChannelSettings, Settings


def build_channels(settings: Settings, types: ChannelTypes, client: httpx.AsyncClient) -> Channels:
    """Every configured channel with its adapters. They share one HTTP client."""
    return Channels.of(
        [_channel(channel, types.of(channel).build(channel, settings, client)) for channel in settings.channels]
    )


def _channel(channel: ChannelSettings, adapters: ChannelAdapters) -> Channel:
    provider = channel.provider
    return Channel(
        name=channel.name,
        inbound=adapters.inbound,
        messenger=adapters.messenger,
        media=adapters.media,
        updates=adapters.updates,
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
        unconfirmed_sends=channel.unconfirmed_sends,
        verifies_senders=channel.verifies_senders,
        link_by_phone=channel.link_by_phone,
        routing=channel.routing,
        provider=ProviderKey(name=provider.name, key=provider.key.reveal()) if provider else None,
        budget=channel.budget,
    )
