"""`POST /v1/reload`."""

from unittest.mock import AsyncMock

from entrypoints.settings import ConfigurationError, Problem
from entrypoints.settings.reloading import Reloaded
from support.http_services import OPERATOR, FakeServices

RELOADED = Reloaded(channels=("whatsapp",), needs_restart=("http.port",), warnings=("channels.whatsapp: careful",))


async def test_it_tells_what_came_of_it() -> None:
    """Also what has no effect before a restart."""
    async with FakeServices().client(reload=AsyncMock(return_value=RELOADED)) as client:
        answer = await client.post("/v1/reload", headers=OPERATOR)

    assert answer.status_code == 200
    assert answer.json() == {
        "channels": ["whatsapp"],
        "needs_restart": ["http.port"],
        "warnings": ["channels.whatsapp: careful"],
    }


async def test_a_bad_configuration_is_answered_with_all_its_problems() -> None:
    problems = [Problem(where="channels.yaml", key=key, message="is missing", fix="add this key") for key in ("a", "b")]

    async with FakeServices().client(reload=AsyncMock(side_effect=ConfigurationError(problems))) as client:
        answer = await client.post("/v1/reload", headers=OPERATOR)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:trunkline:problem:invalid-configuration")
    assert answer.json()["problems"] == [
        "channels.yaml: a: is missing; add this key",
        "channels.yaml: b: is missing; add this key",
    ]


async def test_only_operators_may() -> None:
    reload = AsyncMock()

    async with FakeServices().client(reload=reload) as client:
        answer = await client.post("/v1/reload")

    assert answer.status_code == 401
    reload.assert_not_called()
