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
- **buttons**, **picture**, **voice**, **document**, **place**, **number**, ...: an example of each
- **slow** or **slow 20**: an answer after some seconds
- **long**: a very long answer, in several messages
- **markdown**: headings, a table, code
- **fail**: an error of the model
- **empty**: an empty answer

I repeat everything else."""

# The example for each word: the object that an agent writes in a block (docs/whatsapp.md).
EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "menu": {
        "text": "What would you like to see?",
        "button": "Choose",
        "list": [
            {"title": "Buttons", "description": "A question with a few answers"},
            {"title": "Picture", "description": "From a link, with a caption"},
            *("Voice", "Document", "Place", "Contact", "Link", "Reaction", "Form", "Hand-off"),
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
    """One answer: its text, the seconds it takes, and whether the model fails instead."""

    text: str = ""
    seconds: float = 0.0
    fails: bool = False


def answer(question: str, *, prompt: str = "") -> ScriptedAnswer:
    """The answer to a message. A command is at the start of one of its lines.

    The `prompt` tells the specialist, to whom "hand-off" leads, from the other agent: so one sees who answers.
    """
    lines = [line.strip() for line in question.strip().splitlines()]
    command = next((match for line in lines if (match := COMMAND.match(line))), None)
    if command is not None:
        return _answer_command(command.group(1).lower(), command.group(2))
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
