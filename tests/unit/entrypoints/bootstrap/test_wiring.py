"""A new configuration takes the place of the old one in a process that runs."""

import asyncio
from collections.abc import AsyncIterator

import attrs
import pytest
from attrs import define, evolve
from structlog.testing import capture_logs

from adapters.memory.agent import ScriptedAgent
from application.ports.breaker_store import State
from entrypoints.bootstrap import wiring as wiring_module
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.in_memory import keep_in_memory
from entrypoints.bootstrap.injector import providers
from entrypoints.bootstrap.wiring import LASTING, LASTING_IN_PROCESS, Wiring
from entrypoints.settings import AgentsSettings, ConfigurationError, HttpSettings, Secret, ServiceSettings, Settings
from entrypoints.settings.reloading import NEED_RESTART
from support.doctor import CHANNEL
from support.polling import eventually

# What is made anew by every reload. A new part of the container belongs here or into LASTING.
RENEWED = {
    *("settings", "agents_dir", "admin_open", "reload", "worker_settings", "worker", "retries", "memory_url"),
    *("agents_clients", "agent", "runtimes", "measured_runtimes", "channels", "transcriber", "use_cases", "services"),
    *("tools", "poller", "proposal_policy", "proposal_receiver", "proposals_client"),
}
OLD = Settings(service=ServiceSettings(admin_token=Secret("old")), channels=(CHANNEL,))
SALES = evolve(CHANNEL, name="sales", phone_number_id="2", app_secret=(Secret("other"),))


@define
class Files:
    """What the files say now; an error where they cannot be used."""

    settings: Settings | ConfigurationError = OLD

    def load(self) -> Settings:
        if isinstance(self.settings, ConfigurationError):
            raise self.settings
        return self.settings


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
async def wiring(files: Files) -> AsyncIterator[Wiring]:
    container = Container(settings=OLD)
    keep_in_memory(container)
    container.agent.override(providers.Object(ScriptedAgent()))
    wiring = Wiring(container, load=files.load)
    yield wiring
    await wiring.aclose()
    await container.http_client().aclose()


def test_every_part_lasts_or_is_made_anew() -> None:
    """Somebody has thought about each of them."""
    parts = set(Container.providers)

    assert parts - set(LASTING) == RENEWED
    assert set(LASTING) <= parts
    assert set(LASTING_IN_PROCESS) <= RENEWED


async def test_what_begins_later_gets_the_new_configuration(wiring: Wiring, files: Files) -> None:
    """What has begun keeps the old one."""
    used: list[Container] = []
    wiring.follow(used.append)
    old = wiring.container
    under_way = old.use_cases().answer
    files.settings = evolve(OLD, channels=(evolve(CHANNEL, default_agent="other"), SALES))

    reloaded = await wiring.reload()

    assert (reloaded.channels, reloaded.needs_restart) == (("whatsapp", "sales"), ())
    assert used == [old, wiring.container]
    assert wiring.container.services().channels["whatsapp"].agent == "other"
    assert wiring.container.use_cases().answer.channels.know("sales")
    assert under_way.channels["whatsapp"].agent == CHANNEL.default_agent


async def test_parts_of_the_process_stay(wiring: Wiring, files: Files) -> None:
    """Also after a second reload."""
    old = wiring.container
    lasting = {name: old.providers[name]() for name in LASTING}
    files.settings = evolve(OLD, service=evolve(OLD.service, admin_token=Secret("new"), http=HttpSettings(port=9090)))

    for _ in range(2):
        reloaded = await wiring.reload()

    assert wiring.container is not old
    assert {name: wiring.container.providers[name]() for name in LASTING} == lasting
    assert wiring.container.services().admin_token == "new"
    assert reloaded.needs_restart == ("http.port",)
    assert wiring.container.settings().service.http == OLD.service.http


@pytest.mark.parametrize("exposed", [False, True])
async def test_a_bad_configuration_changes_nothing(wiring: Wiring, files: Files, *, exposed: bool) -> None:
    """It is one when its files are wrong, and when it would let anybody send fake messages."""
    used: list[Container] = []
    wiring.follow(used.append)
    old = wiring.container
    if exposed:
        old.settings.override(evolve(OLD, service=evolve(OLD.service, http=HttpSettings(host="0.0.0.0"))))  # noqa: S104
        files.settings = evolve(OLD, channels=(evolve(CHANNEL, app_secret=()),))
    else:
        files.settings = ConfigurationError.of("is wrong", fix="correct it")

    with capture_logs() as logs, pytest.raises(ConfigurationError):
        await wiring.reload()

    assert (wiring.container, used) == (old, [old])
    (line,) = [line for line in logs if line["event"] == "the configuration is not reloaded; nothing changed"]
    assert len(line["problems"]) == 1


