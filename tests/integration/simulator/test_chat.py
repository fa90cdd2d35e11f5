"""The phone in the terminal, from a pipe: the installed command."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

COMMAND = Path(sys.executable).with_name("trunkline")


async def piped(url: str, text: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command with `text` on its input."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *("chat", "--url", url, "--number", ANA),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(text.encode())
    return process.returncode or 0, output.decode(), errors.decode()


@contextlib.asynccontextmanager
async def meanwhile(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `work` in the background until the block ends."""
    task = asyncio.create_task(work)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def answer_everything(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The business: acknowledges each message and answers it in two parts, until cancelled."""
    for answered in range(1000):
        await eventually(lambda: len(business.messages()) > answered, seconds=60)  # noqa: B023  (asked before the loop goes on)
        message = business.messages()[answered]
        await meta.acknowledge(str(message["id"]), typing=True)
        await meta.send(f"You said {message['text']['body']}")
        await meta.send("Anything else?")


@pytest.fixture
async def answering(meta: RunningSimulator, business: FakeBusiness) -> AsyncIterator[None]:
    async with meanwhile(answer_everything(meta, business)):
        yield


@pytest.mark.usefixtures("answering")
async def test_lines_from_a_pipe_are_answered_in_turn(meta: RunningSimulator) -> None:
    """Each line is sent after the answer to the line before. The command ends with its input."""
    code, output, errors = await piped(meta.url, "first\n\nsecond")

    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "You: first",
        "Trunkline: You said first",
        "Trunkline: Anything else?",
        "You: second",
        "Trunkline: You said second",
        "Trunkline: Anything else?",
    ]
    assert {message["status"] for message in await meta.thread() if message["author"] == "person"} == {"read"}


async def test_without_a_simulator_one_line_says_so() -> None:
    """No traceback, a hint, and a failing exit code."""
    code, output, errors = await piped("http://127.0.0.1:9", "Hi\n")

    assert (code, output) == (1, "")
    assert errors == "Error: no simulator answers at http://127.0.0.1:9/; `trunkline dev` starts one\n"


async def test_a_simulator_that_stops_ends_the_chat(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The command ends when the simulator stops."""
    talking = asyncio.create_task(piped(meta.url, "Hi\n"))
    await eventually(business.messages)

    await meta.simulator.close()

    assert await talking == (1, "You: Hi\n", "Error: the simulator has stopped\n")


QUESTION = {
    "type": "list",
    "header": {"type": "text", "text": "Opening hours"},
    "body": {"text": "When will you come?"},
    "footer": {"text": "All times are local"},
    "action": {
        "button": "Times",
        "sections": [
            {"title": "Today", "rows": [{"id": "t9", "title": "9:00", "description": "early"}]},
            {"title": "Tomorrow", "rows": [{"id": "m9", "title": "9:30"}]},
        ],
    },
}


async def ask_until_tapped(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The business: answers each text with a question, and each tap with what was tapped."""
    for answered in range(1000):
        await eventually(lambda: len(business.messages()) > answered, seconds=60)  # noqa: B023  (asked before the loop goes on)
        message = business.messages()[answered]
        if message["type"] == "interactive":
            await meta.send(f"Tapped {message['interactive']['list_reply']['id']}")
        else:
            await meta.send_content("interactive", QUESTION)


@pytest.fixture
async def asking(meta: RunningSimulator, business: FakeBusiness) -> AsyncIterator[None]:
    async with meanwhile(ask_until_tapped(meta, business)):
        yield


@pytest.mark.usefixtures("asking")
async def test_a_number_after_a_slash_taps(meta: RunningSimulator) -> None:
    """The choices are numbered, /2 taps the second, and a wrong number lists the choices."""
    code, output, errors = await piped(meta.url, "/1\nhello\n/3\n/2\n")

    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "You: /1",
        "/1: there is no choice with that number; no message has had choices yet",
        "You: hello",
        "Trunkline: Opening hours",
        "When will you come?",
        "All times are local",
        "  Today",
        "  /1 9:00: early",
        "  Tomorrow",
        "  /2 9:30",
        "You: /3",
        "/3: there is no choice with that number; you can tap /1 9:00, /2 9:30",
        "You: /2",
        "Trunkline: Tapped m9",
    ]


async def test_calls_are_allowed_with_a_tap(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A call permission request has two choices."""
    await meta.write("Hi")
    asked = {
        "type": "call_permission_request",
        "body": {"text": "May we call you?"},
        "action": {"name": "call_permission_request"},
    }

    async def ask_and_thank() -> None:
        await eventually(lambda: len(business.messages()) == 2)
        await meta.send_content("interactive", asked)
        await eventually(lambda: len(business.messages()) == 3, seconds=30)
        await meta.send("Thank you")

    async with meanwhile(ask_and_thank()):
        _, output, _ = await piped(meta.url, "hello\n/2\n")

    reply = business.messages()[-1]["interactive"]["call_permission_reply"]
    assert output.splitlines() == [
        "You: hello",
        "Trunkline: May we call you?",
        "  /1 Allow calls",
        "  /2 Do not allow calls",
        "You: /2",
        "Trunkline: Thank you",
    ]
    assert reply["response"] == "reject"


@pytest.mark.usefixtures("asking")
async def test_a_number_or_a_command_alone_is_a_text(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A number without a slash and a word with a slash are sent as texts."""
    await piped(meta.url, "2\n/new\n")

    assert [message["text"]["body"] for message in business.messages()] == ["2", "/new"]


async def test_a_reaction_is_an_answer(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A reaction is shown with the text of its message."""
    talking = asyncio.create_task(piped(meta.url, "Thank you\n"))
    await eventually(business.messages)

    await meta.send_content("reaction", {"message_id": business.messages()[0]["id"], "emoji": "👍"})

    assert await talking == (0, 'You: Thank you\nTrunkline: [reacted with 👍: "Thank you"]\n', "")
