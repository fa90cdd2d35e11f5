"""The answers of the scripted model: always the same for the same question. It needs no key of a provider."""

import json
import re
from collections.abc import Mapping

from attrs import frozen

from simulator.state.samples import SAMPLES_URL

COMMAND = re.compile(r"(slow|long|fail|empty|markdown|help)\b\s*(\d+)?", re.IGNORECASE)
GREETING = re.compile(r"(hi|hello|hey|good (morning|evening)|hola|hallo|ol[aá]|oi|bonjour|ciao)\b", re.IGNORECASE)
SPECIALIST = "You are the specialist"
SLOW_SECONDS = 8.0
SLOWEST_SECONDS = 60.0
LONG_CHARACTERS = 20_000

HELP = """I am a *scripted* stand-in for a language model. Write one of these:

- **menu**: a list of everything I can show
- **more**: actions that need a yes or an approval, who else answers, and a button for a phone number
- **buttons**, **picture**, **voice**, **document**, **place**, ...: an example of each
- **slow** or **slow 20**: an answer after some seconds
- **long**: a very long answer, in several messages
- **markdown**: headings, a table, code
- **fail**: an error of the model
- **empty**: an empty answer
- **prompt**: what the agent's file tells me about you and the channel

I repeat everything else."""

# The example for each word: the object that an agent writes in a block (docs/answers.md).
EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "menu": {
        "text": "What would you like to see?",
        "button": "Choose",
        "list": [
            {"title": "Buttons", "description": "A question with a few answers"},
            {"title": "Picture", "description": "From a link, with a caption"},
            *("Voice", "Document", "Place", "Contact", "Link", "Reaction", "Form"),
            {"title": "More", "description": "Actions that need a yes, and who else answers"},
        ],
    },
    "more": {
        "text": "Which of these?",
        "button": "Choose",
        "list": [
            {"title": "Confirmation", "description": "An action that the person confirms"},
            {"title": "Proposal", "description": "An action that an operator approves"},
            {"title": "Hand-off", "description": "Another agent answers"},
            {"title": "Colleague", "description": "A human answers"},
            {"title": "Number", "description": "A button that shares the person's own"},
        ],
    },
    "buttons": {"text": "Which size?", "buttons": ["Small", "Medium", "Large"], "footer": "Tap one, or write 2"},
    "picture": {"image": f"{SAMPLES_URL}photo.jpg", "caption": "This morning, from our window"},
    "voice": {"voice": f"{SAMPLES_URL}voice.ogg"},
    "document": {"document": f"{SAMPLES_URL}document.pdf", "filename": "price-list.pdf", "caption": "Our prices"},
    "place": {"location": {"latitude": 52.520008, "longitude": 13.404954, "name": "Café Central"}},
    "contact": {"contacts": [{"name": "Carla Moreno", "phones": ["+15550006666"], "organisation": "Café Central"}]},
    "link": {"text": "All our teas", "link": {"title": "Open the shop", "url": "https://shop.example/teas"}},
    "number": {"text": "May we have your number?", "contact_request": "Share my number"},
    "reaction": {"reaction": "👍"},
    "form": {"text": "Book a table", "form": {"id": "1", "button": "Book"}},
    "hand-off": {
        "text": "From your next message on, the specialist answers. /new brings me back.",
        "route": {"handoff_agent": "specialist"},
    },
}
EXAMPLE_ANSWER = """An agent writes this in a block marked `trunkline`:

```
{source}
```

```trunkline
{source}
```"""

# A tool that proposes an order. It is part of each agent that this model answers for.
PROPOSING_TOOL: Mapping[str, object] = {
    "type": "api",
    "name": "trunkline-demo",
    "connection": "none",
    "auth": {"scheme": "bearer"},
    "operations": [
        {
            "name": "order",
            "description": "Order boxes.",
            "writes": True,
            "mode": "propose",
            "parameters": {"boxes": {"type": "integer", "required": True}},
            "request": {"method": "POST", "path": "/orders"},
        }
    ],
}
PROPOSING_TOOL_NAME = "trunkline_demo_order"

MARKDOWN = """# Opening hours

We are open **every day**, *also* on holidays, ~~except Sundays~~.

| Day | From | To |
| --- | --- | --- |
| Monday | 9:00 | 18:00 |
| Saturday | 10:00 | 14:00 |

1. Come in
2. Say `hello`

> Quality takes time.

```python
print("See you soon!")
```

More on [our site](https://example.com/hours)."""


