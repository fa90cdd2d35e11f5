"""Hostile JSON: values of wrong types, and documents that are no JSON."""

import json
from itertools import islice
from random import Random
from typing import Any

from support.broken_payloads import NAMES, ODD_VALUES, replaced, walk, without

DEPTHS = (20, 300, 1_000, 20_000, 200_000)
WIDTHS = (100, 5_000, 50_000)
MAX_PLACES = 1_000  # of a document, where it may be changed
STEERING = ("\x1b[2J", "\x9b31m", "\u0000", "\u202e")
INVISIBLE = ("\u200b", "\u2065")
HALVES = ("\ud83d", "\udc00")
MANY_IN_ONE = ("Z\u0335\u0321\u0353", "\U0001f468\u200d\U0001f469\u200d\U0001f467")
LETTERS = (*"aé漢ع[\\ \n", *STEERING, *INVISIBLE, *HALVES, *MANY_IN_ONE)


def text(random: Random, *, longest: int = 20_000) -> str:
    """Text of unusual characters, mostly short."""
    letters = random.choices(LETTERS, k=random.randint(1, 12))
    return ("".join(letters) * random.choice((1, 1, 5, 200, longest // 12)))[:longest]


def value(random: Random) -> Any:
    """Any value that JSON can represent."""
    match random.randrange(6):
        case 0:
            return random.choice(ODD_VALUES)
        case 1:
            return text(random, longest=random.choice((20, 20, 2_000)))
        case 2:
            return random.choice((0, -1, 2**63, -(2**63) - 1, 10**400, 1e308, -0.0, 5e-324, 1.5))
        case 3:
            return [value(random) for _ in range(random.randrange(5))]
        case 4:
            return {random.choice(NAMES.split()): value(random) for _ in range(random.randrange(5))}
        case _:
            return [random.choice((None, 5, "", {}, []))] * random.choice((1, 50, 5_000))


def mutated(document: Any, random: Random) -> Any:
    """The document with one to four values replaced or removed."""
    for _ in range(random.randint(1, 4)):
        found = list(islice(walk(document), MAX_PLACES))
        if not found:
            return document
        where = random.choice(found)
        document = without(document, where) if random.random() < 0.2 else replaced(document, where, value(random))
    return document


def deep(random: Random) -> bytes:
    """Nested in lists or objects, closed or not."""
    depth, opening, closing = random.choice(DEPTHS), *random.choice(((b"[", b"]"), (b'{"entry":', b"}")))
    inner = random.choice((b"1", b'"x"', b""))
    return opening * depth + inner + closing * random.choice((depth, depth - 1, 0))


def wide(random: Random) -> bytes:
    """Many members of one object or one list."""
    width = random.choice(WIDTHS)
    if random.random() < 0.5:
        return json.dumps({f"{random.random()}{number}": number for number in range(width)}).encode()
    return b"[" + b",".join([random.choice((b"1", b"{}", b"null", b'""', b"[]"))] * width) + b"]"


def number(random: Random) -> bytes:
    """A number that fits into no type."""
    digits = random.choice((20, 400, 5_000, 200_000))
    return random.choice((b"9" * digits, b"-" + b"9" * digits, b"1e" + b"9" * min(digits, 400), b"0." + b"0" * digits))


def no_json(document: bytes, random: Random) -> bytes:
    """Bytes that were JSON, or never were."""
    cut = random.randrange(len(document))
    return random.choice(
        (
            document[:cut],
            document[:cut] + random.choice((b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\x00", b"\xf5")) + document[cut:],
            document.decode(errors="replace").encode("utf-16"),
            b"\xef\xbb\xbf" + document,
            document + document,
            random.randbytes(random.randrange(2_000)),
            document.replace(b'"', b"'"),
            b"NaN",
            b"",
        )
    )
