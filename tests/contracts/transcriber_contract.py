"""What every transcriber promises."""

from typing import Protocol

import pytest

from application.ports.media import FetchedMedia
from application.ports.transcriber import TranscriberPort, TranscriptionFailedError

VOICE = FetchedMedia(content=b"OggS and so on", mime_type="audio/ogg; codecs=opus")


class TranscriberFarSide(Protocol):
    """A transcriber. A test sets what it hears next."""

    transcriber: TranscriberPort

    def hears(self, words: str) -> None: ...

    def is_in_trouble(self) -> None: ...


class TranscriberContract:
    """Inherit, and provide the fixture `far_side`."""

    @pytest.mark.parametrize("words", ["¿A qué hora abren?", ""])
    async def test_an_audio_is_transcribed(self, far_side: TranscriberFarSide, words: str) -> None:
        """The transcript is blank when the audio is silent."""
        far_side.hears(words)

        assert await far_side.transcriber.transcribe(audio=VOICE) == words

    async def test_a_failed_transcription_has_a_reason(self, far_side: TranscriberFarSide) -> None:
        """The next one may succeed."""
        far_side.is_in_trouble()
        with pytest.raises(TranscriptionFailedError) as raised:
            await far_side.transcriber.transcribe(audio=VOICE)

        far_side.hears("Hello")

        assert str(raised.value)
        assert await far_side.transcriber.transcribe(audio=VOICE) == "Hello"
