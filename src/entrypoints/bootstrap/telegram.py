"""Telegram as a type of channel."""

import httpx

from adapters.telegram.api import BotApi
from adapters.telegram.inbound import TelegramInbound
from adapters.telegram.media import TelegramMedia
from adapters.telegram.messenger import TelegramMessenger
from entrypoints.channel_types import CONTRACT, ChannelAdapters, ChannelType
from entrypoints.doctor import telegram as doctor
from entrypoints.settings import Settings
from entrypoints.settings.telegram import TelegramSettings


def _build(channel: TelegramSettings, _settings: Settings, client: httpx.AsyncClient) -> ChannelAdapters:
    api = BotApi(client=client, api_url=channel.api_url, bot_token=channel.bot_token.reveal())
    secrets = tuple(secret.reveal() for secret in channel.secret_token)
    return ChannelAdapters(
        inbound=TelegramInbound(channel=channel.name, secret_tokens=secrets),
        messenger=TelegramMessenger(api=api),
        media=TelegramMedia(api=api),
    )


TELEGRAM = ChannelType(
    contract=CONTRACT, name="telegram", settings=TelegramSettings, build=_build, checks=doctor.CHECKS
)
