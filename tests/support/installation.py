"""A simulator as Meta, a store and a service process, connected to each other."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import yaml
from attrs import frozen

from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store


@frozen(kw_only=True)
class Installation:
    """Meta calls the service's webhook."""

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
