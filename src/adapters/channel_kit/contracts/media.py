"""What every source of media promises."""

import hashlib
from typing import ClassVar, Protocol

import pytest

from application.ports.media import FetchedMedia, MediaPort, MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure

CONTENT = b"what somebody sent"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
IMAGE = Media(kind=MediaKind.IMAGE, id="1234567890", mime_type="image/jpeg", digest=DIGEST)
NOT_OF_FILES = frozenset(
    {
        SendFailure.PERSON_THROTTLED,
        SendFailure.PERSON_UNREACHABLE,
        SendFailure.WINDOW_CLOSED,
        SendFailure.UNREACHABLE,
    }
)
FILE = FilePart(kind=MediaKind.DOCUMENT, content=CONTENT, mime_type="application/pdf", filename="bill.pdf")


class MediaFarSide(Protocol):
    """Media of a channel. A test sets what the channel does at the next fetch."""

    media: MediaPort

    def holds(self, content: bytes, *, mime_type: str) -> None: ...

    def holds_nothing(self) -> None: ...

    def is_in_trouble(self) -> None: ...


class UploadFarSide(MediaFarSide, Protocol):
    """Media of a channel that files are uploaded to. A test sets what the channel does at the next upload."""

    def takes_uploads(self) -> None: ...

    def fails_uploads(self, failure: SendFailure) -> None: ...

    def taken(self) -> list[bytes]:
        """What was uploaded, in order."""
        ...


class MediaContract:
    """Inherit, and provide the fixture `far_side`."""

    @pytest.mark.parametrize("digest", [DIGEST, None])
    async def test_fetches_the_whole_file(self, far_side: MediaFarSide, digest: str | None) -> None:
        """With its type. The digest may be known or not."""
        far_side.holds(CONTENT, mime_type="image/jpeg")
        media = Media(kind=MediaKind.IMAGE, id=IMAGE.id, digest=digest)

        fetched = await far_side.media.fetch(media=media, max_bytes=len(CONTENT))

        assert fetched == FetchedMedia(content=CONTENT, mime_type="image/jpeg")
        assert "somebody" not in repr(fetched)

    async def test_an_accepted_file_keeps_its_other_fields(self, far_side: MediaFarSide) -> None:
        """Kind, type and name may change. A second call changes nothing."""
        file = FilePart(kind=MediaKind.IMAGE, content=b"%PDF-1.4", caption="Your bill", reply_to="m.1")

        accepted = far_side.media.accepted(file=file)

        assert (accepted.content, accepted.caption, accepted.reply_to) == (file.content, file.caption, file.reply_to)
        assert far_side.media.accepted(file=accepted) == accepted
        assert far_side.media.accepted(file=FILE) == FILE

    async def test_a_file_one_byte_too_large_is_unavailable(self, far_side: MediaFarSide) -> None:
        """The limit is exact."""
        far_side.holds(CONTENT, mime_type="image/jpeg")

        with pytest.raises(MediaUnavailableError, match="too large"):
            await far_side.media.fetch(media=IMAGE, max_bytes=len(CONTENT) - 1)

    async def test_a_file_with_another_digest_is_unavailable(self, far_side: MediaFarSide) -> None:
        """It is not the file that was sent."""
        far_side.holds(b"something else", mime_type="image/jpeg")

        with pytest.raises(MediaUnavailableError, match="not what"):
            await far_side.media.fetch(media=IMAGE, max_bytes=1000)

    async def test_a_file_that_is_gone_is_unavailable(self, far_side: MediaFarSide) -> None:
        """Channels keep files for some days."""
        far_side.holds_nothing()

        with pytest.raises(MediaUnavailableError):
            await far_side.media.fetch(media=IMAGE, max_bytes=1000)

    async def test_a_fetch_may_succeed_after_trouble(self, far_side: MediaFarSide) -> None:
        """The same file is available later."""
        far_side.is_in_trouble()
        with pytest.raises(MediaTroubleError):
            await far_side.media.fetch(media=IMAGE, max_bytes=1000)

        far_side.holds(CONTENT, mime_type="image/jpeg")

        assert (await far_side.media.fetch(media=IMAGE, max_bytes=1000)).content == CONTENT


class UploadContract:
    """Inherit too, for a channel that files are uploaded to before they are sent.

    `reports` are the failures that the channel reports of an upload.
    """

    reports: ClassVar[frozenset[SendFailure]] = frozenset(SendFailure)

    async def test_an_upload_returns_an_id(self, far_side: UploadFarSide) -> None:
        """Each upload gets its own."""
        far_side.takes_uploads()
        first = await far_side.media.upload(file=FILE)
        far_side.takes_uploads()
        second = await far_side.media.upload(file=FILE)

        assert first
        assert first != second
        assert far_side.taken() == [CONTENT, CONTENT]

    @pytest.mark.parametrize("failure", [failure for failure in SendFailure if failure not in NOT_OF_FILES])
    async def test_a_failed_upload_is_classified(self, far_side: UploadFarSide, failure: SendFailure) -> None:
        """Like a failed send. Later the same file may be uploaded."""
        if failure not in self.reports:
            pytest.skip("the channel reports no such failure")
        far_side.fails_uploads(failure)
        with pytest.raises(SendFailedError) as raised:
            await far_side.media.upload(file=FILE)

        far_side.takes_uploads()

        assert raised.value.failure is failure
        assert await far_side.media.upload(file=FILE)
