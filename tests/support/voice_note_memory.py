"""A process that reads turns with many large voice notes, and prints how much memory that takes.

    python -m support.voice_note_memory URL PEOPLE NOTES

URL is a server that plays both the Graph API and the transcriber. Prints JSON: `idle`, `peak` and `after` in bytes, and
how many notes were `written` down.
"""

import asyncio
import json
import sys
import threading

import psutil
import uvloop
from attrs import evolve

from adapters.openai.transcriber import OpenAITranscriber
from adapters.whatsapp.graph.media import GraphMedia
from application.answering.agent_input import BuildAgentInput
from application.answering.byte_budget import ByteBudget
from application.channels import Channel
from domain.conversations.state import ConversationState
from domain.messages.inbound import InboundMessage, Media
from domain.messages.shared_values import MediaKind
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.bootstrap.process_memory import return_large_blocks
from support.answering import Answering
from support.messages import message

LOOK_EVERY_SECONDS = 0.005


async def measure(url: str, *, people: int, notes: int) -> dict[str, int]:
    """Let each of the people send as many notes, all at once."""
    return_large_blocks()
    async with make_http_client() as client:
        answering = Answering(transcriber=OpenAITranscriber(client=client, url=url, model="any"))
        media = GraphMedia(
            client=client, api_url=url, api_version="v25.0", phone_number_id="1", access_token="test-token"
        )
        read, budget, channel = answering.read, answering.file_budget, evolve(answering.channel, media=media)
        await written(read, budget, channel, person="warm-up", notes=1)
        idle = psutil.Process().memory_info().rss
        peak = Peak()
        reading = (written(read, budget, channel, person=str(n), notes=notes) for n in range(people))
        counts = await asyncio.gather(*reading)
        return {"idle": idle, "peak": peak.stop(), "after": psutil.Process().memory_info().rss, "written": sum(counts)}


async def written(read: BuildAgentInput, budget: ByteBudget, channel: Channel, *, person: str, notes: int) -> int:
    """How many voice notes of one person were written down."""
    voices = [voice(f"{person}-{number}") for number in range(notes)]
    with budget.hold() as hold:
        agent_input = await read(messages=voices, channel=channel, state=ConversationState(), hold=hold)
        return sum("transcript" in said for said in agent_input.messages)


def voice(name: str) -> InboundMessage:
    return evolve(message(message_id=name), content=Media(kind=MediaKind.VOICE, id=name, mime_type="audio/ogg"))


class Peak:
    """The largest memory of this process since it was made, measured from a thread, because the loop is busy."""

    def __init__(self) -> None:
        self._largest = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self._largest = max(self._largest, process.memory_info().rss)

    def stop(self) -> int:
        self._stopping.set()
        self._thread.join()
        return self._largest


if __name__ == "__main__":
    address, *numbers = sys.argv[1:]
    many_people, many_notes = map(int, numbers)
    sys.stdout.write(json.dumps(uvloop.run(measure(address, people=many_people, notes=many_notes))))
