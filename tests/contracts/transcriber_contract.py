"""What every transcriber promises."""

from typing import Protocol

import pytest

from application.ports.media import FetchedMedia
from application.ports.transcriber import TranscriberPort, TranscriptionFailedError

VOICE = FetchedMedia(content=b"OggS and so on", mime_type="audio/ogg; codecs=opus")


class TranscriberFarSide(Protocol):
    """A transcriber; what its far side hears next is told before."""

    transcriber: TranscriberPort

    def hears(self, words: str) -> None: ...

    def is_in_trouble(self) -> None: ...


class TranscriberContract:
    """Inherit, and provide the fixture `far_side`."""

    @pytest.mark.parametrize("words", ["¿A qué hora abren?", ""])
    async def test_writes_down_what_was_said(self, far_side: TranscriberFarSide, words: str) -> None:
        """Blank when nothing was."""
        far_side.hears(words)

        assert await far_side.transcriber.transcribe(audio=VOICE) == words

    async def test_says_that_there_is_no_transcript(self, far_side: TranscriberFarSide) -> None:
        """And why; the next one may succeed."""
        far_side.is_in_trouble()
        with pytest.raises(TranscriptionFailedError) as raised:
            await far_side.transcriber.transcribe(audio=VOICE)

        far_side.hears("Hello")

        assert str(raised.value)
        assert await far_side.transcriber.transcribe(audio=VOICE) == "Hello"
