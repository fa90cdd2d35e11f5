"""Which changes need a restart."""

import attrs
from attrs import evolve

from entrypoints.settings import AgentsSettings, HttpSettings, Secret, ServiceSettings, Settings, WorkerSettings
from entrypoints.settings.reloading import NEED_RESTART, without_restart
from entrypoints.settings.webhooks import ProposalsSettings
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


def test_where_proposals_go_changes() -> None:
    """But where agents run in this process: they were told whether they may propose."""
    to_erp = {"proposals": ProposalsSettings(url="https://erp.example", secret=(Secret("not-a-real-secret"),))}
    in_process = {"agents": AgentsSettings(embedded=True)}

    assert without_restart(OLD, changed(**to_erp)) == (changed(**to_erp), ())
    assert without_restart(changed(**in_process), changed(**in_process, **to_erp)) == (
        changed(**in_process),
        ("proposals",),
    )


def test_every_key_that_needs_a_restart_exists() -> None:
    service = {field.name for field in attrs.fields(ServiceSettings)}
    worker = {f"worker.{field.name}" for field in attrs.fields(WorkerSettings)}
    proposals = {f"proposals.{field.name}" for field in attrs.fields(ProposalsSettings)}

    assert service | worker | proposals >= NEED_RESTART
