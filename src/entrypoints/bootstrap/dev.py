"""Runs everything on one machine: store, agent runtime, service, and a simulator that plays Meta and the phone."""

import asyncio
import contextlib
import errno
import functools
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from attrs import evolve, frozen

from entrypoints.bootstrap.agents import prepared_agents
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.lifecycle import run, stopped_by_signals
from entrypoints.http.server.loopback import loopback_only
from entrypoints.settings import (
    AgentsSettings,
    ConfigurationError,
    Problem,
    Secret,
    Settings,
    WhatsAppSettings,
    load_settings,
)
from entrypoints.settings.validators import EMBEDDED_STORE
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
    webhook: str
    agents: str
    notice: str


type Announce = Callable[[Addresses], None]


async def dev(*, config_dir: Path, environ: Mapping[str, str], announce: Announce, page_port: int = PAGE_PORT) -> None:
    """Run everything until SIGTERM or SIGINT. Call `announce` with the addresses as soon as messages can be sent.

    The service runs the first WhatsApp entry of the configuration, with its agent, limits and texts. Its credentials
    are replaced by random ones. Agents run in this process, unless TRUNKLINE_AGENTS_URL names a server.

    Raises:
        ConfigurationError, AgentFileError: the configuration cannot be used.
        CannotServeError, EmbeddedStoreError, AgentFailedError: a part did not start.
    """
    business = _random_business()
    notice = REAL_NOTICE if environ.get(MODEL_KEY) else SCRIPTED_NOTICE
    simulator = Simulator(business=business, notice=notice)
    async with _serve_simulator(simulator, page_port) as page:
        settings = _development_settings(config_dir, environ, business, graph_url=page)
        container = Container(settings=settings, admin_open=True)
        announcing = _Announcing(simulator, settings, announce, page=page)
        model_url = None if environ.get(MODEL_KEY) else f"{page}/v1"
        with (
            prepared_agents(container, config_dir=config_dir, model_url=model_url),
            stopped_by_signals(container.stopping()),
        ):
            await run(container, ready=announcing.ready)


class _Announcing:
    """Connects the simulator to the webhook as soon as its address is known, and then announces the addresses."""

    def __init__(self, simulator: Simulator, settings: Settings, announce: Announce, *, page: str) -> None:
        self._simulator = simulator
        self._settings = settings
        self._announce = announce
        self._page = page
        self._task: asyncio.Task[None] | None = None

    def ready(self, host: str, port: int) -> None:
        self._task = asyncio.create_task(self._connect(f"http://{host}:{port}"))

    async def _connect(self, service: str) -> None:
        webhook = f"{service}/v1/channels/{self._settings.channels[0].name}/webhook"
        self._simulator.business = evolve(self._simulator.business, webhook_url=webhook)
        await self._simulator.verify_webhook()
        agents = self._settings.service.agents.url or "in this process"
        self._announce(Addresses(page=self._page, webhook=webhook, agents=agents, notice=self._simulator.notice))


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


def _development_settings(
    config_dir: Path, environ: Mapping[str, str], business: BusinessNumber, *, graph_url: str
) -> Settings:
    """The user's configuration, with the simulator instead of Meta, and with nothing open to the network."""
    credentials = {
        "WHATSAPP_VERIFY_TOKEN": business.verify_token,
        "WHATSAPP_ACCESS_TOKEN": business.access_token,
        "WHATSAPP_PHONE_NUMBER_ID": business.phone_number_id,
        "WHATSAPP_APP_SECRET": business.app_secret,
    }
    settings = load_settings(config_dir=config_dir, environ={**environ, **credentials})
    entry = next((channel for channel in settings.channels if isinstance(channel, WhatsAppSettings)), None)
    if entry is None:
        raise ConfigurationError([_no_whatsapp(config_dir)])
    channel = evolve(
        entry,
        verify_token=Secret(business.verify_token),
        access_token=Secret(business.access_token),
        phone_number_id=business.phone_number_id,
        app_secret=(Secret(business.app_secret),),
        api_url=graph_url,
    )
    service = evolve(
        settings.service,
        store=EMBEDDED_STORE,
        agents=_development_agents(settings, environ),
        http=evolve(settings.service.http, host=LOOPBACK),
    )
    return Settings(service=service, channels=(channel,))


def _development_agents(settings: Settings, environ: Mapping[str, str]) -> AgentsSettings:
    if environ.get("TRUNKLINE_AGENTS_URL"):
        return settings.service.agents
    return AgentsSettings(embedded=True, timeout_seconds=settings.service.agents.timeout_seconds)


def _no_whatsapp(config_dir: Path) -> Problem:
    return Problem(
        where=str(config_dir / "channels.yaml"),
        key="channels",
        message="has no WhatsApp entry, and `trunkline dev` needs one",
        fix="add an entry with type: whatsapp",
    )
