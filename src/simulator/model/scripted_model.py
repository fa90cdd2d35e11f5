"""What the scripted model says: the same words for the same question, so that the whole trip runs without a key."""

import json
import re
from collections.abc import Mapping

from attrs import frozen

from simulator.state.samples import SAMPLES_URL

COMMAND = re.compile(r"(slow|long|fail|empty|markdown|help)\b\s*(\d+)?", re.IGNORECASE)
GREETING = re.compile(r"(hi|hello|hey|good (morning|evening)|hola|hallo|ol[aá]|oi|bonjour|ciao)\b", re.IGNORECASE)
SLOW_SECONDS = 8.0
SLOWEST_SECONDS = 60.0
LONG_CHARACTERS = 20_000

HELP = """I am a *scripted* stand-in for a language model. Write one of these:

- **menu**: a list of everything one can show
- **buttons**, **picture**, **voice**, **document**, **place**, ...: one of each
- **slow** or **slow 20**: I take that many seconds
- **long**: a very long answer, in several messages
- **markdown**: headings, a table, code
- **fail**: the model breaks
- **empty**: the model says nothing

Anything else I repeat to you."""

# What each word shows: the object an agent writes in a block (docs/whatsapp.md).
SHOWS: Mapping[str, Mapping[str, object]] = {
    "menu": {
        "text": "What would you like to see?",
        "button": "Choose",
        "list": [
            {"title": "Buttons", "description": "A question with a few answers"},
            {"title": "Picture", "description": "From a link, with a caption"},
            *("Voice", "Document", "Place", "Contact", "Link", "Reaction", "Form"),
        ],
    },
    "buttons": {"text": "Which size?", "buttons": ["Small", "Medium", "Large"], "footer": "Tap one, or write 2"},
    "picture": {"image": f"{SAMPLES_URL}photo.jpg", "caption": "This morning, from our window"},
    "voice": {"voice": f"{SAMPLES_URL}voice.ogg"},
    "document": {"document": f"{SAMPLES_URL}document.pdf", "filename": "price-list.pdf", "caption": "Our prices"},
    "place": {"location": {"latitude": 52.520008, "longitude": 13.404954, "name": "Café Central"}},
    "contact": {"contacts": [{"name": "Carla Moreno", "phones": ["+15550006666"], "organisation": "Café Central"}]},
    "link": {"text": "All our teas", "link": {"title": "Open the shop", "url": "https://shop.example/teas"}},
    "reaction": {"reaction": "👍"},
    "form": {"text": "Book a table", "form": {"id": "1", "button": "Book"}},
}
EXPLAINED = """An agent writes this in a block marked `trunkline`:

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
class Script:
    """One answer: its words, how many seconds it takes, and whether the model breaks instead."""

    text: str = ""
    seconds: float = 0.0
    fails: bool = False


def answer(question: str) -> Script:
    """What to say to a person's message; a command stands at the start of one of its lines."""
    lines = [line.strip() for line in question.strip().splitlines()]
    command = next((match for line in lines if (match := COMMAND.match(line))), None)
    if command is not None:
        return _run_commands(command.group(1).lower(), command.group(2))
    shown = next((word for line in lines if (word := line.lower()) in SHOWS), None)
    if shown is not None:
        return Script(text=_show(shown))
    if GREETING.match(question.strip()):
        return Script(text='Hello! 👋 How can I help you today? Send "menu" or "help" to see what I can do.')
    return Script(text=f'You said: "{question.strip()}". Send "help" to see what else I can do.')


def _run_commands(command: str, number: str | None) -> Script:
    match command:
        case "slow":
            seconds = min(float(number), SLOWEST_SECONDS) if number else SLOW_SECONDS
            return Script(text=f"Thank you for waiting {seconds:g} seconds. 🐢", seconds=seconds)
        case "long":
            return Script(text=_long())
        case "fail":
            return Script(fails=True)
        case "empty":
            return Script()
        case "markdown":
            return Script(text=MARKDOWN)
        case _:
            return Script(text=HELP)


def _show(word: str) -> str:
    """How it is written, and the thing itself."""
    return EXPLAINED.format(source=json.dumps(SHOWS[word], ensure_ascii=False))


def _long() -> str:
    chapters: list[str] = []
    while sum(len(chapter) + 2 for chapter in chapters) < LONG_CHARACTERS:
        number = len(chapters) + 1
        chapters.append(
            f"## Chapter {number}\n\nThis is paragraph **{number}** of a long answer. It goes on for a while, so that "
            "one can see how it is cut into several messages: between paragraphs where that is possible, never in the "
            f"middle of a word, and never inside of `code`.\n\n- first point of chapter {number}\n- second point"
        )
    return "\n\n".join(chapters)
