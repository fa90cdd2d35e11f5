"""Dead letters, and a list of them for the tests of the web application."""

from attrs import define, field

from application.ports.dead_letters import DeadLetter, UnknownDeadLetterError
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.outbound import TextPart
from support.signed_channel import message


@define
class ListedDeadLetters:
    """Keeps the letters in a list."""

    letters: list[DeadLetter] = field(factory=list)
    replayed: list[str] = field(factory=list)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[DeadLetter, ...]:
        ids = [letter.id for letter in self.letters]
        start = ids.index((await self.show(letter_id=after)).id) + 1 if after else 0
        return tuple(self.letters[start : start + limit])

    async def show(self, *, letter_id: str) -> DeadLetter:
        for letter in self.letters:
            if letter.id == letter_id:
                return letter
        raise UnknownDeadLetterError(letter_id)

    async def replay(self, *, letter_id: str) -> None:
        self.letters.remove(await self.show(letter_id=letter_id))
        self.replayed.append(letter_id)

    async def discard(self, *, letter_id: str) -> None:
        self.letters.remove(await self.show(letter_id=letter_id))

    async def trim(self, *, before: float) -> int:
        kept = [letter for letter in self.letters if letter.at >= before]
        removed, self.letters = len(self.letters) - len(kept), kept
        return removed


def dead_letter(letter_id: str = "0.1-0") -> DeadLetter:
    heard = message()
    turn = Turn(
        id="turn-1",
        conversation=heard.conversation,
        messages=(heard,),
        reply=Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="one"), TextPart(body="two"))),
        sent=("wamid.out.1",),
        retries=3,
    )
    return DeadLetter(id=letter_id, turn=turn, reason="send: final", at=1_800_000_100.0)
