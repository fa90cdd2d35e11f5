"""Files in memory."""

import hashlib
from collections import deque
from collections.abc import Mapping

from attrs import define, field

from application.ports.media import FetchedMedia, MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.outbound import FilePart
from domain.policies.retry import SendFailure


@define(kw_only=True)
class MemoryMedia:
    """Returns `files` by their id. `fetched` holds the ids that were asked for, in order.

    `uploaded` holds the files that were uploaded. Their ids are `uploaded-1` and so on.
    """

    files: Mapping[str, FetchedMedia] = field(factory=dict)
    fetched: list[str] = field(factory=list)
    failures: deque[Exception] = field(factory=deque)
    uploaded: list[FilePart] = field(factory=list)
    upload_failures: deque[SendFailure] = field(factory=deque)

    def fail_next(self, *details: str) -> None:
        """Fail one of the next fetches for each of `details`."""
        self.failures.extend(map(MediaTroubleError, details))

    def fail_next_uploads(self, *failures: SendFailure) -> None:
        """Fail one of the next uploads for each of `failures`."""
        self.upload_failures.extend(failures)

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        self.fetched.append(media.id)
        if self.failures:
            raise self.failures.popleft()
        file = self.files.get(media.id)
        if file is None:
            raise MediaUnavailableError("it is gone")
        if len(file.content) > max_bytes:
            raise MediaUnavailableError(f"it is too large: more than {max_bytes} bytes")
        if media.digest not in {None, hashlib.sha256(file.content).hexdigest()}:
            raise MediaUnavailableError("its content is not what the channel said it would be")
        return file

    def accepted(self, *, file: FilePart) -> FilePart:
        return file

    async def upload(self, *, file: FilePart) -> str:
        if self.upload_failures:
            raise SendFailedError(self.upload_failures.popleft(), "asked to fail")
        self.uploaded.append(file)
        return f"uploaded-{len(self.uploaded)}"
