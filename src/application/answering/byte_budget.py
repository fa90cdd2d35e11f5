"""How many bytes of files one process holds at once, over all its turns."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from attrs import define, field
from attrs.validators import ge

MEGABYTE = 1024 * 1024


@define(eq=False)
class ByteBudget:
    """Bytes that may be held at once. When there are not enough, callers wait in line: first come, first served.

    It cannot deadlock: a caller that waits holds nothing, and no caller may ask for more than `total`.
    """

    total: int = field(default=64 * MEGABYTE, validator=ge(1))
    _free: int = field(init=False)
    _line: "deque[tuple[int, asyncio.Future[None]]]" = field(factory=deque, init=False)

    def __attrs_post_init__(self) -> None:
        self._free = self.total

    @property
    def held(self) -> int:
        """The bytes that are held now."""
        return self.total - self._free

    def hold(self) -> "Hold":
        """The bytes of one turn, none at first. It is used in a `with` block."""
        return Hold(self)

    async def take(self, size: int) -> None:
        """Wait until `size` bytes are free, and take them."""
        if size > self.total:
            raise ValueError(f"{size} bytes are more than the whole budget of {self.total}")
        if not size or (not self._line and size <= self._free):
            self._free -= size
            return
        turn = asyncio.get_running_loop().create_future()
        self._line.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._serve()  # the next in line may be served now
            else:
                self.give(size)
            raise

    def count(self, size: int) -> None:
        """Take `size` bytes that are in memory already, without waiting. Others wait for longer then."""
        self._free -= size

    def give(self, size: int) -> None:
        """Give `size` bytes back."""
        self._free += size
        self._serve()

    def _serve(self) -> None:
        while self._line:
            size, turn = self._line[0]
            if not turn.cancelled():
                if size > self._free:
                    return
                self._free -= size
                turn.set_result(None)
            self._line.popleft()


@define(eq=False)
class Hold:
    """The bytes that one turn holds of a budget. All of them are given back when its `with` block ends."""

    budget: ByteBudget
    size: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.size:
            self.keep(0)

    async def take(self, size: int) -> None:
        """Wait for `size` bytes.

        Raises:
            RuntimeError: it holds some already. Two that wait for each other's bytes would wait for ever.
        """
        if self.size:
            raise RuntimeError("give back what is held before you ask for more")
        await self.budget.take(size)
        self.size = size

    def keep(self, size: int) -> None:
        """Give back all but `size` bytes."""
        spare, self.size = self.size - size, size
        self.budget.give(spare)

    def count(self, size: int) -> None:
        """Hold `size` bytes more, which are in memory already."""
        self.budget.count(size)
        self.size += size
