"""The doctor with an installation that a test describes. By default nothing is wrong with it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from application.answering.agent_runtimes import AgentRuntimes
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from application.ports.backlog import Backlog
from application.ports.operators import RegisteredOperator
from application.ports.store import StoreDefect
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.doctor import Finding
from entrypoints.doctor.diagnosis import Probes, diagnose
from entrypoints.settings import Secret, ServiceSettings, Settings
from entrypoints.settings.whatsapp import WhatsAppSettings

TOKEN = "EAABfakebuthidden"
TODAY = date(2026, 11, 22)
NUMBER = {"display_phone_number": "+1 555 010 9999", "verified_name": "Acme", "quality_rating": "GREEN", "id": "1"}
ADDRESS = "https://acme.example/v1/channels/whatsapp/webhook"
CHANNEL = WhatsAppSettings(
    name="whatsapp",
    verify_token=(Secret("fake-verify-token"),),
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

    async def run(self, run: AgentRun) -> AgentAnswer:
        raise AssertionError("the doctor runs no agent")

    async def agents(self) -> tuple[str, ...]:
        if self.failure:
            raise self.failure
        return self.names


def meta(request: httpx.Request) -> httpx.Response:
    """The Graph API of a number without problems."""
    if request.url.params["fields"] == "webhook_configuration":
        return httpx.Response(200, json={"webhook_configuration": {"application": ADDRESS}, "id": "1"})
    return httpx.Response(200, json=NUMBER)


async def no_defects() -> tuple[StoreDefect, ...]:
    """What is wrong with a store that is as it should be."""
    return ()


async def no_operators() -> tuple[RegisteredOperator, ...]:
    """Nobody has a token of their own."""
    return ()


async def nothing_waits() -> Backlog:
    """What waits in an installation that is not behind."""
    return Backlog()


HEALTHY = {"store_defects": no_defects, "backlog": nothing_waits, "operators": no_operators, "today": TODAY}


def settings(channel: WhatsAppSettings = CHANNEL, **service: Any) -> Settings:
    return Settings(service=ServiceSettings(**service), channels=(channel,))


async def examine(
    examined: Settings | None = None,
    *,
    answer: Answer = meta,
    runtime: FakeRuntime | None = None,
    runtimes: AgentRuntimes | None = None,
    offline: bool = False,
    agents_dir: Path = Path("nowhere"),
    **probes: Any,
) -> dict[str, list[Finding]]:
    """The findings, by name."""
    types, installed = ChannelTypes.installed(), examined or settings()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        asked = Probes(
            environ={},
            channels=build_channels(installed, types, client),
            channel_checks=lambda channel: types.of(channel).checks,
            runtimes=runtimes or AgentRuntimes.single(runtime or FakeRuntime("whatsapp-assistant")),
            client=client,
            agents_dir=agents_dir,
            **(
                {"store_defects": no_defects, "backlog": nothing_waits, "operators": no_operators, "today": TODAY}
                | probes
            ),
        )
        findings = await diagnose(installed, probes=asked, offline=offline)
    assert TOKEN not in repr(findings)
    by_name: dict[str, list[Finding]] = {}
    for finding in findings:
        by_name.setdefault(finding.name, []).append(finding)
    return by_name


async def one(name: str, *args: Any, **options: Any) -> Finding:
    """The only finding of that name."""
    (finding,) = (await examine(*args, **options))[name]
    return finding
