"""Fetches what a person sent, and takes in what an agent sends."""

from typing import Protocol

from attrs import field, frozen

from domain.messages.inbound import Media
from domain.messages.parts import FilePart


class MediaUnavailableError(Exception):
    """The file cannot be had: too large, gone, refused or not what it was said to be. The text says which."""


class MediaTroubleError(Exception):
    """The file cannot be had just now."""


class NumberStoppedError(MediaTroubleError):
    """Nor can anything else be had or sent, until somebody mends the number. The text says why."""


@frozen(kw_only=True)
class FetchedMedia:
    """A whole file."""

    content: bytes = field(repr=False)
    mime_type: str


class MediaPort(Protocol):
    """Files of one channel, from one number."""

    async def fetch(self, *, media: Media, largest: int) -> FetchedMedia:
        """The file of at most `largest` bytes, its digest verified.

        Raises:
            MediaUnavailableError: and there is no use in asking again.
            MediaTroubleError: the channel did not answer as it should; later it may. NumberStoppedError when that is
                for the number's sake, and not for the file's.
        """
        ...

    def accepted(self, *, file: FilePart) -> FilePart:
        """The file as this channel can take it: of a kind that allows its format, and with a name where one is shown.

        A file that the channel takes in no form stays as it is.
        """
        ...

    async def upload(self, *, file: FilePart) -> str:
        """The id under which the channel can send this file, for some days. To upload it again does no harm.

        Raises:
            SendFailedError: classified as a send is; what might pass was tried a few times. MEDIA_REFUSED when the
                channel does not take such a file.
        """
        ...
