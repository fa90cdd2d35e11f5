"""One lasting bot, and people of their own in front of it for each test. The simulator plays Telegram."""

import itertools
from collections.abc import AsyncIterator, Callable

import pytest

from simulator.state.business import Person
from support.bot_chat import BotChat
from support.installation import Installation, running_bot
from support.model_server import ScriptedModel
from support.operators import Operators
from support.service import Service
from support.simulator import RunningSimulator

LONG_ID = "order/" + "9" * 100
_numbers = itertools.count(3_000_001)

type NewChat = Callable[..., BotChat]


@pytest.fixture(scope="session")
async def installation(
    tmp_path_factory: pytest.TempPathFactory, agents_url: str, model: ScriptedModel
) -> AsyncIterator[Installation]:
    """With a command for a human, and a text for who chooses the order with the long number."""
    settings = {"agents": {"url": agents_url}, "transcriber": {"url": model.url, "model": "scripted"}}
    commands = {"new_session": ["/new"], "start": ["/start"], "human": ["colleague, please"]}
    routing = {"rules": [{"name": "long", "choices": [LONG_ID], "text": "You chose the big order."}]}
    entry = {"commands": commands, "routing": routing}
    async with running_bot(tmp_path_factory.mktemp("bot"), settings=settings, **entry) as installation:
        yield installation


@pytest.fixture
def telegram(installation: Installation) -> RunningSimulator:
    return installation.meta


@pytest.fixture
def service(installation: Installation) -> Service:
    return installation.service


@pytest.fixture
def operators(service: Service) -> Operators:
    return Operators(service, channel="telegram")


@pytest.fixture
def new_chat(telegram: RunningSimulator) -> NewChat:
    """Makes the chats of new people."""

    def make(*, language: str = "en") -> BotChat:
        number = f"1555{next(_numbers)}"
        telegram.simulator.phones.add(Person(number=number, name="Ana Soto", language=language))
        return BotChat(telegram=telegram, number=number)

    return make


@pytest.fixture
def chat(new_chat: NewChat) -> BotChat:
    return new_chat()
