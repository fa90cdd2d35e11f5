"""Meta's pace is kept before Meta has to say so."""

import pytest
from attrs import define, field

from entrypoints.simulator.chat_messages import ChatMessage
from entrypoints.simulator.graph_errors import GraphError
from entrypoints.simulator.graph_requests import SendRequest
from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually
from support.simulator import RunningSimulator

AT_ONCE = 45


@define
class Watched:
    """Lets sends through to a simulator, and keeps what it refused."""

    meta: RunningSimulator
    refused: list[GraphError] = field(factory=list)

    def accept(self, request: SendRequest) -> ChatMessage:
        try:
            return self.meta.simulator.sends.accept(request)
        except GraphError as error:
            self.refused.append(error)
            raise


@pytest.fixture
def watched(meta: RunningSimulator, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched(meta)
    monkeypatch.setattr(meta.simulator, "accept", watched.accept)
    return watched


async def test_fifty_messages_to_one_person(
    phone: Phone, other_phone: Phone, operators: Operators, model: ScriptedModel, watched: Watched
) -> None:
    """45 go out at once, the next after 6 seconds; nobody else waits, and nothing is refused."""
    await phone.meta.control(pair_limit=True, status_delay_seconds=0)
    places = [{"location": {"latitude": 1, "longitude": number, "name": f"Shop {number}"}} for number in range(50)]
    model.script[f"where {phone.number}"] = Says(text=block(*places))

    await phone.write(f"where {phone.number}")
    await eventually(lambda: _shown(phone, AT_ONCE))
    await other_phone.ask("and I?")
    at_first = len(await phone.heard())
    await eventually(lambda: _shown(phone, AT_ONCE + 1))

    assert at_first == AT_ONCE
    assert watched.refused == []
    assert await operators.counted('turns_total{outcome="deferred"}') >= 1
    assert await phone.heard() == [f"Shop {number}" for number in range(AT_ONCE + 1)]


async def _shown(phone: Phone, count: int) -> bool:
    return len(await phone.heard()) >= count
