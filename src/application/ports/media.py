"""Fetches what a person sent."""

from typing import Protocol

from attrs import frozen

from domain.messages import Media


class MediaUnavailableError(Exception):
    """The file cannot be had: too large, gone, refused or not what it was said to be. The text says which."""


class MediaTroubleError(Exception):
    """The file cannot be had just now."""


@frozen(kw_only=True)
class FetchedMedia:
    """A whole file."""

    content: bytes
    mime_type: str


class MediaPort(Protocol):
    """Files of one channel, from one number."""

    async def fetch(self, *, media: Media, largest: int) -> FetchedMedia:
        """The file of at most `largest` bytes, its digest verified.

        Raises:
            MediaUnavailableError: and there is no use in asking again.
            MediaTroubleError: the channel did not answer as it should; later it may.
        """
        ...
