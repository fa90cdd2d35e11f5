"""Transcribes voice notes."""

from typing import Protocol

from application.ports.media import FetchedMedia


class TranscriptionFailedError(Exception):
    """There is no transcript; the text says why."""


class TranscriberPort(Protocol):
    """Turns speech into text."""

    async def transcribe(self, *, audio: FetchedMedia) -> str:
        """The transcript, in the language that was spoken; blank when nothing was said.

        Raises:
            TranscriptionFailedError: there is no transcript.
        """
        ...
