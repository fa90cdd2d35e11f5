"""The transcriber in memory keeps the contract."""

import pytest
from attrs import field, frozen

from adapters.memory.transcriber import MemoryTranscriber
from contracts.transcriber_contract import VOICE, TranscriberContract


@frozen
class MemoryFarSide:
    transcriber: MemoryTranscriber = field(factory=MemoryTranscriber)

    def hears(self, words: str) -> None:
        self.transcriber.words = {VOICE.content: words}

    def is_in_trouble(self) -> None:
        self.transcriber.words = {}


class TestMemoryTranscriber(TranscriberContract):
    @pytest.fixture
    def far_side(self) -> MemoryFarSide:
        return MemoryFarSide()


async def test_transcribed_audios_are_remembered() -> None:
    """In order."""
    transcriber = MemoryTranscriber(words={VOICE.content: "Hello"})

    await transcriber.transcribe(audio=VOICE)

    assert transcriber.heard == [VOICE]
