"""The dead letters of a mailbox in memory."""

from attrs import define

from adapters.memory.mailbox import MemoryMailbox
from application.ports.dead_letters import DeadLetter, UnknownDeadLetterError


@define
class MemoryDeadLetters:
    mailbox: MemoryMailbox

    async def page(self, *, limit: int, after: str | None = None) -> tuple[DeadLetter, ...]:
        letters = self.mailbox.dead.values()
        return tuple(letter for letter in letters if after is None or int(letter.id) > int(after))[:limit]

    async def show(self, *, letter_id: str) -> DeadLetter:
        try:
            return self.mailbox.dead[letter_id]
        except KeyError as error:
            raise UnknownDeadLetterError(letter_id) from error

    async def replay(self, *, letter_id: str) -> None:
        letter = await self.show(letter_id=letter_id)
        del self.mailbox.dead[letter_id]
        self.mailbox.begin_again(letter)

    async def discard(self, *, letter_id: str) -> None:
        await self.show(letter_id=letter_id)
        del self.mailbox.dead[letter_id]
