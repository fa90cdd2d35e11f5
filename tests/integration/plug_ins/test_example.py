"""The example of a plug-in, installed and used as a stranger would: only its own files, pip and the command."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from support.company_chat import SECRET, CompanyChat, company_chat, signature
from support.operators import block
from support.plug_ins import install
from support.polling import eventually
from support.recorded_agents import recorded_agents
from support.service import COMMAND, Service
from support.store import embedded_store

EXAMPLE = Path(__file__).parents[3] / "examples" / "webhook-chat"
POLLING = "    receive: polling\n    debounce_seconds: 0\n"
ASKED = "Which size?\n\n" + block({"text": "Which size?", "buttons": [{"id": "s", "title": "Small"}]})


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example."""
    copy = tmp_path_factory.mktemp("examples") / EXAMPLE.name
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return copy


@pytest.fixture(scope="module")
def site(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the example is installed into."""
    directory = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", directory, example], check=True)
    return directory


def environment(*packages: Path, **variables: str) -> dict[str, str]:
    """The environment of this process, with more packages on Python's path."""
    path = os.pathsep.join([*map(str, packages), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "CHAT_SECRET": SECRET, "CHAT_URL": "http://127.0.0.1:9", **variables}


def configured(directory: Path, *, store: str = "embedded", agents_url: str = "http://127.0.0.1:9") -> Path:
    """A configuration directory with the entry that the example shows."""
    config = directory / "config"
    config.mkdir()
    shutil.copy(EXAMPLE / "channels.yaml", config)
    service = {"store": store, "data_dir": str(directory / "data"), "agents": {"url": agents_url}}
    (config / "service.yaml").write_text(yaml.safe_dump(service))
    return config


def trunkline(*arguments: str | Path, environ: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([COMMAND, *arguments], env=environ, capture_output=True, text=True, timeout=60, check=False)


async def write(service: Service, **message: Any) -> httpx.Response:
    """The chat calls the webhook: Ana wrote."""
    body = json.dumps({"messages": [{"user": "ana", "name": "Ana", "at": int(time.time()), **message}]}).encode()
    url = f"{service.url}/v1/channels/chat/webhook"
    return await service.http.post(url, content=body, headers={"x-chat-signature": signature(body)})


async def answered(chat: CompanyChat, count: int) -> None:
    await eventually(lambda: len(chat.messages) >= count, seconds=20)


async def test_a_message_is_answered_over_http(site: Path, tmp_path: Path) -> None:
    """A text and a tap come in, each once although it is delivered twice; buttons and a text go out, signed."""
    async with company_chat() as chat, recorded_agents() as agents, embedded_store(tmp_path / "store") as store:
        agents.answer = ASKED
        config = configured(tmp_path, store=store, agents_url=agents.url)
        service = Service(config, cold=True, environ=environment(site, CHAT_URL=f"{chat.url}/api"))
        try:
            await service.start()
            codes = [(await write(service, id="m.1", text="A shirt, please")).status_code for _ in range(2)]
            await answered(chat, 2)
            agents.answer = "It is **yours**."
            await write(service, id="m.2", choice={"id": "s", "title": "Small"})
            await answered(chat, 3)
            forged = await service.http.post(
                f"{service.url}/v1/channels/chat/webhook", content=b"{}", headers={"x-chat-signature": "sha256=0"}
            )
        finally:
            await service.close()

    assert (codes, forged.status_code) == ([200, 200], 403)
    assert [message["text"] for message in chat.messages] == ["Which size?", "Which size?", "It is yours."]
    assert chat.messages[1]["buttons"] == [{"id": "s", "title": "Small"}]
    assert {message["to"] for message in [*chat.messages, *chat.typing]} == {"ana"}
    assert [run.session_id for run in agents.runs] == ["chat:ana", "chat:ana"]
    assert "A shirt, please" in agents.runs[0].query
    assert "Small" in agents.runs[1].query
    assert chat.forged == 0


async def test_a_chat_that_cannot_call_is_asked(site: Path, tmp_path: Path) -> None:
    """Each message is answered once. The chat may forget it when a later position is asked for."""
    async with company_chat() as chat, recorded_agents() as agents, embedded_store(tmp_path / "store") as store:
        agents.answer = "Here you are."
        config = configured(tmp_path, store=store, agents_url=agents.url)
        (config / "channels.yaml").write_text((EXAMPLE / "channels.yaml").read_text() + POLLING)
        service = Service(config, cold=True, environ=environment(site, CHAT_URL=f"{chat.url}/api"))
        wrote = {"user": "ana", "at": int(time.time()), "text": "A shirt, please"}
        chat.waiting[1] = {"messages": [{"id": "m.1", **wrote}]}
        try:
            await service.start()
            await answered(chat, 1)
            chat.waiting |= {number: {"messages": [{"id": f"m.{number}", **wrote}]} for number in (1, 2)}
            await answered(chat, 2)
            await eventually(lambda: not chat.waiting)
        finally:
            await service.close()

    assert [message["text"] for message in chat.messages] == ["Here you are."] * 2
    assert [asked["after"] for asked in chat.updates[:2]] == ["", "1"]
    assert chat.forged == 0


async def test_the_doctor_checks_it(site: Path, tmp_path: Path) -> None:
    """With the check of the example."""
    async with company_chat() as chat, recorded_agents() as agents:
        config = configured(tmp_path, agents_url=agents.url)
        done = await asyncio.to_thread(
            trunkline, "doctor", "--json", "--config-dir", config, environ=environment(site, CHAT_URL=chat.url)
        )

    found = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert found["configuration"]["message"] == "loads; channels: chat"
    assert found["chat: chat"] == {"name": "chat: chat", "status": "ok", "message": "answers (HTTP 200)", "fix": ""}


async def test_its_webhook_is_registered(site: Path, tmp_path: Path) -> None:
    """The chat is told what to call."""
    async with company_chat() as chat:
        config, environ = configured(tmp_path), environment(site, CHAT_URL=chat.url)
        options = ["--config-dir", config, "--address", "https://example.com/"]
        done = await asyncio.to_thread(trunkline, "channels", "register", "chat", *options, environ=environ)

    assert done.stdout == "registered https://example.com/v1/channels/chat/webhook\n"
    assert chat.webhook == [{"url": "https://example.com/v1/channels/chat/webhook"}]


def test_a_broken_plug_in_is_one_line_at_the_start_and_in_doctor(tmp_path: Path) -> None:
    """It is written for another version of Trunkline."""
    packages = tmp_path / "packages"
    packages.mkdir()
    install(packages, name="webhook-chat", package="acme-chat", contract=99)
    config, environ = configured(tmp_path), environment(packages)

    started = trunkline("serve", "--config-dir", config, environ=environ)
    examined = trunkline("doctor", "--json", "--config-dir", config, environ=environ)

    reason = (
        "channels.chat: the package acme-chat 2.1 has the type webhook-chat, which is written for version 99 of the "
        "channel contract; this Trunkline has version 1"
    )
    (finding,) = json.loads(examined.stdout)
    assert (started.returncode, examined.returncode) == (1, 1)
    assert (
        started.stderr
        == f"Error: {config}/channels.yaml: {reason}; install a version of acme-chat 2.1 for this Trunkline\n"
    )
    assert finding["message"] == f"{config}/channels.yaml: {reason}"


def test_its_own_tests_pass(site: Path, example: Path) -> None:
    """They inherit the suites of the kit."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=example,
        env=environment(site),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
