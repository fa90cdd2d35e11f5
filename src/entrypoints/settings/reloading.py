"""What may change while the service runs, and what a change needs a restart for."""

from typing import Any

import attrs
from attrs import AttrsInstance, evolve, frozen

from entrypoints.settings.schema import Settings

# The keys of service.yaml that were given to parts that live as long as the process: the store with all that is kept in
# it, the web server, the worker. A block stands for all its keys. Everything else may change, in channels.yaml too.
NEED_RESTART = frozenset(
    {
        *("store", "store_memory_mb", "store_require_durable", "data_dir"),
        *("max_waiting_messages", "max_dead_letters", "remember_seconds", "usage_days", "audit_days", "transcripts"),
        "proposals.expire_seconds",
        *("webhooks", "webhook_backlog"),
        *("http", "worker.concurrency", "worker.lease_seconds", "worker.grace_seconds", "worker.file_memory_mb"),
        "log_level",
    }
)


@frozen(kw_only=True)
class Reloaded:
    """What came of reading the configuration again.

    `channels` are all channels now. `needs_restart` are the keys of service.yaml that were changed and have no effect
    before a restart. `warnings` are sentences, as at a start.
    """

    channels: tuple[str, ...]
    needs_restart: tuple[str, ...]
    warnings: tuple[str, ...]


def without_restart(old: Settings, new: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The new settings with the old values of all that needs a restart, and the keys of those that differ.

    Agents that run in this process are started once. Where there are any, all of `agents` needs a restart, and so does
    `proposals`: they were told whether they may propose.
    """
    service, keys = _kept(old.service, new.service)
    embedded = any(agents.embedded for agents in (*old.service.agents, *new.service.agents))
    if embedded and old.service.agents != new.service.agents:
        service, keys = evolve(service, agents=old.service.agents), (*keys, "agents")
    if embedded and old.service.proposals != service.proposals:
        service, keys = evolve(service, proposals=old.service.proposals), (*keys, "proposals")
    return evolve(new, service=service), keys


def _kept[T: AttrsInstance](old: T, new: T, path: str = "", *, whole: bool = False) -> tuple[T, tuple[str, ...]]:
    """`whole`: no key of this block may change."""
    changes: dict[str, Any] = {}
    keys: list[str] = []
    for field in attrs.fields(type(old)):
        before, after, key = getattr(old, field.name), getattr(new, field.name), f"{path}{field.name}"
        if before == after:
            continue
        needs_restart = whole or key in NEED_RESTART
        if type(before) is type(after) and attrs.has(type(before)):
            changes[field.name], below = _kept(before, after, f"{key}.", whole=needs_restart)
            keys += below
        elif needs_restart:
            changes[field.name] = before
            keys.append(key)
    kept: T = evolve(new, **changes)  # type: ignore[misc] # mypy's plugin knows no type variables
    return kept, tuple(keys)
