"""Telegram for `trunkline dev`: the simulator plays the Bot API."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping

from attrs import define, evolve, field

from entrypoints.doctor.telegram import UPDATES
from entrypoints.settings import Secret
from entrypoints.settings.telegram import Receive, TelegramSettings
from simulator.simulator import Simulator


@define
class SimulatedTelegram:
    """The bot of a simulator that is being served. An entry that asks for its updates has no webhook to call."""

    simulator: Simulator
    receive: Receive = Receive.WEBHOOK
    secret_token: str = field(factory=lambda: secrets.token_hex(16), repr=False)

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "TELEGRAM_BOT_TOKEN": self.simulator.telegram.bot.token,
            "TELEGRAM_SECRET_TOKEN": self.secret_token,
        }

    def redirect(self, channel: TelegramSettings) -> TelegramSettings:
        self.receive = channel.receive
        return evolve(
            channel,
            bot_token=Secret(self.simulator.telegram.bot.token),
            secret_token=(Secret(self.secret_token),),
            api_url=f"{self.simulator.media.base_url}/telegram",
        )

    async def connect(self, webhook_url: str) -> None:
        if self.receive is Receive.POLLING:
            return
        fields = {"url": webhook_url, "secret_token": self.secret_token, "allowed_updates": list(UPDATES)}
        await self.simulator.telegram.call("setWebhook", fields)


@contextlib.asynccontextmanager
async def simulated_telegram(simulator: Simulator) -> AsyncIterator[SimulatedTelegram]:
    yield SimulatedTelegram(simulator)
