"""The store, and the service as its users run it: the installed command. Both can be killed and started again."""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from attrs import define, field

from adapters.redis.embedded import EmbeddedStore
from chaos.agent import NAME
from chaos.meta import ACCESS_TOKEN, APP_SECRET, BOT_TOKEN, SECRET_TOKEN, VERIFY_TOKEN
from chaos.plan import CONFIRM_SECONDS, GRACE_SECONDS, LEASE_SECONDS, Channel
from simulator.state.business import BusinessNumber

COMMAND = Path(sys.executable).with_name("trunkline")
END_SECONDS = 30.0
PHONE_NUMBER_ID = BusinessNumber(access_token="", app_secret="", verify_token="", webhook_url="").phone_number_id


class DidNotStartError(Exception):
    """A process ended before it was ready; the message holds the end of its log."""


def write_config(
    directory: Path, *, channels: Iterable[Channel], store: str, agents_url: str, simulator_url: str
) -> Path:
    """The configuration of one process. `simulator_url` plays both Meta and Telegram."""
    every = {"default_agent": NAME, "debounce_seconds": 0, "rate_limit": None}
    entries = {
        Channel.WHATSAPP: {
            "verify_token": VERIFY_TOKEN,
            "access_token": ACCESS_TOKEN,
            "phone_number_id": PHONE_NUMBER_ID,
            "app_secret": APP_SECRET,
            "api_url": simulator_url,
        },
        Channel.TELEGRAM: {
            "bot_token": BOT_TOKEN,
            "secret_token": SECRET_TOKEN,
            "api_url": f"{simulator_url}/telegram",
        },
    }
    worker = {
        "lease_seconds": LEASE_SECONDS,
        "grace_seconds": GRACE_SECONDS,
        "confirm_seconds": CONFIRM_SECONDS,
    }
    service = {
        "store": store,
        "data_dir": str(directory),
        "agents": {"url": agents_url},
        "worker": worker,
        "proposals": {"max_open": 100_000},  # nobody decides them here, and none may expire
    }
    directory.mkdir()
    written = {channel.value: {**entries[channel], **every} for channel in channels}
    (directory / "channels.yaml").write_text(yaml.safe_dump({"channels": written}))
    (directory / "service.yaml").write_text(yaml.safe_dump(service))
    return directory


@define(eq=False)
class Service:
    """One process of the service; a web process keeps its port when it is started again.

    `up`: a load balancer would send it requests.
    """

    name: str
    role: str
    config_dir: Path
    port: int = 0
    up: bool = False
    busy: asyncio.Lock = field(factory=asyncio.Lock)
    _process: asyncio.subprocess.Process | None = None

    def webhook_url(self, channel: Channel) -> str:
        return f"http://127.0.0.1:{self.port}/v1/channels/{channel}/webhook"

    @property
    def log_file(self) -> Path:
        return self.config_dir / f"{self.name}.log"

    async def start(self) -> None:
        """Start it; one that serves the web is ready when this returns."""
        arguments = ["serve", "--config-dir", str(self.config_dir), "--role", self.role, "--port", str(self.port)]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("TRUNKLINE_")}
        with self.log_file.open("a") as log:
            # A session of its own: Ctrl-C reaches this process alone, which then ends the others.
            self._process = await asyncio.create_subprocess_exec(
                COMMAND, *arguments, env=environment, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        if self.role == "web":
            line = await self._stdout.readline()
            if not line:
                raise DidNotStartError(f"{self.name}: {self.log_file.read_text()[-2000:]}")
            self.port = int(line.decode().rsplit(":", 1)[1])
        self.up = True

    @property
    def _stdout(self) -> asyncio.StreamReader:
        assert self._process is not None and self._process.stdout is not None  # noqa: PT018, S101
        return self._process.stdout

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def ended(self) -> bool:
        """Wait for its end, and return whether it came in time. If not, kill it."""
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._wait()
        except TimeoutError:
            await self.kill()
            return False
        return True

    async def kill(self) -> None:
        self.up = False
        self.send(signal.SIGKILL)
        await self._wait()

    async def _wait(self) -> None:
        if self._process is not None:
            await self._process.wait()


@define(eq=False)
class Store:
    """The embedded Valkey, with every write synced."""

    directory: Path
    busy: asyncio.Lock = field(factory=asyncio.Lock)

    @property
    def server(self) -> EmbeddedStore:
        return EmbeddedStore(directory=self.directory)

    async def start(self) -> None:
        await self.server.start()

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int((self.directory / "valkey.pid").read_text()), number)


@contextlib.contextmanager
def killed_at_exit(*processes: Service | Store) -> Iterator[None]:
    """Kill the processes at the end of the block, and at the latest at the end of this process."""

    def kill_all() -> None:
        for process in processes:
            process.send(signal.SIGKILL)

    atexit.register(kill_all)
    try:
        yield
    finally:
        kill_all()
        atexit.unregister(kill_all)