@frozen(kw_only=True)
class ScriptedAnswer:
    """One answer: its text, the seconds it takes, and whether the model fails instead.

    With `calls`, a tool and its arguments, the model calls the tool first. It says `without` where it has no such tool.
    """

    text: str = ""
    seconds: float = 0.0
    fails: bool = False
    calls: tuple[str, Mapping[str, object]] | None = None
    without: str = ""


# What follows a word that is not an example of a block.
SCENES: Mapping[str, ScriptedAnswer] = {
    # The last paragraph is as Astromesh itself writes it, before it carries out an action that needs a yes.
    "confirmation": ScriptedAnswer(
        text="Two boxes, all right?\n\nPara confirmar respondé SI. Voy a ejecutar: order_post con boxes: 2"
    ),
    "si": ScriptedAnswer(text="You confirmed it. A real agent carries the action out now."),
    "no": ScriptedAnswer(text="You declined. A real agent forgets the action now."),
    "proposal": ScriptedAnswer(
        text="I have proposed to order two boxes, and wait for approval. An operator approves it on the page Proposals "
        "of the console. `trunkline dev` shows its address below that of the phone.",
        calls=(PROPOSING_TOOL_NAME, {"boxes": 2}),
        without="This agent has no tool that proposes an order: it runs on a server of its own.",
    ),
    "colleague": ScriptedAnswer(
        text="A colleague answers you from now on, and I am silent. A `DELETE` of `/v1/conversations/NAME/human` at "
        'the service wakes me up again.\n\n```trunkline\n{"hand_over": "the phone asked for a colleague"}\n```'
    ),
}


def answer(question: str, *, prompt: str = "") -> ScriptedAnswer:
    """The answer to a message. A command is at the start of one of its lines.

    The `prompt` tells the specialist, to whom "hand-off" leads, from the other agent: so one sees who answers.
    """
    lines = [line.strip() for line in question.strip().splitlines()]
    command = next((match for line in lines if (match := COMMAND.match(line))), None)
    if command is not None:
        return _answer_command(command.group(1).lower(), command.group(2))
    if "prompt" in map(str.lower, lines):
        # Its examples of blocks are shown as well, and are no parts of this answer.
        return ScriptedAnswer(text="I was told:\n\n```\n{}\n```".format(prompt.replace("```", "'''")))
    scene = next((word for line in lines if (word := line.lower()) in SCENES), None)
    if scene is not None:
        return SCENES[scene]
    example = next((word for line in lines if (word := line.lower()) in EXAMPLES), None)
    if example is not None:
        return ScriptedAnswer(text=_example(example))
    if GREETING.match(question.strip()):
        return ScriptedAnswer(text='Hello! 👋 How can I help you today? Send "menu" or "help" to see what I can do.')
    who = "Here is the specialist. " if SPECIALIST in prompt else ""
    return ScriptedAnswer(text=f'{who}You said: "{question.strip()}". Send "help" to see what else I can do.')


def _answer_command(command: str, number: str | None) -> ScriptedAnswer:
    match command:
        case "slow":
            seconds = min(float(number), SLOWEST_SECONDS) if number else SLOW_SECONDS
            return ScriptedAnswer(text=f"Thank you for waiting {seconds:g} seconds. 🐢", seconds=seconds)
        case "long":
            return ScriptedAnswer(text=_long())
        case "fail":
            return ScriptedAnswer(fails=True)
        case "empty":
            return ScriptedAnswer()
        case "markdown":
            return ScriptedAnswer(text=MARKDOWN)
        case _:
            return ScriptedAnswer(text=HELP)


def _example(word: str) -> str:
    """The source of the example, and the example itself."""
    return EXAMPLE_ANSWER.format(source=json.dumps(EXAMPLES[word], ensure_ascii=False))


def _long() -> str:
    chapters: list[str] = []
    while sum(len(chapter) + 2 for chapter in chapters) < LONG_CHARACTERS:
        number = len(chapters) + 1
        chapters.append(
            f"## Chapter {number}\n\nThis is paragraph **{number}** of a long answer. It goes on for a while, so that "
            "you can see how it is cut into several messages: between paragraphs where that is possible, never in the "
            f"middle of a word, and never inside of `code`.\n\n- first point of chapter {number}\n- second point"
        )
    return "\n\n".join(chapters)
