"""Telegram as a type of channel."""

import httpx

from adapters.telegram.api import BotApi
from adapters.telegram.inbound import TelegramInbound
from adapters.telegram.media import TelegramMedia
from adapters.telegram.messenger import TelegramMessenger
from adapters.telegram.updates import TelegramSetup, TelegramUpdates
from entrypoints.channel_types import CONTRACT, ChannelAdapters, ChannelType
from entrypoints.doctor import telegram as doctor
from entrypoints.settings import ChannelSettings, Secret, Settings
from entrypoints.settings.telegram import Receive, TelegramSettings


def _build(channel: TelegramSettings, _settings: Settings, client: httpx.AsyncClient) -> ChannelAdapters:
    api = _api(channel, client)
    secrets = tuple(secret.reveal() for secret in channel.secret_token)
    updates = TelegramUpdates(api=api, channel=channel.name, types=doctor.UPDATES)
    return ChannelAdapters(
        inbound=TelegramInbound(channel=channel.name, secret_tokens=secrets),
        messenger=TelegramMessenger(api=api),
        media=TelegramMedia(api=api),
        updates=updates if channel.receive is Receive.POLLING else None,
    )


def _setup(channel: TelegramSettings, client: httpx.AsyncClient) -> TelegramSetup:
    """With several secrets, Telegram gets the first one. Only who polls may have none, and registers nothing."""
    secret_token = channel.secret_token[0].reveal() if channel.secret_token else ""
    return TelegramSetup(api=_api(channel, client), secret_token=secret_token, types=doctor.UPDATES)


def _api(channel: TelegramSettings, client: httpx.AsyncClient) -> BotApi:
    return BotApi(client=client, api_url=channel.api_url, bot_token=channel.bot_token.reveal())


def _dev_entry(first: ChannelSettings) -> TelegramSettings:
    """A bot that answers as the first entry does. `dev` replaces its tokens."""
    return TelegramSettings(
        name="telegram",
        default_agent=first.default_agent,
        language=first.language,
        texts=first.texts,
        debounce_seconds=first.debounce_seconds,
        bot_token=Secret("1:replaced"),
        secret_token=(Secret("replaced"),),
    )


TELEGRAM = ChannelType(
    contract=CONTRACT,
    name="telegram",
    settings=TelegramSettings,
    build=_build,
    setup=_setup,
    checks=doctor.CHECKS,
    simulator="entrypoints.bootstrap.simulated_telegram:simulated_telegram",
    dev_entry=_dev_entry,
)
