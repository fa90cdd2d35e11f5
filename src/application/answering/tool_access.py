"""What the tools of a run may ask of us, as keys of the run's context (see docs/agents.md)."""

from collections.abc import Mapping

from attrs import frozen

from application.channels import Channel
from application.file_token import MAX_FILE_ID, FileToken
from application.ports.clock import Clock
from application.run_token import RunToken
from application.signed_tokens import TokenSigner
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage, Media

# Beyond the longest run, which may wait before it begins (`agents.max_runs`). A token ends with its run in any case.
GRACE_SECONDS = 600.0
# The makers' name. Astromesh shows keys with an underscore to no model.
RUN_TOKEN = "_nexus_run_token"  # noqa: S105  (the name, not the token)
FILES = "files"
FILES_PATH = "/v1/files/"


@frozen(kw_only=True)
class ToolAccess:
    """`run_seconds`: how long a run may take, where its tools may send messages; else None.

    `files_url` is the address at which tools reach this service for files; without one they get none. An address of a
    file works for `file_seconds`.
    """

    signer: TokenSigner
    clock: Clock
    run_seconds: float | None = None
    files_url: str | None = None
    file_seconds: float = 900.0

    def context_of(self, turn: Turn, channel: Channel) -> dict[str, object]:
        """JSON data. The tokens are new each time the turn is tried."""
        context: dict[str, object] = {}
        if self.run_seconds is not None:
            expires_at = self.clock.now() + self.run_seconds + GRACE_SECONDS
            token = RunToken(conversation=turn.conversation, turn_id=turn.id)
            context[RUN_TOKEN] = token.signed(self.signer, expires_at=expires_at)
        if self.files_url is not None and channel.media is not None:
            described = (self._file(message, channel) for message in turn.messages)
            context[FILES] = [file for file in described if file is not None]
        return context

    def _file(self, message: InboundMessage, channel: Channel) -> Mapping[str, object] | None:
        """The file of a message, if it has one that the channel gives out."""
        media = message.content
        if not isinstance(media, Media) or media.trouble or len(media.id) > MAX_FILE_ID:
            return None
        token = FileToken(channel=channel.name, media=media)
        signed = token.signed(self.signer, expires_at=self.clock.now() + self.file_seconds)
        return {
            "message_id": message.id,
            "kind": media.kind.value,
            "mime_type": media.mime_type,
            "name": media.filename,
            "size": media.size,
            "url": f"{self.files_url}{FILES_PATH}{signed}",
        }
