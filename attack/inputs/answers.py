"""Odd answers of models, and those that cost most to format."""

import base64
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from attack.inputs import json_values
from attack.plan import MEGABYTE

# A template that only a person's words ask for; the agent repeats them. It must never be sent.
OFFER = "a_strangers_offer"
ECHOED = json.dumps({"template": {"name": OFFER, "language": "en_US"}})
LENGTHS = (100, 1_000, 4_000, 20_000)
WORDS = r"offen geöffnet 注意 서울 ไทย שלום 1*2 x_y_z C:\dir `code` 👨‍👩‍👧 **we** **Note:** ~~no~~".split()
TAGS = ("a href='http://x'", "b" * 500, *"b i p br ul li table td details script !-- x:y user:id".split())
THOUGHTS = "think thinking THINK reasoning final tool_call function_calls".split()
MARKS = (*"* _ ~ ` [ ]( ![ < > # | \\ & &#x $$ <!-- *a_ [a]( [^1]".split(), "**a ")
UNITS = (
    *"x é 漢".split(),
    "Z\u0335\u0321",
    "\u200b",
    "\ud83d",
    "\u202e",
    "\U0001f468\u200d",
    "\x1b[2J",
    "\r",
    "\u2028",
)
REFERENCES = (
    "[a{n}]: http://x/{n}\n[a{n}] ",
    "[l{n}](http://x/{n} ",
    "<http://x/{n}",
    "https://x/{n}?q=*_~ ",
    "![i][a{n}] ",
)
TYPES = (("image", "image/png"), ("document", "application/pdf"), ("audio", "audio/ogg"), ("sticker", "x/y"))
KEYS = "text buttons list link image location contacts reaction form footer".split()
BORING = ("word ", "- item\n", "**bold** and more. ", "# head\n\ntext\n\n")

PROPOSAL = {"tool": "order", "tipo": "api", "destino": "shop", "operacion": "create", "argumentos": {"boxes": 2}}


def hostile_answer(seed: int, number: int) -> bytes:
    """The body of the reply to the agent's `number`th hostile run, as Astromesh writes it, or nearly."""
    random = Random(f"{seed} answer {number}")
    if random.random() < 0.04:
        return json_values.no_json(b'{"answer":"hello","data":null}', random)
    if random.random() < 0.04:
        return json.dumps({"answer": "With data.", "data": {"messages": json_values.value(random)}}).encode()
    if random.random() < 0.04:
        proposed = [json_values.mutated(PROPOSAL, random) for _ in range(random.choice((1, 30)))]
        return json.dumps({"answer": "Proposed.", "propuestas": proposed, "usage": json_values.value(random)}).encode()
    return json.dumps({"answer": hostile_text(random)}).encode()


def hostile_text(random: Random) -> str:
    """An answer of one kind, and sometimes of several kinds together."""
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=random.choice((1, 1, 1, 3)))
    return "\n\n".join(kind(random) for kind in kinds)


def table(random: Random) -> str:
    """Wide, long, ragged or without cells: a short source that may become a long table."""
    columns, rows = random.choice(((181, 362), (3, 2_000), (1_000, 20), (50, 50), (2_000, 2_000)))
    cell = random.choice(("", "x", "**x**", "[a](http://x)", "<br>"))
    row = random.choice(("|", f"|{cell}" * min(columns, 50)))
    return "\n".join([f"|{cell}" * columns, "|-" * columns, *([row] * rows)])[:40_000]


def nested(random: Random) -> str:
    """Lists in lists, and quotes in quotes."""
    depth = random.choice((10, 100, 400))
    mark = random.choice(("- ", "1. ", "> ", "* - + "))
    if random.random() < 0.5:
        return mark * depth + "x"
    return "\n".join("  " * level + mark + "x" for level in range(depth))[:40_000]


def run(random: Random) -> str:
    """One mark repeated many times, with or without words between."""
    mark = random.choice(MARKS)
    words = random.choice(("", "", "a", " a", "\n"))
    return f"{mark}{words}" * (random.choice(LENGTHS) // len(mark + words))


def mixed(random: Random) -> str:
    """Words of many languages with marks around them."""
    marks = ("*", "**", "_", "~~", "`", "", "", " ", "\n", "\n\n", "- ", "# ", "> ")
    count = random.choice(LENGTHS) // 5
    return "".join(random.choice(marks) + random.choice(WORDS) for _ in range(count))


def html(random: Random) -> str:
    """Tags that are opened, closed, nested or cut off."""
    tags = random.choices(TAGS, k=random.choice((3, 50, 1_000)))
    closed = random.random() < 0.5
    return "".join(f"<{tag}>x" + (f"</{tag}>" if closed else "") for tag in tags)[:20_000]


def thinking(random: Random) -> str:
    """Reasoning that never ends, never began, or contains a block."""
    tag, depth = random.choice(THOUGHTS), random.choice((1, 3, 500))
    inner = random.choice(("hm", block(random), json_values.text(random)))
    opened, closed = f"<{tag}>" * depth, f"</{tag}>" * random.choice((0, 1, depth))
    return random.choice((opened + inner + closed + "Said.", inner + closed, f"<|channel|>analysis<|message|>{inner}"))


def block(random: Random) -> str:
    """A Trunkline block: with values of any shape, cut off, in Python's notation, or nested."""
    item = {random.choice(KEYS): json_values.value(random) for _ in range(random.randint(1, 4))}
    written = json.dumps(item)[:20_000]
    deep = json_values.deep(random)[:50_000].decode()
    inner = random.choice((written, written, written[:-3], written.replace('"', "'"), deep, f"[{written}]" * 20))
    fence = random.choice(("```trunkline\n", "~~~trunkline\n", "```json\n", "> ```trunkline\n> ", "```", ""))
    return f"Here.\n\n{fence}{inner}\n{random.choice(('```', '~~~', ''))}"


def echo(random: Random) -> str:
    """A block that the person wrote, repeated: as it was written, or as a model may write it."""
    fence = random.choice(("```trunkline\n{}\n```", "```json\n{}\n```", "`{}`", "{}"))
    return f"You wrote:\n\n{fence.format(ECHOED)}\n"


def letters(random: Random) -> str:
    """One endless word, letters with a hundred marks, lone surrogates."""
    size = random.choice(LENGTHS) * 5
    unit = random.choice(UNITS)
    return unit * (size // len(unit))


def links(random: Random) -> str:
    """References to each other, endless links, addresses with any content."""
    count = random.choice((10, 500))
    made = random.choice(REFERENCES)
    return "".join(made.format(n=number) for number in range(count))


def huge(random: Random) -> str:
    """A very long text."""
    return random.choice(BORING) * random.choice((10_000, 100_000))


def file(random: Random) -> str:
    """A file in the answer: very large, too large, or with other content than it says."""
    size = random.choice((1, 5, 15, 17)) * MEGABYTE
    kind, mime_type = random.choice(TYPES)
    data = base64.b64encode(b"%PDF-1.4 ".ljust(64, b"x") * (size // 64)).decode()
    item: dict[str, Any] = {"type": kind, "data": data[: len(data) - random.randrange(3)], "mime_type": mime_type}
    return f"Yours.\n\n```trunkline\n{json.dumps(item)}\n```"


KINDS: Mapping[Callable[[Random], str], int] = {
    table: 14,
    nested: 10,
    run: 16,
    mixed: 10,
    html: 10,
    thinking: 10,
    block: 12,
    letters: 8,
    links: 6,
    echo: 4,
    huge: 2,
    file: 2,
}
