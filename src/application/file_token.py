"""The right to fetch one file that a person sent: it is part of the file's address (see docs/agents.md)."""

from typing import Self

from attrs import frozen

from application.signed_tokens import ForgedTokenError, TokenSigner
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind

PURPOSE = "file"
# In characters. An address of about 2,000 characters works everywhere.
MAX_FILE_ID = 600
MAX_FILE_NAME = 60


@frozen(kw_only=True)
class FileToken:
    """Which file it is: of which channel, and under which id."""

    channel: str
    media: Media

    def signed(self, signer: TokenSigner, *, expires_at: float) -> str:
        media = self.media
        content = {
            "channel": self.channel,
            "id": media.id,
            "kind": media.kind.value,
            "mime_type": media.mime_type[:MAX_FILE_NAME],
            "name": media.filename[-MAX_FILE_NAME:],  # its end says what it is
            "digest": media.digest or "",
        }
        return signer.sign(content, purpose=PURPOSE, expires_at=expires_at)

    @classmethod
    def read(cls, token: str, signer: TokenSigner, *, now: float) -> Self:
        """Raises `ForgedTokenError` or `ExpiredTokenError` when the token allows nothing."""
        content = signer.read(token, purpose=PURPOSE, now=now)
        try:
            kind = MediaKind(content["kind"])
        except ValueError as error:  # a later version wrote it
            raise ForgedTokenError from error
        media = Media(
            kind=kind,
            id=content["id"],
            mime_type=content["mime_type"],
            filename=content["name"],
            digest=content["digest"] or None,
        )
        return cls(channel=content["channel"], media=media)
