"""What the scripted model says: the same words for the same question, so that the whole trip runs without a key."""

import re

from attrs import frozen

COMMAND = re.compile(r"(slow|long|fail|empty|markdown|help)\b\s*(\d+)?", re.IGNORECASE)
GREETING = re.compile(r"(hi|hello|hey|good (morning|evening)|hola|hallo|ol[aá]|oi|bonjour|ciao)\b", re.IGNORECASE)
SLOW_SECONDS = 8.0
SLOWEST_SECONDS = 60.0
LONG_CHARACTERS = 20_000

HELP = """I am a *scripted* stand-in for a language model. Try one of these:

- **slow** or **slow 20**: I take that many seconds
- **long**: a very long answer, in several messages
- **markdown**: headings, a table, code
- **fail**: the model breaks
- **empty**: the model says nothing

Anything else I repeat to you."""

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
        return _obey(command.group(1).lower(), command.group(2))
    if GREETING.match(question.strip()):
        return Script(text='Hello! 👋 How can I help you today? Send "help" to see what I can do.')
    return Script(text=f'You said: "{question.strip()}". Send "help" to see what else I can do.')


def _obey(command: str, number: str | None) -> Script:
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
