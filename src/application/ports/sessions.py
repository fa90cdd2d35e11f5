"""Keeps who has logged in to the console."""

from typing import Protocol

from attrs import field, frozen


@frozen(kw_only=True)
class Session:
    """A login of the operator of that name. `credential` is the digest of the token that they had then."""

    operator: str
    credential: str = field(repr=False)


class Sessions(Protocol):
    """A session is known by a digest, so that the store opens nothing. All raise `StoreUnavailableError`."""

    async def add(self, *, digest: str, session: Session, seconds: int) -> None:
        """Keep a session for so many seconds."""
        ...

    async def of(self, *, digest: str) -> Session | None:
        """The session with that digest, unless its time is over. A record that cannot be read is none."""
        ...

    async def remove(self, *, digest: str) -> None:
        """End a session. It may have ended before."""
        ...
