"""Fetch a file that a person sent, for a tool of an agent that has its address."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from attrs import frozen

from application.answering.byte_budget import MEGABYTE, ByteBudget
from application.channels import Channels
from application.file_token import FileToken
from application.ports.clock import Clock
from application.ports.media import FetchedMedia, MediaUnavailableError
from application.signed_tokens import ExpiredTokenError, ForgedTokenError, TokenSigner
from domain.messages.inbound import Media

MAX_OPENED_FILE = 20 * MEGABYTE
# Of all files that are being handed out. They do not count in the budget of the turns: a run may wait for its tool.
MAX_OPENED_BYTES = 2 * MAX_OPENED_FILE
OPENING_SECONDS = 10.0


class ForgedAddressError(Exception):
    """We did not make this address."""


class ExpiredAddressError(Exception):
    """The address worked once, and its time is over."""


class TooManyFilesError(Exception):
    """Too many files are being handed out."""


@frozen(kw_only=True)
class OpenFile:
    """Fetch it from the channel each time: no copy is kept. `budget` has `MAX_OPENED_BYTES`."""

    signer: TokenSigner
    channels: Channels
    clock: Clock
    budget: ByteBudget

    @contextlib.asynccontextmanager
    async def __call__(self, token: str) -> AsyncIterator[tuple[Media, FetchedMedia]]:
        """What the message says of the file, and the file. While the block runs, its bytes are held.

        Raises:
            ForgedAddressError, ExpiredAddressError: the token allows nothing.
            TooManyFilesError: no memory is free after `OPENING_SECONDS`; ask again later.
            UnknownChannelError, MediaUnavailableError: there is no such file any more, or it is too large.
            MediaTroubleError: the channel does not give it out now.
        """
        try:
            file = FileToken.read(token, self.signer, now=self.clock.now())
        except ForgedTokenError as error:
            raise ForgedAddressError from error
        except ExpiredTokenError as error:
            raise ExpiredAddressError from error
        source = self.channels[file.channel].media
        if source is None:
            raise MediaUnavailableError("the channel has no files")
        with self.budget.hold() as hold:
            try:
                async with asyncio.timeout(OPENING_SECONDS):
                    await hold.take(MAX_OPENED_FILE)
            except TimeoutError as error:
                raise TooManyFilesError from error
            fetched = await source.fetch(media=file.media, max_bytes=MAX_OPENED_FILE)
            hold.keep(len(fetched.content))
            yield file.media, fetched
