"""The doctor's findings about configuration, store and agents, each with its fix."""

from pathlib import Path

import httpx
import pytest
from attrs import evolve

from application.answering.agent_runtimes import AgentRuntimes
from application.ports.agent import AgentFailedError
from application.ports.backlog import Backlog, ChannelBacklog
from application.ports.store import StoreDefect, StoreUnavailableError
from domain.conversations.routing import Routing, Rule
from domain.policies.retry import AgentFailure
from entrypoints.doctor import Finding, Status
from entrypoints.doctor.installation import misconfigured
from entrypoints.settings import AgentsSettings, ConfigurationError, HttpSettings, Problem, Secret
from entrypoints.settings.tools import ToolsSettings
from support.doctor import CHANNEL, FakeRuntime, examine, meta, one, settings


async def test_warnings_of_the_configuration_are_findings() -> None:
    loaded, unsigned = (await examine(settings(evolve(CHANNEL, app_secret=()))))["configuration"]

    assert loaded.message == "loads; channels: whatsapp"
    assert unsigned.status is Status.WARNING
    assert unsigned.message.startswith("channels.whatsapp: app_secret is not set")
    assert unsigned.fix.startswith("set app_secret to the App Secret of Meta's App Dashboard")


async def test_an_exposed_unsigned_webhook_is_a_failure() -> None:
    exposed = settings(evolve(CHANNEL, app_secret=()), http=HttpSettings(host="192.168.1.5"))

    *_, finding = (await examine(exposed))["configuration"]

    assert finding.status is Status.FAILED
    assert "allow_unsigned: true" in finding.fix


def test_each_problem_of_an_invalid_configuration_is_a_finding() -> None:
    problems = [Problem(where="channels.yaml", key="channels.a", message="is missing", fix="add it")] * 2

    first, _ = misconfigured(ConfigurationError(problems))

    assert first == Finding(
        name="configuration", status=Status.FAILED, message="channels.yaml: channels.a: is missing", fix="add it"
    )


@pytest.mark.parametrize("error", [StoreUnavailableError("connection refused"), OSError("no such socket")])
async def test_an_unreachable_store(error: Exception) -> None:
    async def defects() -> tuple[StoreDefect, ...]:
        raise error

    finding = await one("store", settings(store="redis://:fake-hidden@store:6379"), store_defects=defects)

    assert finding.status is Status.FAILED
    assert finding.message == f"redis://store:6379 does not answer ({error})"
    assert finding.fix == "start it, or correct store in service.yaml"


@pytest.mark.parametrize(("loses_messages", "status"), [(True, Status.FAILED), (False, Status.WARNING)])
async def test_a_store_with_a_defect(*, loses_messages: bool, status: Status) -> None:
    async def defects() -> tuple[StoreDefect, ...]:
        return (StoreDefect(name="evicts", message="it evicts", fix="fix it", loses_messages=loses_messages),)

    answers, finding = (await examine(store_defects=defects))["store"]

    assert answers.status is Status.OK
    assert (finding.status, finding.message, finding.fix) == (status, "it evicts", "fix it")


async def test_messages_of_a_channel_that_is_not_configured() -> None:
    """They wait until it is."""

    async def backlog() -> Backlog:
        waiting = ChannelBacklog(conversations=3, oldest_seconds=60.0)
        return Backlog(channels={"whatsapp": waiting, "sales": waiting, "gone": ChannelBacklog(conversations=0)})

    _, finding = (await examine(backlog=backlog))["store"]

    assert (finding.status, finding.message, finding.fix) == (
        Status.WARNING,
        "3 conversations of channel sales wait, and sales is not in channels.yaml",
        "write sales into channels.yaml; they are answered then",
    )


async def test_an_address_that_cannot_be_used() -> None:
    async def defects() -> tuple[StoreDefect, ...]:
        raise ConfigurationError.of("the address names no file", fix="correct store")

    (finding,) = (await examine(settings(store="rediss://host"), store_defects=defects))["configuration"][-1:]

    assert (finding.status, finding.message, finding.fix) == (
        Status.FAILED,
        "the address names no file",
        "correct store",
    )


async def test_an_unreachable_runtime() -> None:
    away = FakeRuntime(failure=AgentFailedError(AgentFailure.UNREACHABLE, "connection refused"))

    finding = await one("agents", runtime=away)

    assert finding.status is Status.FAILED
    assert finding.message == "http://localhost:8000 does not answer (unreachable: connection refused)"
    assert "correct agents.url in service.yaml" in finding.fix


async def test_a_runtime_that_refuses_us() -> None:
    """A proxy before it wants other credentials."""
    refusing = FakeRuntime(failure=AgentFailedError(AgentFailure.REJECTED, "HTTP 401"))

    finding = await one("agents", runtime=refusing)

    assert finding.status is Status.FAILED
    assert finding.fix == "correct agents.api_key or agents.headers in service.yaml"


async def test_an_agent_the_runtime_does_not_know() -> None:
    """Guide, "Agent not responding": default_agent must match an agent."""
    finding = await one("whatsapp: agent", runtime=FakeRuntime("other"))

    assert finding.status is Status.FAILED
    assert finding.message == "whatsapp-assistant does not exist in http://localhost:8000"
    assert finding.fix.startswith("create config/agents/whatsapp-assistant.agent.yaml")


