"""The phone in the terminal, against a running simulator."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from typing import Any

import click
import httpx
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from entrypoints.simulator.phone_client import NoSimulatorError, PhoneClient

ANSWER_WITHIN_SECONDS = 60.0
QUIET_SECONDS = 1.5
START_OF_LINE = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))
TICKS = {
    "accepted": ("✓", "dim"),
    "delivered": ("✓✓", "dim"),
    "read": ("✓✓", "bright_blue"),
    "failed": ("not delivered", "red"),
}

type Lines = asyncio.Queue[str | None]


async def chat(url: str, number: str) -> None:
    """Talk as the person with `number` to the business of the simulator at `url`, until the input ends.

    In a terminal the prompt shows ticks and "typing". From a pipe each line is sent when the one before it
    has been answered.

    Raises:
        click.ClickException: no simulator answers, or no answer came within 60 seconds.
    """
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        phone = PhoneClient(http=http, number=number.removeprefix("+"))
        try:
            conversation = _Conversation(phone, business=await phone.introduce(), interactive=sys.stdin.isatty())
            await conversation.run(_lines_of(sys.stdin.fileno()))
        except NoSimulatorError as error:
            raise click.ClickException(str(error)) from error
        except TimeoutError as error:
            raise click.ClickException(f"no answer within {ANSWER_WITHIN_SECONDS:g} s") from error


class _Conversation:
    """Shows what happens on the phone while lines go out."""

    def __init__(self, phone: PhoneClient, *, business: str, interactive: bool) -> None:
        self._phone = phone
        self._business = business
        self._interactive = interactive
        self._console = Console(highlight=False)
        self._connected = asyncio.Event()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._typing = False
        self._last: dict[str, Any] = {}

    async def run(self, lines: Lines) -> None:
        following = asyncio.create_task(self._follow())
        talking = asyncio.create_task(self._prompted(lines) if self._interactive else self._piped(lines))
        try:
            done, _ = await asyncio.wait({following, talking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            following.cancel()
            talking.cancel()
            await asyncio.gather(following, talking, return_exceptions=True)

    async def _prompted(self, lines: Lines) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lines.put_nowait, None)
        try:
            await self._connected.wait()
            self._console.print(f"Writing to [bold]{self._business}[/]. Ctrl-D leaves.", style="dim")
            self._show_prompt()
            while (line := await lines.get()) is not None:
                if line.strip():
                    await self._phone.write(line.strip())
                else:
                    self._show_prompt()
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            self._console.control(START_OF_LINE)

    async def _piped(self, lines: Lines) -> None:
        await self._connected.wait()
        while (line := await lines.get()) is not None:
            if line.strip():
                self._print("You", line.strip(), "green")
                await self._phone.write(line.strip())
                await self._wait_for_answer()

    async def _wait_for_answer(self) -> None:
        """Until an answer has come and nothing has followed it for a moment."""
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            await self._answers.get()
            while not await self._quiet():
                continue

    async def _quiet(self) -> bool:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._answers.get()
        except TimeoutError:
            return not self._typing
        return False

    async def _follow(self) -> None:
        async for kind, data in self._phone.events(connected=self._connected.set):
            if kind == "typing":
                self._typing = bool(data["typing"])
            elif data["author"] == "person":
                self._last = data
            elif kind == "message":
                self._print(self._business, str(data["body"]), "cyan")
                await self._phone.look()
                self._answers.put_nowait(str(data["id"]))
            if self._interactive:
                self._show_prompt()

    def _print(self, name: str, body: str, colour: str) -> None:
        if self._interactive:
            self._console.control(START_OF_LINE)
        harmless = "".join(char for char in body if char.isprintable() or char == "\n")
        self._console.print(Text.assemble((f"{name}: ", f"bold {colour}"), harmless))

    def _show_prompt(self) -> None:
        self._console.control(START_OF_LINE)
        words, style = TICKS.get(str(self._last.get("status")), ("", ""))
        if words == "✓" and self._last["attempts"]:
            words = "waiting to be delivered"
        typing = (f" {self._business} is typing… ", "italic cyan") if self._typing else " "
        self._console.print(Text.assemble((words, style), typing, ("> ", "bold green")), end="")


def _lines_of(descriptor: int) -> Lines:
    """Lines of a terminal, pipe or file, and None at the end; read in a thread that nobody has to wait for."""
    lines: Lines = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        rest = b""
        while chunk := os.read(descriptor, 65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                put(line.decode(errors="replace"))
        if rest:
            put(rest.decode(errors="replace"))
        put(None)

    threading.Thread(target=read, name="terminal", daemon=True).start()
    return lines
