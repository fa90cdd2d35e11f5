"""Runs everything on one machine: store, agent runtime, service, and a simulator of the channels and the phone."""

import asyncio
import contextlib
import errno
import functools
import pkgutil
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from entrypoints.bootstrap.agents import prepared_agents
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.bootstrap.lifecycle import run
from entrypoints.bootstrap.signals import stopped_by_signals
from entrypoints.bootstrap.wiring import Wiring
from entrypoints.channel_types import Simulate, SimulatedChannel
from entrypoints.http.server.loopback import loopback_only
from entrypoints.settings import AgentsSettings, ChannelSettings, ConfigurationError, Problem, Settings
from entrypoints.settings.environment import with_values
from entrypoints.settings.loader import written_types
from entrypoints.settings.secret import Secret
from entrypoints.settings.validators import EMBEDDED_STORE
from simulator.model.scripted_model import PROPOSING_TOOL
from simulator.serving import serve_simulator
from simulator.simulator import Simulator
from simulator.state.business import BusinessNumber

LOOPBACK = "127.0.0.1"
PAGE_PORT = 8090
MODEL_KEY = "OPENAI_API_KEY"
SCRIPTED_NOTICE = f"The answers come from a scripted model. Set {MODEL_KEY} and start again for a real model."
REAL_NOTICE = f"The answers come from the model of your agent, and cost money: {MODEL_KEY} is set."


@frozen(kw_only=True)
class Addresses:
    """The addresses for the user. `notice` says where the answers come from."""

    page: str
    console: str
    webhooks: Sequence[str]
    agents: str
    notice: str


type Announce = Callable[[Addresses], None]
type _Simulated = Mapping[str, SimulatedChannel]


async def dev(*, config_dir: Path, environ: Mapping[str, str], announce: Announce, page_port: int = PAGE_PORT) -> None:
    """Run everything until SIGTERM or SIGINT. Call `announce` with the addresses as soon as messages can be sent.

    The service runs the first entry of each type that has a simulator, with its agent, limits and texts. Its
    credentials are replaced by random ones. A type that has an entry for this (`ChannelType.dev_entry`) runs also where
    the configuration has none of it. Agents run in this process, unless TRUNKLINE_AGENTS_URL names a server.

    Raises:
        ConfigurationError, AgentFileError: the configuration cannot be used.
        CannotServeError, EmbeddedStoreError, AgentFailedError: a part did not start.
    """
    notice = REAL_NOTICE if environ.get(MODEL_KEY) else SCRIPTED_NOTICE
    simulator = Simulator(business=_random_business(), notice=notice)
    async with (
        _serve_simulator(simulator, page_port) as page,
        _simulated_channels(config_dir, simulator) as simulated,
    ):
        load = functools.partial(_development_settings, config_dir, environ, simulated, page)
        settings = load()
        container = Container(settings=settings, admin_open=True)
        announcing = _Announcing(simulated, settings, announce, page=page, notice=notice)
        model_url = None if environ.get(MODEL_KEY) else f"{page}/v1"
        with (
            prepared_agents(
                container,
                config_dir=config_dir,
                model_url=model_url,
                tools=[PROPOSING_TOOL] if model_url else [],
            ),
            stopped_by_signals(container.stopping()),
        ):
            await run(Wiring(container, load=load), ready=announcing.ready)


class _Announcing:
    """Connects the simulator to the webhooks as soon as their address is known, and then announces the addresses."""

    def __init__(
        self, simulated: _Simulated, settings: Settings, announce: Announce, *, page: str, notice: str
    ) -> None:
        self._simulated = simulated
        self._settings = settings
        self._announce = announce
        self._page = page
        self._notice = notice
        self._task: asyncio.Task[None] | None = None

    def ready(self, host: str, port: int) -> None:
        self._task = asyncio.create_task(self._connect(f"http://{host}:{port}"))

    async def _connect(self, service: str) -> None:
        webhooks = {
            channel.type: f"{service}/v1/channels/{channel.name}/webhook" for channel in self._settings.channels
        }
        for kind, webhook in webhooks.items():
            await self._simulated[kind].connect(webhook)
        first = self._settings.service.agents[0]
        agents = "in this process" if first.embedded else first.place
        addresses = tuple(webhooks.values())
        console = f"{service}/console"
        self._announce(
            Addresses(page=self._page, console=console, webhooks=addresses, agents=agents, notice=self._notice)
        )


