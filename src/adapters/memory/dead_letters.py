"""The dead letters of a mailbox in memory."""

from attrs import define, evolve

from adapters.memory.mailbox import MemoryMailbox
from application.ports.dead_letters import DeadLetter, UnknownDeadLetterError
from domain.conversations.turn import Turn


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
        self.mailbox.put_first(_begin_again(letter.turn))

    async def discard(self, *, letter_id: str) -> None:
        await self.show(letter_id=letter_id)
        del self.mailbox.dead[letter_id]

    async def trim(self, *, before: float) -> int:
        old = [id_ for id_, letter in self.mailbox.dead.items() if letter.at < before]
        for id_ in old:
            del self.mailbox.dead[id_]
        return len(old)


def _begin_again(turn: Turn) -> Turn:
    turn = evolve(turn, attempts=0, retries=0, confirmation_waits=0, unconfirmed_attempts=0, error="")
    if turn.messages and (turn.reply is None or turn.reply.is_apology):
        return evolve(turn, id=f"{turn.id}r", reply=None, sent=(), agent="")
    return turn
