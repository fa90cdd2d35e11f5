"""A limit on the bytes that all unanswered requests of a process hold together."""

from attrs import define, field

MEGABYTE = 1024 * 1024


@define(eq=False)
class ByteLimit:
    """At most `limit` bytes are held at once. Nobody waits for free bytes."""

    limit: int
    held: int = field(default=0, init=False)

    def take(self, size: int, *, spare: int = 0) -> bool:
        """Hold `size` more bytes if `spare` bytes stay free for others. Returns whether they are held."""
        if self.held + size > self.limit - spare:
            return False
        self.held += size
        return True

    def give(self, size: int) -> None:
        """Give `size` bytes back."""
        self.held -= size