@contextlib.asynccontextmanager
async def _simulated_channels(config_dir: Path, simulator: Simulator) -> AsyncIterator[_Simulated]:
    """Every type of channel in the configuration that has a simulator, and those that always run here, by name."""
    types, simulated = ChannelTypes.installed(), dict[str, SimulatedChannel]()
    always = [kind.name for kind in types.own if kind.dev_entry]
    async with contextlib.AsyncExitStack() as stack:
        for name in dict.fromkeys([*written_types(config_dir), *always]):
            with contextlib.suppress(ConfigurationError):  # `load_settings` raises it again, with what else is wrong
                if reference := types[name].simulator:
                    simulate: Simulate = pkgutil.resolve_name(reference)
                    simulated[name] = await stack.enter_async_context(simulate(simulator))
        yield simulated


@contextlib.asynccontextmanager
async def _serve_simulator(simulator: Simulator, port: int) -> AsyncIterator[str]:
    """Serve the simulator on this port, or on any free port when this one is taken."""
    serve = functools.partial(serve_simulator, simulator, guard=loopback_only, host=LOOPBACK)
    async with contextlib.AsyncExitStack() as stack:
        try:
            page = await stack.enter_async_context(serve(port=port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            page = await stack.enter_async_context(serve(port=0))
        yield page


def _random_business() -> BusinessNumber:
    return BusinessNumber(
        access_token=secrets.token_urlsafe(16),
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_urlsafe(16),
        webhook_url="",
    )


def _development_settings(config_dir: Path, environ: Mapping[str, str], simulated: _Simulated, page: str) -> Settings:
    """The user's configuration, with simulators instead of providers, and with nothing open to the network."""
    known = {name: value for channel in simulated.values() for name, value in channel.environ.items()}
    settings = load_settings(config_dir=config_dir, environ=with_values(environ, **known))
    entries: dict[str, ChannelSettings] = {}
    for channel in settings.channels:
        if channel.type in simulated:
            entries.setdefault(channel.type, simulated[channel.type].redirect(channel))
    if not entries:
        raise ConfigurationError([_nothing_to_simulate(config_dir)])
    for entry in _added_entries(settings.channels, simulated):
        entries.setdefault(entry.type, simulated[entry.type].redirect(entry))
    service = evolve(
        settings.service,
        store=EMBEDDED_STORE,
        agents=_development_agents(settings, environ),
        proposals=evolve(settings.service.proposals, url=f"{page}/proposals", secret=(Secret(secrets.token_hex(32)),)),
        http=evolve(settings.service.http, host=LOOPBACK),
    )
    return Settings(service=service, channels=tuple(entries.values()))


def _added_entries(channels: Sequence[ChannelSettings], simulated: _Simulated) -> list[ChannelSettings]:
    """An entry of each type that the configuration does not have, and that can be tried without one."""
    types = ChannelTypes.installed()
    makers = (kind.dev_entry for kind in types.own if kind.name in simulated)
    entries = [make(channels[0]) for make in makers if make]
    return [entry for entry in entries if entry.name not in {channel.name for channel in channels}]


def _development_agents(settings: Settings, environ: Mapping[str, str]) -> tuple[AgentsSettings, ...]:
    """This process in place of every runtime, under its name. Agents behind webhooks stay where they are."""
    if environ.get("TRUNKLINE_AGENTS_URL"):
        return settings.service.agents
    return tuple(
        agents
        if agents.webhook
        else AgentsSettings(embedded=True, name=agents.name, timeout_seconds=agents.timeout_seconds)
        for agents in settings.service.agents
    )


def _nothing_to_simulate(config_dir: Path) -> Problem:
    return Problem(
        where=str(config_dir / "channels.yaml"),
        key="channels",
        message="has no entry that `trunkline dev` can simulate",
        fix="add an entry with type: whatsapp",
    )
