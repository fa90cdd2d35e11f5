"""A simulator as Meta or as Telegram, a store and a service process, connected to each other."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import yaml
from attrs import frozen

from support.service import CREDENTIALS, Service, running_service, trunkline, write_config
from support.simulator import BOT_TOKEN, RunningSimulator, running_simulator
from support.store import embedded_store


@frozen(kw_only=True)
class Installation:
    """Meta, or Telegram, calls the service's webhook."""

    meta: RunningSimulator
    service: Service


type Install = Callable[..., contextlib.AbstractAsyncContextManager[Installation]]


@contextlib.asynccontextmanager
async def running_installation(
    directory: Path, *, settings: Mapping[str, object], **channel: object
) -> AsyncIterator[Installation]:
    """`settings` replaces keys of service.yaml, `channel` keys of the guide's channel."""
    async with embedded_store(directory / "store") as store, running_simulator(webhook_url="http://[::1]:9/") as meta:
        config = directory / "config"
        write_config(config, graph_url=meta.url, store=store, agents_url="http://127.0.0.1:9", **channel)
        path = config / "service.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | dict(settings)))
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            yield Installation(meta=meta, service=service)


def write_bot(directory: Path, *, api_url: str, settings: Mapping[str, object], **entry: object) -> Path:
    """A configuration with one bot and no number. `entry` replaces keys of the bot, `settings` those of the service."""
    keys = {
        "bot_token": BOT_TOKEN,
        "secret_token": "a-secret_Token-1",
        "default_agent": "whatsapp-assistant",
        "api_url": api_url,
        "debounce_seconds": 0,
    }
    service = {"data_dir": str(directory / "data"), "admin_token": "${TRUNKLINE_ADMIN_TOKEN}"}
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "channels.yaml").write_text(yaml.safe_dump({"channels": {"telegram": keys | entry}}))
    (directory / "service.yaml").write_text(yaml.safe_dump(service | dict(settings)))
    return directory


async def channels_command(*arguments: str, config_dir: Path) -> str:
    """What `trunkline channels ...` prints. It must succeed."""
    done = await trunkline("channels", *arguments, "--config-dir", str(config_dir), environ=CREDENTIALS)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@contextlib.asynccontextmanager
async def running_bot(
    directory: Path, *, settings: Mapping[str, object], **entry: object
) -> AsyncIterator[Installation]:
    """One bot, whose webhook is registered by the command. A bot with `receive` fetches its updates."""
    async with embedded_store(directory / "store") as store, running_simulator(webhook_url="") as telegram:
        api_url = f"{telegram.url}/telegram"
        config = write_bot(directory / "config", api_url=api_url, settings={"store": store, **settings}, **entry)
        async with running_service(config) as service:
            if "receive" not in entry:
                await channels_command("register", "telegram", "--address", service.url, config_dir=config)
            yield Installation(meta=telegram, service=service)
