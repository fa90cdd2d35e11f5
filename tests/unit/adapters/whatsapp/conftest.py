"""A Graph API on a socket, and clients that use it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import stamina

from adapters.whatsapp.graph.media import GraphMedia
from adapters.whatsapp.graph.messenger import GraphMessenger
from entrypoints.bootstrap.http_client import make_http_client
from support.graph_server import TOKEN, Answer, GraphServer, described, graph_server
from support.media_download import CONTENT
from support.whatsapp_webhooks import NUMBER


@pytest.fixture
def without_waiting() -> Iterator[None]:
    """Failed requests are tried three times, without pauses."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def graph() -> AsyncIterator[GraphServer]:
    async with graph_server() as server:
        yield server


@pytest.fixture
async def client(graph: GraphServer) -> AsyncIterator[httpx.AsyncClient]:
    """Closes its connections before the server waits for them."""
    async with make_http_client() as client:
        client.timeout = httpx.Timeout(5, read=0.2)
        yield client


@pytest.fixture
def messenger(graph: GraphServer, client: httpx.AsyncClient) -> GraphMessenger:
    return GraphMessenger(
        client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token=TOKEN
    )


@pytest.fixture
def media(graph: GraphServer, client: httpx.AsyncClient) -> GraphMedia:
    return GraphMedia(client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token=TOKEN)


@pytest.fixture
def described_picture(graph: GraphServer) -> Answer:
    """The Graph API describes a picture, and lets it be downloaded."""
    return described(CONTENT, url=f"{graph.url}/picture?ext=1&hash=signed-address")
