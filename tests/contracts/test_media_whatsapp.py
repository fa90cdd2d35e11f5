"""The Graph API's media keep the contract, over a socket."""

from collections.abc import AsyncIterator

import httpx
import pytest
import stamina
from attrs import frozen

from adapters.channel_kit.contracts.media import MediaContract, UploadContract
from adapters.whatsapp.graph.media import RETRYABLE, GraphMedia
from domain.policies.retry import SendFailure
from support.forms import form_of
from support.graph_server import Answer, GraphServer, described, graph_server, refusal, uploaded
from support.whatsapp_webhooks import NUMBER

CODE_OF = {
    SendFailure.THROTTLED: 130429,
    SendFailure.UNKNOWN: 131000,
    SendFailure.MEDIA_REFUSED: 131053,
    SendFailure.PART_REFUSED: 100,
    SendFailure.FINAL: 131026,
    SendFailure.ACCOUNT_BLOCKED: 190,
}


@frozen
class GraphFarSide:
    media: GraphMedia
    graph: GraphServer

    def holds(self, content: bytes, *, mime_type: str) -> None:
        description = described(content, url=f"{self.graph.url}/file", mime_type=mime_type)
        self.graph.script.extend([description, Answer(content, content_type=mime_type)])

    def holds_nothing(self) -> None:
        self.graph.script.append(refusal(100, error_subcode=33))

    def is_in_trouble(self) -> None:
        self.graph.script.extend([refusal(2, status=503)] * 3)

    def takes_uploads(self) -> None:
        self.graph.script.append(uploaded(f"{len(self.graph.requests)}"))

    def fails_uploads(self, failure: SendFailure) -> None:
        self.graph.script.extend([refusal(CODE_OF[failure])] * (3 if failure in RETRYABLE else 1))

    def taken(self) -> list[bytes]:
        return [form_of(request)["file"].content for request in self.graph.requests]


class TestGraphMedia(MediaContract, UploadContract):
    @pytest.fixture
    async def far_side(self) -> AsyncIterator[GraphFarSide]:
        with stamina.set_testing(True, attempts=3, cap=True):  # does not wait between attempts
            async with graph_server() as graph, httpx.AsyncClient() as client:
                media = GraphMedia(
                    client=client,
                    api_url=graph.url,
                    api_version="v25.0",
                    phone_number_id=NUMBER,
                    access_token="test-token",
                )
                yield GraphFarSide(media, graph)
