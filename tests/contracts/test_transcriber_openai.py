"""The transcriber with OpenAI's interface keeps the contract, over a socket."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import stamina
from attrs import frozen

from adapters.openai.transcriber import OpenAITranscriber
from contracts.transcriber_contract import TranscriberContract
from support.graph_server import Answer, GraphServer, graph_server


@frozen
class OpenAIFarSide:
    transcriber: OpenAITranscriber
    server: GraphServer

    def hears(self, words: str) -> None:
        self.server.script.append(Answer(json.dumps({"text": words}).encode()))

    def is_in_trouble(self) -> None:
        self.server.script.extend([Answer(b"", 503)] * 3)


class TestOpenAITranscriber(TranscriberContract):
    @pytest.fixture
    async def far_side(self) -> AsyncIterator[OpenAIFarSide]:
        with stamina.set_testing(True, attempts=3, cap=True):  # does not wait between attempts
            async with graph_server() as server, httpx.AsyncClient() as client:
                yield OpenAIFarSide(OpenAITranscriber(client=client, url=f"{server.url}/v1", model="whisper-1"), server)
