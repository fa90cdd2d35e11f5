"""What `trunkline doctor` finds, and says mends it."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from rich.console import Console

from application.ports.agent import AgentAnswer, AgentFailedError
from application.ports.store import StoreUnavailableError
from domain.failures import AgentFailure
from entrypoints.doctor import Finding, Probes, Status, diagnose, has_failed, misconfigured, report
from entrypoints.settings import (
    AgentsSettings,
    ConfigurationError,
    HttpSettings,
    Problem,
    Secret,
    ServiceSettings,
    Settings,
    WhatsAppSettings,
)

TOKEN = "EAABfakebuthidden"
TODAY = date(2026, 11, 22)
NUMBER = {"display_phone_number": "+1 555 010 9999", "verified_name": "Acme", "quality_rating": "GREEN", "id": "1"}
ADDRESS = "https://acme.example/v1/channels/whatsapp/webhook"
CHANNEL = WhatsAppSettings(
    name="whatsapp",
    verify_token=Secret("fake-verify-token"),
    access_token=Secret(TOKEN),
    phone_number_id="106543218765432",
    app_secret=(Secret("fake-app-secret"),),
    default_agent="whatsapp-assistant",
    api_url="https://graph.example/",
)

type Answer = Callable[[httpx.Request], httpx.Response]


class FakeRuntime:
    """An agent runtime that knows `names`, or fails with `failure`."""

    def __init__(self, *names: str, failure: AgentFailedError | None = None) -> None:
        self.names = names
        self.failure = failure

    async def run(self, *, agent: str, query: str, session_id: str, context: Mapping[str, object]) -> AgentAnswer:
        raise AssertionError("the doctor runs no agent")

    async def agents(self) -> tuple[str, ...]:
        if self.failure:
            raise self.failure
        return self.names


def meta(request: httpx.Request) -> httpx.Response:
    """The Graph API of a sound number."""
    if request.url.params["fields"] == "webhook_configuration":
        return httpx.Response(200, json={"webhook_configuration": {"application": ADDRESS}, "id": "1"})
    return httpx.Response(200, json=NUMBER)


def refusing(status: int, error: Any = None) -> Answer:
    return lambda _: httpx.Response(status, json={"error": error} if error else None)


async def answering() -> None:
    """A store that answers."""


def settings(channel: WhatsAppSettings = CHANNEL, **service: Any) -> Settings:
    return Settings(service=ServiceSettings(**service), channels=(channel,))


async def examine(
    examined: Settings | None = None,
    *,
    answer: Answer = meta,
    runtime: FakeRuntime | None = None,
    offline: bool = False,
    agents_dir: Path = Path("nowhere"),
    **probes: Any,
) -> dict[str, list[Finding]]:
    """The findings, by name."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        asked = Probes(
            agents=runtime or FakeRuntime("whatsapp-assistant"),
            client=client,
            agents_dir=agents_dir,
            **({"ping": answering, "today": TODAY} | probes),
        )
        findings = await diagnose(examined or settings(), probes=asked, offline=offline)
    assert TOKEN not in repr(findings)
    by_name: dict[str, list[Finding]] = {}
    for finding in findings:
        by_name.setdefault(finding.name, []).append(finding)
    return by_name


async def one(name: str, *args: Any, **options: Any) -> Finding:
    (finding,) = (await examine(*args, **options))[name]
    return finding


async def test_a_sound_installation_has_nothing_to_mend() -> None:
    found = await examine()

    assert list(found) == [
        "configuration",
        "whatsapp: API version",
        "store",
        "agents",
        "whatsapp: agent",
        "whatsapp: token and number",
        "whatsapp: webhook",
    ]
    assert {(finding.status, finding.mend) for findings in found.values() for finding in findings} == {(Status.OK, "")}


async def test_offline_connects_to_nothing() -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise AssertionError("connected")

    async def ping() -> None:
        raise AssertionError("connected")

    found = await examine(
        answer=unreachable, ping=ping, runtime=FakeRuntime(failure=AssertionError("connected")), offline=True
    )

    assert list(found) == ["configuration", "whatsapp: API version"]


async def test_warnings_of_the_configuration_are_findings() -> None:
    loaded, unsigned = (await examine(settings(evolve(CHANNEL, app_secret=()))))["configuration"]

    assert loaded.message == "loads; channels: whatsapp"
    assert unsigned.status is Status.WARNING
    assert unsigned.message.startswith("channels.whatsapp: app_secret is not set")
    assert unsigned.mend.startswith("set app_secret to the App Secret of Meta's App Dashboard")


