"""A server that answers requests as a test scripted it, and remembers what it read."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from attrs import define, field

from support.loopback import listening, reset
from support.polling import eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@define
class Conversation:
    """One connection of the server. `requests` is shared by all of them."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[bytes]

    async def request(self) -> bytes:
        """The next request, with its body where it has a length."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.requests.append(head)
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        return head + await self.reader.readexactly(int(length.partition(b":")[2]))

    async def say(self, *pieces: bytes, every_seconds: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(every_seconds)

    async def until_the_client_hangs_up(self) -> None:
        while await self.reader.read(65536):
            pass

    def reset(self) -> None:
        reset(self.writer)


type Script = Callable[[Conversation], Awaitable[None]]


@define
class ScriptedServer:
    url: str
    requests: list[bytes] = field(factory=list)
    connections: int = 0


@contextlib.asynccontextmanager
async def serving(script: Script, *, certificate: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    """Let `script` have each connection. What is still under way at the end is cancelled."""
    served, conversations = ScriptedServer(""), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        conversation = asyncio.create_task(script(Conversation(reader, writer, served.requests)))
        conversations.add(conversation)
        await asyncio.wait([conversation])
        conversations.discard(conversation)
        if not conversation.cancelled() and (error := conversation.exception()):
            raise error

    async with listening(serve, certificate=certificate) as served.url:
        yield served
        for conversation in conversations:
            conversation.cancel()
        await eventually(lambda: not conversations)


async def answers(conversation: Conversation) -> None:
    """The script of a good server."""
    while True:
        await conversation.request()
        await conversation.say(OK)


@contextlib.contextmanager
def full_queue() -> Iterator[str]:
    """The address of a server that takes no more connections: they are neither accepted nor refused."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
