"""Fetches the files of people, and uploads the files of agents."""

from typing import Protocol

from attrs import field, frozen

from domain.messages.inbound import Media
from domain.messages.outbound import FilePart


class MediaUnavailableError(Exception):
    """The file cannot be fetched: too large, gone, refused or not what was announced. The text says which."""


class MediaTroubleError(Exception):
    """The file cannot be fetched now; later it may."""


class AccountBlockedError(MediaTroubleError):
    """Nothing can be fetched or sent until somebody repairs the account. The text says why."""


@frozen(kw_only=True)
class FetchedMedia:
    """A whole file."""

    content: bytes = field(repr=False)
    mime_type: str


class MediaPort(Protocol):
    """Files of one channel, from one account."""

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        """The file of at most `max_bytes`, its digest verified.

        Raises:
            MediaUnavailableError: it is of no use to try again.
            MediaTroubleError: the channel did not answer as it should; later it may. AccountBlockedError when the
                cause is the account, and not the file.
        """
        ...

    def accepted(self, *, file: FilePart) -> FilePart:
        """The file in a form that this channel takes: a kind that allows its format, and a name where one is shown.

        A file that the channel takes in no form is returned as it is.
        """
        ...

    async def upload(self, *, file: FilePart) -> str:
        """The id under which the channel can send this file, for some days. To upload it again does no harm.

        Raises:
            SendFailedError: classified like a send; passing failures were retried a few times. MEDIA_REFUSED when the
                channel does not take such a file.
        """
        ...
