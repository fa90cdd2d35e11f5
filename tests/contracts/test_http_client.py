"""Our HTTP client keeps its contract, on both event loops; and so do calls that go past httpx."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from contracts.http_client_contract import HttpCallsContract, HttpClientContract
from entrypoints.bootstrap.http_client import make_http_client
from support.service_calls import ServiceCalls


def certificate(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def known(authority: trustme.CA) -> ssl.SSLContext:
    return certificate(authority, "127.0.0.1")


@pytest.fixture
def other_host(authority: trustme.CA) -> ssl.SSLContext:
    return certificate(authority, "example.com")


@pytest.fixture(scope="module")
def stranger() -> ssl.SSLContext:
    return certificate(trustme.CA(), "127.0.0.1")


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator does for a private authority."""
    bundle = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


@pytest.fixture(scope="module", params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The service runs on uvloop, the other tests on asyncio."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.mark.usefixtures("trusted")
class TestOurClient(HttpClientContract):
    """The one that the container makes."""

    @pytest.fixture
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        async with make_http_client() as client:
            yield client


@pytest.mark.usefixtures("trusted")
class TestHttpService(HttpCallsContract):
    """The calls of each message."""

    @pytest.fixture
    async def client(self) -> AsyncIterator[ServiceCalls]:
        async with make_http_client() as client:
            yield ServiceCalls(client)