async def test_an_exposed_unsigned_webhook_is_a_failure() -> None:
    exposed = settings(evolve(CHANNEL, app_secret=()), http=HttpSettings(host="192.168.1.5"))

    *_, finding = (await examine(exposed))["configuration"]

    assert finding.status is Status.FAILED
    assert "allow_unsigned: true" in finding.mend


def test_a_configuration_that_does_not_load_is_told_problem_by_problem() -> None:
    problems = [Problem(where="channels.yaml", key="channels.a", message="is missing", mend="add it")] * 2

    first, _ = misconfigured(ConfigurationError(problems))

    assert first == Finding(
        name="configuration", status=Status.FAILED, message="channels.yaml: channels.a: is missing", mend="add it"
    )


@pytest.mark.parametrize("error", [StoreUnavailableError("connection refused"), OSError("no such socket")])
async def test_a_store_that_is_away(error: Exception) -> None:
    async def ping() -> None:
        raise error

    finding = await one("store", settings(store="redis://:fake-hidden@store:6379"), ping=ping)

    assert finding.status is Status.FAILED
    assert finding.message == f"redis://store:6379 does not answer ({error})"
    assert finding.mend == "start it, or correct store in service.yaml"


async def test_a_runtime_that_is_away() -> None:
    away = FakeRuntime(failure=AgentFailedError(AgentFailure.UNREACHABLE, "connection refused"))

    finding = await one("agents", runtime=away)

    assert finding.status is Status.FAILED
    assert finding.message == "http://localhost:8000 does not answer (unreachable: connection refused)"
    assert "correct agents.url in service.yaml" in finding.mend


async def test_an_agent_the_runtime_does_not_know() -> None:
    """Guide, "Agent not responding": default_agent must match an agent."""
    finding = await one("whatsapp: agent", runtime=FakeRuntime("other"))

    assert finding.status is Status.FAILED
    assert finding.message == "whatsapp-assistant is not in http://localhost:8000"
    assert finding.mend.startswith("create config/agents/whatsapp-assistant.agent.yaml")


async def test_an_agent_of_a_similar_name_is_suggested() -> None:
    finding = await one("whatsapp: agent", runtime=FakeRuntime("whatsapp-asistant"))

    assert finding.mend.startswith("did you mean whatsapp-asistant?")


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
    assert "broken.agent.yaml is no agent" in finding.message


async def test_the_number_is_asked_for_with_the_token() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return meta(request)

    finding = await one("whatsapp: token and number", answer=answer)

    request = asked[0]
    assert request.url.path == "/v25.0/106543218765432"
    assert request.url.params["fields"] == "display_phone_number,verified_name,quality_rating"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert finding.message == "+1 555 010 9999 (Acme), quality GREEN"


@pytest.mark.parametrize(
    ("status", "error", "expected", "message", "mend"),
    [
        (401, None, Status.FAILED, "expired or is wrong (HTTP 401)", "System User"),
        (400, {"code": 190}, Status.FAILED, "expired or is wrong (HTTP 400, code 190)", "System User"),
        (403, {"code": 10}, Status.FAILED, "lacks a permission (HTTP 403, code 10)", "whatsapp_business_messaging"),
        (400, {"code": 200}, Status.FAILED, "lacks a permission (HTTP 400, code 200)", "System User"),
        (400, {"code": 100, "error_subcode": 33}, Status.FAILED, "sees no number of that id", "WhatsApp > API Setup"),
        (404, None, Status.FAILED, "sees no number of that id (HTTP 404)", "WhatsApp > API Setup"),
        (429, None, Status.WARNING, "asks for patience (HTTP 429)", "try again later"),
        (400, {"code": 4}, Status.WARNING, "asks for patience (HTTP 400, code 4)", "try again later"),
        (503, None, Status.WARNING, "has trouble (HTTP 503)", "metastatus.com"),
        (418, {"code": 77}, Status.FAILED, "refuses (HTTP 418, code 77)", "error codes"),
        (400, "odd", Status.FAILED, "refuses (HTTP 400)", "error codes"),
        (400, {"code": [1]}, Status.FAILED, "refuses (HTTP 400)", "error codes"),
    ],
)
async def test_a_refusal_is_explained(status: int, error: Any, expected: Status, message: str, mend: str) -> None:
    """Meta's own words are not repeated: they may quote the token."""
    if isinstance(error, dict):
        error["message"] = f"Malformed access token {TOKEN}"

    finding = await one("whatsapp: token and number", answer=refusing(status, error))

    assert finding.status is expected
    assert message in finding.message
    assert mend in finding.mend