async def test_a_part_that_cannot_be_built_changes_nothing(
    wiring: Wiring, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For instance a certificate of the agents that cannot be read."""
    old = wiring.container
    agents = AgentsSettings(url="https://agents.example", ca_file="/nowhere/ca.pem")  # type: ignore[arg-type]
    files.settings = evolve(OLD, service=evolve(OLD.service, agents=agents))

    with pytest.raises(ConfigurationError, match="certificates cannot be used"):
        await wiring.reload()

    assert wiring.container is old


async def test_a_signal_reloads(wiring: Wiring, files: Files) -> None:
    """One that comes with a bad configuration is only logged."""
    old = wiring.container
    wiring.request()
    await eventually(lambda: wiring.container is not old)
    now = wiring.container
    files.settings = ConfigurationError.of("is wrong", fix="correct it")

    with capture_logs() as logs:
        wiring.request()
        await eventually(lambda: any("problems" in line for line in logs))

    assert wiring.container is now


async def test_other_processes_follow_a_request(files: Files) -> None:
    """Unless the configuration cannot be used."""
    container = Container(settings=OLD)
    keep_in_memory(container)
    container.agent.override(providers.Object(ScriptedAgent()))
    told: list[str] = []
    wiring = Wiring(container, load=files.load, spread=lambda: told.append("reload"))

    await wiring.reload()
    assert told == []
    await container.services().reload()
    assert told == ["reload"]
    files.settings = ConfigurationError.of("is wrong", fix="correct it")
    with pytest.raises(ConfigurationError):
        await wiring.container.services().reload()
    assert told == ["reload"]

    await wiring.aclose()
    await container.http_client().aclose()


async def test_the_clients_of_the_old_configuration_are_closed_later(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns under way may still use them."""
    monkeypatch.setattr(wiring_module, "RETIRE_SECONDS", 0)
    own = wiring_module.Container(settings=OLD).http_client()
    wiring.container.agents_clients.override(providers.Object((own,)))
    replaced = wiring.container

    await wiring.reload()
    assert not own.is_closed
    wiring.container.agents_clients.override(providers.Object((wiring.container.http_client(),)))
    wiring._retire(replaced)

    await eventually(lambda: own.is_closed)
    assert not wiring.container.http_client().is_closed


async def test_a_changed_channel_sends_again(wiring: Wiring, files: Files) -> None:
    """Its circuit breaker is closed: the new access token may be the repair. Other channels stay as they are."""
    files.settings = evolve(OLD, channels=(CHANNEL, SALES))
    await wiring.reload()
    breaker = wiring.container.use_cases().breaker
    for name in ("whatsapp", "sales"):
        await breaker.open(channel=name, reason="the token expired", seconds=60)
    files.settings = evolve(OLD, channels=(CHANNEL, evolve(SALES, access_token=Secret("new"))))

    await wiring.reload()

    async def closed() -> bool:
        return (await breaker.status(channel="sales")).state is State.CLOSED

    await eventually(closed)
    assert (await breaker.status(channel="whatsapp")).state is State.OPEN


async def test_work_beside_begins_anew(wiring: Wiring) -> None:
    """With the new container, until the service stops."""
    began: list[Container] = []

    async def work(container: Container, ended: asyncio.Event) -> None:
        began.append(container)
        await ended.wait()

    task = asyncio.create_task(wiring.run_anew(work))
    await eventually(lambda: len(began) == 1)
    old = wiring.container
    await wiring.reload()
    await eventually(lambda: len(began) == 2)
    wiring.container.stopping().set()
    await task

    assert began == [old, wiring.container]


def recording[T: attrs.AttrsInstance](settings: T, seen: set[str], path: str = "") -> T:
    """The same settings. `seen` gets the path of each value that is read."""

    class Recording(type(settings)):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> object:
            if name.startswith("__"):
                return object.__getattribute__(self, name)
            value = getattr(settings, name)
            if attrs.has(type(value)):
                return recording(value, seen, f"{path}{name}.")
            seen.add(f"{path}{name}")
            return value

    recorder: T = object.__new__(Recording)
    return recorder


def test_lasting_parts_are_made_of_settings_that_need_a_restart() -> None:
    """Otherwise a reload would change a setting, and not what was built with it."""
    seen: set[str] = set()
    container = Container(settings=recording(OLD, seen))

    for name in LASTING:
        container.providers[name]()

    # The policy of proposals reads these as well, and is made anew. Their store only gets how long they are kept.
    policy = {f"proposals.{name}" for name in ("max_open", "tell_people", "give_up_seconds")}
    keys = {key.removeprefix("service.") for key in seen} - policy
    assert {key for key in keys if key not in NEED_RESTART and key.partition(".")[0] not in NEED_RESTART} == set()
