"""Writes down what was said in a voice note."""

from typing import Protocol

from application.ports.media import FetchedMedia


class TranscriptionFailedError(Exception):
    """There is no transcript; the text says why."""


class TranscriberPort(Protocol):
    """Turns speech into text."""

    async def transcribe(self, *, audio: FetchedMedia) -> str:
        """The words that were said, in the language they were said in; blank when there were none.

        Raises:
            TranscriptionFailedError: when they could not be had.
        """
        ...
