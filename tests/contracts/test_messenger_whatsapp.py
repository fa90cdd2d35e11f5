"""The Graph API messenger keeps the contract, over a socket."""

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from attrs import frozen

from adapters.channel_kit.contracts.messenger import MessengerContract
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.policies.retry import SendFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.graph_server import GraphServer, graph_server, refusal
from support.whatsapp_webhooks import NUMBER

CODES = {
    SendFailure.THROTTLED: 130429,
    SendFailure.PERSON_THROTTLED: 131056,
    SendFailure.UNKNOWN: 131016,
    SendFailure.WINDOW_CLOSED: 131047,
    SendFailure.MEDIA_REFUSED: 131053,
    SendFailure.PART_REFUSED: 131009,
    SendFailure.FINAL: 131026,
    SendFailure.ACCOUNT_BLOCKED: 190,
}


@frozen
class GraphFarSide:
    messenger: GraphMessenger
    graph: GraphServer

    def sent_texts(self) -> list[str]:
        return [request.body["text"]["body"] for request in self.graph.requests]

    def references(self) -> list[str]:
        return [request.body["biz_opaque_callback_data"] for request in self.graph.requests]

    def acknowledged(self) -> list[str]:
        return [request.body["message_id"] for request in self.graph.requests]

    def fail_next(self, failure: SendFailure) -> None:
        self.graph.script.append(refusal(CODES[failure]))


class TestGraphMessenger(MessengerContract):
    reports: ClassVar[frozenset[SendFailure]] = frozenset(CODES)

    @pytest.fixture
    async def far_side(self) -> AsyncIterator[GraphFarSide]:
        async with graph_server() as graph, make_http_client() as client:
            messenger = GraphMessenger(
                client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token="test-token"
            )
            yield GraphFarSide(messenger, graph)
