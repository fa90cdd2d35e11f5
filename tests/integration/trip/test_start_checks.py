"""What the service says when it starts about a configuration that loads and cannot work."""

from pathlib import Path

import pytest

from support.polling import eventually
from support.service import StartService, trunkline, write_config

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("role", ["web", "worker"])
async def test_roles_apart_need_a_store_that_both_reach(tmp_path: Path, role: str, processes: str) -> None:
    """Otherwise a webhook gets 200, and nobody ever answers its message."""
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store="embedded")

    ended = await trunkline("serve", "--role", role, "--processes", processes, "--config-dir", str(config))

    assert ended.returncode == 1
    assert "service.yaml: store: is embedded" in ended.stderr
    assert "name a store that web and worker can reach" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_an_agent_that_does_not_exist_and_an_api_that_has_ended(start_service: StartService) -> None:
    service = await start_service(default_agent="whatsap-assistant", api_version="v20.0")

    assert await eventually(lambda: "whatsapp: agent: whatsap-assistant does not exist in" in service.log)
    assert "did you mean whatsapp-assistant?" in service.log
    assert "whatsapp: API version: v20.0 ended on 2026-09-24" in service.log


async def test_an_agent_runtime_that_does_not_answer(start_service: StartService) -> None:
    """The service takes messages all the same: the runtime may come later."""
    service = await start_service(agents=NOWHERE)

    assert await eventually(lambda: "agents: http://127.0.0.1:9 does not answer" in service.log)
