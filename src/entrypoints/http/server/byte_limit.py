"""How many bytes of unanswered requests one process holds, over all its connections."""

from attrs import define, field

MEGABYTE = 1024 * 1024


@define(eq=False)
class ByteLimit:
    """At most `limit` bytes are held at once. Nobody waits: whoever asks for too much is told so at once."""

    limit: int
    held: int = field(default=0, init=False)

    def take(self, size: int, *, spare: int = 0) -> bool:
        """Hold `size` bytes more, if `spare` bytes stay free for others; whether they are held now."""
        if self.held + size > self.limit - spare:
            return False
        self.held += size
        return True

    def give(self, size: int) -> None:
        """Give `size` bytes back."""
        self.held -= size
