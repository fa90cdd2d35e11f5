"""Which changes need a restart."""

import attrs
from attrs import evolve

from entrypoints.settings import AgentsSettings, HttpSettings, Secret, ServiceSettings, Settings, WorkerSettings
from entrypoints.settings.reloading import NEED_RESTART, without_restart
from support.doctor import CHANNEL

OLD = Settings(service=ServiceSettings(), channels=(CHANNEL,))


def changed(**service: object) -> Settings:
    return evolve(OLD, service=evolve(OLD.service, **service))  # type: ignore[arg-type]


def test_channels_and_secrets_change() -> None:
    new = evolve(changed(admin_token=Secret("new")), channels=(evolve(CHANNEL, default_agent="other"),))

    assert without_restart(OLD, new) == (new, ())


def test_what_needs_a_restart_is_named_and_stays() -> None:
    """The rest of its block changes."""
    new = changed(
        store="redis://store:6379",
        http=HttpSettings(port=9090),
        worker=WorkerSettings(concurrency=5, confirm_seconds=7),
    )

    kept, keys = without_restart(OLD, new)

    assert keys == ("store", "http.port", "worker.concurrency")
    assert kept == changed(worker=WorkerSettings(confirm_seconds=7))


def test_agents_elsewhere_change() -> None:
    new = changed(agents=AgentsSettings(url="https://agents.example", api_key=Secret("key")))

    assert without_restart(OLD, new) == (new, ())


def test_agents_in_this_process_need_a_restart() -> None:
    """Also to have none any more."""
    embedded = changed(agents=AgentsSettings(embedded=True))

    assert without_restart(OLD, embedded) == (OLD, ("agents",))
    assert without_restart(embedded, OLD) == (embedded, ("agents",))


def test_every_key_that_needs_a_restart_exists() -> None:
    service = {field.name for field in attrs.fields(ServiceSettings)}
    worker = {f"worker.{field.name}" for field in attrs.fields(WorkerSettings)}

    assert service | worker >= NEED_RESTART