async def test_each_of_several_runtimes_is_asked() -> None:
    """One of them does not answer, and the other lacks an agent. The fix names the entry."""
    several = settings(
        evolve(CHANNEL, default_agent="sales/entry"),
        agents=(AgentsSettings(name="main", url="http://a"), AgentsSettings(name="sales", url="http://b")),
    )
    away = FakeRuntime(failure=AgentFailedError(AgentFailure.UNREACHABLE, "ConnectError"))

    found = await examine(several, runtimes=AgentRuntimes({"main": away, "sales": FakeRuntime("other")}))

    assert found["agents main"][0].status is Status.FAILED
    assert found["agents main"][0].fix == "start Astromesh there, or correct agents.main.url in service.yaml"
    assert found["agents sales"][0].status is Status.OK
    (agent,) = found["whatsapp: agent"]
    assert agent.message == "sales/entry does not exist in http://b"
    assert agent.fix.startswith("create config/agents/entry.agent.yaml")


async def test_the_agents_of_rules_are_looked_for_too() -> None:
    """Each once, however many rules name it. The log has the same at the start."""
    rules = tuple(Rule(name=str(number), agent="billing") for number in range(2))
    routed = settings(evolve(CHANNEL, routing=Routing(rules=rules)))

    found = (await examine(routed))["whatsapp: agent"]

    assert [finding.message.partition(" in ")[0] for finding in found] == [
        "whatsapp-assistant exists",
        "billing does not exist",
    ]


async def test_an_agent_of_a_similar_name_is_suggested() -> None:
    finding = await one("whatsapp: agent", runtime=FakeRuntime("whatsapp-asistant"))

    assert finding.fix.startswith("did you mean whatsapp-asistant?")


async def test_agents_of_this_process_have_their_files(tmp_path: Path) -> None:
    (tmp_path / "any.agent.yaml").write_text("kind: Agent\nmetadata: {name: whatsapp-assistant}\n")
    embedded = settings(agents=AgentsSettings(embedded=True))

    finding = await one("whatsapp: agent", embedded, agents_dir=tmp_path, offline=True)

    assert finding.status is Status.OK


async def test_an_agent_of_this_process_without_a_file(tmp_path: Path) -> None:
    embedded = settings(agents=AgentsSettings(embedded=True))

    finding = await one("whatsapp: agent", embedded, agents_dir=tmp_path, offline=True)

    assert finding.status is Status.FAILED
    assert str(tmp_path) in finding.message


@pytest.mark.parametrize("content", [b"", b"- list", b"metadata:\n", b"metadata: {}", b"a: b: c", b"\xff\xfe\xfd"])
async def test_a_file_that_is_no_agent_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.agent.yaml").write_bytes(content)
    embedded = settings(agents=AgentsSettings(embedded=True))

    finding = await one("agents", embedded, agents_dir=tmp_path, offline=True)

    assert finding.status is Status.FAILED
    assert "broken.agent.yaml is not an agent file" in finding.message


SECRETS = (Secret("s" * 32),)


@pytest.mark.parametrize(("sends", "status"), [(True, Status.OK), (False, Status.WARNING)])
async def test_what_tools_may_ask_for(*, sends: bool, status: Status) -> None:
    """A secret that allows nothing is probably a mistake."""
    finding = await one("tools", settings(tools=ToolsSettings(secret=SECRETS, send_messages=sends)))

    assert finding.status is status
    assert ("ASTROMESH_NEXUS_URL" in finding.message) is sends


async def test_without_tools_there_is_nothing_to_check() -> None:
    assert "tools" not in await examine()


WEBHOOK = AgentsSettings(webhook="https://user:pw@agent.example/turns", secret=(Secret("not-a-real-secret"),))


async def test_an_agent_behind_a_webhook() -> None:
    """Its address is shown without the password."""
    agents, agent = [(await examine(settings(agents=WEBHOOK)))[name][0] for name in ("agents", "whatsapp: agent")]

    assert agents.message == "https://agent.example/turns answers; agents: whatsapp-assistant"
    assert agent.status is Status.OK


@pytest.mark.parametrize(
    ("failure", "fix"),
    [
        (AgentFailure.UNREACHABLE, "start the agent there, or correct agents.webhook in service.yaml"),
        (AgentFailure.REJECTED, "correct agents.secret in service.yaml, or the address"),
    ],
)
async def test_an_agent_behind_a_webhook_that_does_not_answer(failure: AgentFailure, fix: str) -> None:
    runtime = FakeRuntime(failure=AgentFailedError(failure, "HTTP 401"))

    finding = await one("agents", settings(agents=WEBHOOK), runtime=runtime)

    assert finding.status is Status.FAILED
    assert finding.fix.startswith(fix)


WITH_FILES = ToolsSettings(secret=SECRETS, files_url="http://user:pw@trunkline:8080/")


@pytest.mark.parametrize(
    ("response", "status", "message"),
    [
        (
            httpx.Response(403, json={"type": "urn:trunkline:problem:invalid-file-address"}),
            Status.OK,
            "hands out files",
        ),
        (httpx.Response(404, json={"type": "about:blank"}), Status.FAILED, "is not the address of this service"),
        (httpx.Response(403, text="a proxy"), Status.FAILED, "is not the address of this service (HTTP 403)"),
        (httpx.ConnectError("secret words"), Status.WARNING, "cannot be reached from here (ConnectError)"),
    ],
)
async def test_the_address_for_files(response: httpx.Response | Exception, status: Status, message: str) -> None:
    """Perhaps only the tools can reach it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != "trunkline":
            return meta(request)
        assert request.url.path == "/v1/files/check"
        if isinstance(response, Exception):
            raise response
        return response

    finding = await one("tools: files", settings(tools=WITH_FILES), answer=answer)

    assert finding.status is status
    assert finding.message.startswith("http://trunkline:8080")
    assert message in finding.message
    assert "tools" not in await examine(settings(tools=WITH_FILES), answer=answer)
