"""The client for agents behind a private authority, which may want to know who calls."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from attrs import evolve

from adapters.no_op_tracer import NoOpTracer
from application.ports.agent import AgentFailedError
from entrypoints.bootstrap.agent_runtimes import make_agents_clients, make_first_agent
from entrypoints.settings import AgentsSettings, ConfigurationError, ServiceSettings, Settings
from support.canned_http import response
from support.certificates import Certificates
from support.loopback import listening


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.issue(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def server(certificates: Certificates) -> AsyncIterator[str]:
    """It lists no agents, and takes only clients with a certificate of its own authority."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response(200, b'{"agents": []}'))
        await writer.drain()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.load_cert_chain(certificates.certificate, certificates.key)
    context.verify_mode = ssl.CERT_REQUIRED
    async with listening(answer, certificate=context) as url:
        yield url


async def listed(agents: AgentsSettings) -> tuple[str, ...]:
    """The agents, as the service asks for them."""
    settings = Settings(service=ServiceSettings(agents=agents), channels=())
    async with httpx.AsyncClient() as shared:
        (client,) = make_agents_clients(settings, shared)
        async with client:
            return await make_first_agent(settings, (client,), Path(), NoOpTracer()).agents()


def identified(url: str, certificates: Certificates) -> AgentsSettings:
    return AgentsSettings(
        url=url,
        ca_file=certificates.authority,
        client_certificate=certificates.certificate,
        client_key=certificates.key,
    )


async def test_a_private_authority_and_a_certificate_of_ours(server: str, certificates: Certificates) -> None:
    """Both sides know each other."""
    assert await listed(identified(server, certificates)) == ()


async def test_without_a_certificate_of_ours(server: str, certificates: Certificates) -> None:
    """The server refuses us."""
    unknown = evolve(identified(server, certificates), client_certificate=None, client_key=None)

    with pytest.raises(AgentFailedError):
        await listed(unknown)


async def test_an_authority_that_is_not_trusted(server: str, certificates: Certificates) -> None:
    """We tell a stranger nothing."""
    with pytest.raises(AgentFailedError, match="unreachable"):
        await listed(evolve(identified(server, certificates), ca_file=None))


@pytest.mark.parametrize("name", ["ca_file", "client_certificate"])
@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_file_that_cannot_be_used(
    certificates: Certificates, tmp_path: Path, name: str, content: str | None
) -> None:
    """The service does not start."""
    path = tmp_path / "some.pem"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    agents = evolve(identified("https://127.0.0.1:1", certificates), **{name: path})

    with pytest.raises(ConfigurationError, match="agents: certificates cannot be used") as mistaken:
        await listed(agents)

    assert "not a certificate" not in str(mistaken.value)


async def test_where_nothing_is_private(certificates: Certificates) -> None:
    """All services share one client."""
    settings = Settings(service=ServiceSettings(), channels=())

    async with httpx.AsyncClient() as shared:
        assert make_agents_clients(settings, shared) == (shared,)
