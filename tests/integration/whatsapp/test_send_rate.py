"""Meta's rates are kept before Meta refuses a message."""

import itertools

import pytest
from attrs import define, field

from simulator.graph_api.errors import GraphError
from simulator.graph_api.requests import SendRequest
from simulator.state.chat_messages import ChatMessage
from support.operators import Operators
from support.phone import Phone
from support.polling import eventually
from support.simulator import RunningSimulator

AT_ONCE = 44
DEFERRED = 'turns_total{channel="whatsapp",outcome="deferred"}'


@define
class Watched:
    """Passes sends on to a simulator, and records its refusals."""

    meta: RunningSimulator
    refused: list[GraphError] = field(factory=list)

    def accept(self, request: SendRequest) -> ChatMessage:
        try:
            return self.meta.simulator.outbound.accept(request)
        except GraphError as error:
            self.refused.append(error)
            raise


@pytest.fixture
def watched(meta: RunningSimulator, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched(meta)
    monkeypatch.setattr(meta.simulator, "accept", watched.accept)
    return watched


async def test_fifty_messages_to_one_person(
    phone: Phone, other_phone: Phone, operators: Operators, watched: Watched
) -> None:
    """44 are sent at once, and the others wait. Nobody else waits, and nothing is refused."""
    await phone.meta.control(pair_limit=True, status_delay_seconds=0)
    places = [{"location": {"latitude": 1, "longitude": number, "name": f"Shop {number}"}} for number in range(50)]
    before = await operators.counted(DEFERRED)

    async def put_back() -> bool:
        return await operators.counted(DEFERRED) > before

    await phone.ask("Where are you?")
    for ten in itertools.batched(places, 10):
        await operators.write(*ten, key=f"{ten[0]} to {phone.number}", to=phone.number)
    await eventually(put_back)
    await other_phone.ask("and I?")
    heard = await phone.heard()

    assert watched.refused == []
    assert heard[1:AT_ONCE] == [f"Shop {number}" for number in range(AT_ONCE - 1)]
    assert len(heard) <= AT_ONCE + 1