@pytest.mark.parametrize("quality", ["YELLOW", "RED"])
async def test_a_number_people_complain_about(quality: str) -> None:
    finding = await one(
        "whatsapp: token and number", answer=lambda _: httpx.Response(200, json=NUMBER | {"quality_rating": quality})
    )

    assert finding.status is Status.WARNING
    assert quality in finding.message


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN}ä"])
async def test_a_token_with_characters_no_token_has(token: str) -> None:
    finding = await one("whatsapp: token and number", settings(evolve(CHANNEL, access_token=Secret(token))))

    assert finding.status is Status.FAILED
    assert finding.mend == "copy it again"


async def test_an_api_that_cannot_be_reached() -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no route for {TOKEN}")

    found = await examine(answer=unreachable)

    (number,), (webhook,) = found["whatsapp: token and number"], found["whatsapp: webhook"]
    assert number.status is Status.FAILED
    assert number.message == "https://graph.example cannot be reached (ConnectError)"
    assert "api_url" in number.mend
    assert webhook.status is Status.WARNING


async def test_where_meta_delivers() -> None:
    finding = await one("whatsapp: webhook")

    assert finding.status is Status.OK
    assert ADDRESS in finding.message


async def test_the_address_of_the_number_goes_before_that_of_the_app() -> None:
    levels = {
        "application": ADDRESS,
        "whatsapp_business_account": "https://b.example",
        "phone_number": "https://c.example",
    }

    finding = await one(
        "whatsapp: webhook", answer=lambda _: httpx.Response(200, json={"webhook_configuration": levels})
    )

    assert finding.status is Status.WARNING
    assert "https://c.example, which is not the address of this channel" in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        refusing(400, {"code": 100}),
        lambda _: httpx.Response(200, json={"id": "1"}),
        lambda _: httpx.Response(200, json={"webhook_configuration": {}}),
        lambda _: httpx.Response(200, json={"webhook_configuration": {"application": 5}}),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, text="<html>"),
    ],
)
async def test_where_meta_does_not_say_the_clicks_are_told(answer: Answer) -> None:
    finding = await one("whatsapp: webhook", answer=answer)

    assert finding.status is Status.WARNING
    assert "https://YOUR-DOMAIN/v1/channels/whatsapp/webhook" in finding.mend
    assert "subscribe to the field messages" in finding.mend


@pytest.mark.parametrize(
    ("version", "today", "status", "message"),
    [
        ("v25.0", TODAY, Status.OK, "v25.0, served until 2028-07-29"),
        ("v26.0", TODAY, Status.OK, "v26.0, whose end is not known to this release"),
        ("v22.0", TODAY, Status.OK, "v22.0, served until 2027-05-20"),
        ("v21.0", TODAY, Status.WARNING, "v21.0 ends on 2027-01-21"),
        ("v21.0", date(2026, 10, 23), Status.WARNING, "v21.0 ends on 2027-01-21"),
        ("v21.0", date(2026, 10, 22), Status.OK, "v21.0, served until 2027-01-21"),
        ("v21.0", date(2027, 1, 21), Status.FAILED, "v21.0 ended on 2027-01-21"),
        ("v20.0", TODAY, Status.FAILED, "v20.0 ended on 2026-09-24"),
        ("v3.2", TODAY, Status.FAILED, "v3.2 has ended"),
    ],
)
async def test_the_end_of_an_api_version(version: str, today: date, status: Status, message: str) -> None:
    finding = await one("whatsapp: API version", settings(evolve(CHANNEL, api_version=version)), today=today)

    assert (finding.status, finding.message) == (status, message)
    assert finding.mend == ("" if status is Status.OK else "set api_version to v25.0 or a later one")


FINDINGS = (
    Finding(name="store", status=Status.OK, message="redis://[::1] answers"),
    Finding(name="agents", status=Status.FAILED, message="[bold]away", mend="start it"),
)


def printed(*, as_json: bool = False, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    report(FINDINGS, console=console, as_json=as_json)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_report_is_a_line_each_where_nobody_looks() -> None:
    assert printed() == "ok: store: redis://[::1] answers\nfailed: agents: [bold]away -> start it\n"


def test_a_report_is_a_table_on_a_terminal() -> None:
    lines = [line.split() for line in printed(terminal=True).splitlines()]

    assert lines == [["ok", "store", "redis://[::1]", "answers"], ["failed", "agents", "[bold]away"], ["start", "it"]]


def test_a_report_is_json_for_programs() -> None:
    first, second = json.loads(printed(as_json=True, terminal=True))

    assert first == {"name": "store", "status": "ok", "message": "redis://[::1] answers", "mend": ""}
    assert second["mend"] == "start it"


def test_only_a_failure_is_a_failure() -> None:
    warned = Finding(name="a", status=Status.WARNING, message="b", mend="c")

    assert has_failed(FINDINGS)
    assert not has_failed([FINDINGS[0], warned])
