"""A type of channel as one value. Trunkline's own types and those of plug-ins are described in the same way.

A plug-in names its value in the entry-point group `trunkline.channels`. See docs/adding-a-channel.md.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import httpx
from attrs import field, frozen

from application.ports.inbound_channel import InboundChannel
from application.ports.media import MediaPort
from application.ports.messenger import MessengerPort
from application.ports.update_source import UpdateSource
from domain.messages.outbound import TemplatePart
from entrypoints.doctor.channel_checks import ChannelChecks
from entrypoints.settings import ChannelSettings, Settings

# The version of what a plug-in relies on: `ChannelType`, the ports of a channel, and the kit. It grows when a plug-in
# that was written for the version before would no longer work.
CONTRACT = 1


@frozen(kw_only=True)
class ChannelAdapters:
    """The adapters of one channel, and the template to send after its customer service window.

    `updates` is for a channel that is asked for its messages and calls no webhook.
    """

    inbound: InboundChannel
    messenger: MessengerPort
    media: MediaPort | None = None
    updates: UpdateSource | None = None
    late_template: TemplatePart | None = None


class ChannelSetup(Protocol):
    """The webhook of one entry at its provider. To repeat a step does no harm."""

    async def register(self, *, url: str) -> None:
        """Have the provider call this address from now on.

        Raises:
            SendFailedError: the provider refused, or cannot be reached. The detail holds no secret.
        """
        ...

    async def unregister(self) -> None:
        """Have the provider call nothing from now on.

        Raises:
            SendFailedError: as above.
        """
        ...


class SimulatedChannel(Protocol):
    """The provider of a channel, played for `trunkline dev`."""

    @property
    def environ(self) -> Mapping[str, str]:
        """Values for the environment variables that an entry of this type may name."""
        ...

    def redirect(self, channel: Any) -> ChannelSettings:
        """The entry with the simulator's address and credentials in the place of the provider's."""
        ...

    async def connect(self, webhook_url: str) -> None:
        """Call this webhook from now on."""
        ...


@frozen(kw_only=True)
class ChannelType:
    """A type of channel.

    - `contract`: the version of `CONTRACT` that it is written for.
    - `name`: what `type` says in channels.yaml.
    - `settings`: the keys of an entry.
    - `build`: makes the adapters of one entry. It gets the entry, the whole configuration, and the HTTP client, which
      all channels share; whoever made the client closes it.
    - `setup`: for `trunkline channels register`. None where the webhook is registered on the provider's own page.
    - `checks`: what `trunkline doctor` checks of an entry.
    - `simulator`: names, as `module:function`, what plays the provider in `trunkline dev`. The function gets the
      `simulator.simulator.Simulator` that runs, and returns a context manager of a `SimulatedChannel`. The module is
      imported by `dev` only. Without a simulator, `dev` leaves out the entries of this type.
    - `dev_entry`: makes an entry for `trunkline dev` where the configuration has none of this type. It gets the first
      entry of the configuration. None: there is no such entry.
    """

    contract: int
    name: str
    settings: type[ChannelSettings]
    build: Callable[[Any, Settings, httpx.AsyncClient], ChannelAdapters]
    setup: Callable[[Any, httpx.AsyncClient], ChannelSetup] | None = None
    checks: ChannelChecks = field(factory=ChannelChecks)
    simulator: str = ""
    dev_entry: Callable[[ChannelSettings], ChannelSettings] | None = None


type Simulate = Callable[[Any], AbstractAsyncContextManager[SimulatedChannel]]
