"""WhatsApp for `trunkline dev`: the simulator plays Meta."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from attrs import evolve, frozen

from entrypoints.settings import Secret
from entrypoints.settings.whatsapp import WhatsAppSettings
from simulator.simulator import Simulator


@frozen
class SimulatedWhatsApp:
    """The business number of a simulator that is being served."""

    simulator: Simulator

    @property
    def environ(self) -> Mapping[str, str]:
        business = self.simulator.business
        return {
            "WHATSAPP_VERIFY_TOKEN": business.verify_token,
            "WHATSAPP_ACCESS_TOKEN": business.access_token,
            "WHATSAPP_PHONE_NUMBER_ID": business.phone_number_id,
            "WHATSAPP_APP_SECRET": business.app_secret,
        }

    def redirect(self, channel: WhatsAppSettings) -> WhatsAppSettings:
        business = self.simulator.business
        return evolve(
            channel,
            verify_token=(Secret(business.verify_token),),
            access_token=Secret(business.access_token),
            phone_number_id=business.phone_number_id,
            app_secret=(Secret(business.app_secret),),
            api_url=self.simulator.media.base_url,
        )

    async def connect(self, webhook_url: str) -> None:
        self.simulator.business = evolve(self.simulator.business, webhook_url=webhook_url)
        await self.simulator.verify_webhook()


@contextlib.asynccontextmanager
async def simulated_whatsapp(simulator: Simulator) -> AsyncIterator[SimulatedWhatsApp]:
    yield SimulatedWhatsApp(simulator)
