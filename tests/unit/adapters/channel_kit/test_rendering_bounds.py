"""The limits of formatting, for any text: time, memory, output and messages."""

# ruff: noqa: RUF001, SIM905 - marks of many scripts in quotation marks cannot be read

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.channel_kit.markdown.parser import MAX_TABLE_CELLS
from adapters.channel_kit.markdown.reader import MAX_FORMATTED, MAX_LINES
from adapters.channel_kit.splitting import OMISSION
from application.sending.render import MAX_SHORT_TEXT
from domain.messages.outbound import ButtonsPart, ContactsPart, MediaPart, MenuPart, MenuSection, Part, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.shared_values import Choice, ContactCard, MediaKind
from support.whatsapp_texts import render, to_whatsapp

EMPTY_TABLE = "|" + "a|" * 181 + "\n|" + "-|" * 181 + "\n" + "|\n" * 362
LONG_HEADER = f"|{'h' * 2000}|b|\n|-|-|\n" + "|1|2|\n" * 900
SECONDS_A_CHARACTER = 0.0002  # of this thread; ten times what the worst of them take
BYTES_A_CHARACTER = 6000
MAX_STEP_SECONDS = 0.05

MARKS = """
    [ > ` * _ ( < ![ []( [a]( **a a*_ | ~~ & \\ - ** ``` ~~~ *a**b_ https:// # 1. + = <b> </b> <li> <ul> </ul> <p> <br>
    <a <!-- --> <code> </code> <sup> <td> $ \\( \\) \\[ \\] $$ \\frac{ } ^{ {} : 请 。 ） a é \u0e48 &nbsp; &#1; ]( ) ]
""".split()
marks = st.sampled_from([*MARKS, " ", "\n", "\n\n", "\n>", "\n- ", "\n|-|-|\n", "|a\n|-\n", ">\n", "1.\n", "\t"])


def shown(markdown: str) -> list[str]:
    return [part.body.text for part in render(TextPart(body=markdown)) if isinstance(part, TextPart)]


def measured(text: str) -> float:
    """The processor seconds that a text takes."""
    began = time.thread_time()
    assert len(shown(text)) <= MAX_PARTS
    return time.thread_time() - began


def test_a_table_with_more_cells_than_were_written_is_sent_as_it_is() -> None:
    """1.4 kB could be 65,522 cells, of 200 kB."""
    assert to_whatsapp(EMPTY_TABLE) == EMPTY_TABLE.strip()


def test_a_table_with_too_many_cells_is_sent_as_it_is() -> None:
    """The author wrote all of them."""
    rows = MAX_TABLE_CELLS // 2
    table = "|a|b|\n|-|-|\n" + "|1|2|\n" * rows

    assert to_whatsapp(table) == table.strip()
    assert to_whatsapp("|a|b|\n|-|-|\n" + "|1|2|\n" * (rows - 2)).startswith("a: 1\nb: 2\n\n")


def test_a_header_that_would_be_repeated_too_often_is_not() -> None:
    """2,000 characters of it before each of 900 values would be 1.8 million."""
    assert len(to_whatsapp(LONG_HEADER)) <= len(LONG_HEADER)


def test_a_text_too_long_to_format_is_shortened() -> None:
    """Its end says so."""
    parts = shown("**word** " * (MAX_FORMATTED // 9 + 1000))

    assert len(parts) == MAX_PARTS
    assert parts[0].startswith("**word** ")
    assert parts[-1].endswith(OMISSION)
    assert all(len(part) <= 4096 for part in parts)


def test_a_text_of_too_many_lines_is_sent_as_it_is() -> None:
    """Each line may be a block."""
    assert to_whatsapp("**a**\n" * (MAX_LINES + 1)).startswith("**a**\n")
    assert to_whatsapp("**a**\n" * MAX_LINES).startswith("*a*\n")


@given(repeated=st.lists(marks, min_size=1, max_size=5).map("".join), before=st.lists(marks, max_size=5).map("".join))
@settings(max_examples=10, deadline=None)  # each takes a tenth of a second
def test_time_grows_only_with_the_length(repeated: str, before: str) -> None:
    """With any repeated text. A parser that reads to the end from each mark would take minutes."""
    text = (before + repeated * MAX_FORMATTED)[:MAX_FORMATTED]

    assert measured(text) < SECONDS_A_CHARACTER * MAX_FORMATTED


@given(st.lists(marks, min_size=1, max_size=4).map("".join))
@settings(max_examples=50, deadline=None)
def test_a_text_that_is_formatted_on_the_event_loop_never_holds_it_up(repeated: str) -> None:
    """Longer ones are formatted beside it."""
    text = (repeated * MAX_SHORT_TEXT)[:MAX_SHORT_TEXT]

    assert any(measured(text) < MAX_STEP_SECONDS for _ in range(3))


@pytest.mark.parametrize(
    "unit", ["x\n>~~~\n", "># h\nx\n", ">```\nx\n", "![", "a\n\n", "|a\n|-\n", "*\n1.\n", "$a=", "<!-- "]
)
def test_four_times_the_length_is_four_times_the_time(unit: str) -> None:
    """It is not sixteen times the time. Where other work disturbs a measurement, the next one counts."""
    short, whole = ((unit * length)[:length] for length in (MAX_FORMATTED // 4, MAX_FORMATTED))

    assert any(9 * measured(short) + 0.1 > measured(whole) for _ in range(2))


@given(text=st.lists(marks | st.text(max_size=5), min_size=1, max_size=80).map("".join).filter(len))
def test_output_grows_only_with_the_length(text: str) -> None:
    """A list number before each line is the most a character can become."""
    assert len(to_whatsapp(text)) <= 120 * len(text)
    assert len(shown(text)) <= MAX_PARTS


@pytest.mark.parametrize(
    "text",
    [EMPTY_TABLE, LONG_HEADER, "x\n>~~~\n" * 1500, "a\n\n" * 3000, "![" * 5000, "word " * 200_000],
    ids=["empty table", "long header", "quotes", "paragraphs", "images", "a megabyte"],
)
def test_memory_grows_only_with_the_length(text: str) -> None:
    """About a thousand bytes for each character, and all of it is released."""
    tracemalloc.start()
    try:
        shown(text)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < BYTES_A_CHARACTER * min(len(text), MAX_FORMATTED) + 10 * len(text) + 2_000_000
    assert kept < 500_000


LONG = "Long words. " * 8000
CHOICES = tuple(Choice(id=str(number), title=f"t{number}") for number in range(3))


@pytest.mark.parametrize("at_most", [1, 2, MAX_PARTS])
@pytest.mark.parametrize(
    "part",
    [
        TextPart(body=LONG),
        ButtonsPart(body=LONG, choices=CHOICES),
        MenuPart(body=LONG, sections=(MenuSection(choices=CHOICES * 5),)),
        MediaPart(kind=MediaKind.IMAGE, link="https://a.example/i.png", caption=LONG),
        MediaPart(kind=MediaKind.IMAGE, link="none", caption=LONG),
        ContactsPart(cards=tuple(ContactCard(name=f"Friend {number}") for number in range(257))),
    ],
    ids=lambda part: type(part).__name__,
)
def test_no_part_is_more_messages_than_it_may_be(part: Part, at_most: int) -> None:
    """After rendering. The end says that something is left out."""
    messages = render(part, at_most=at_most)

    assert 0 < len(messages) <= at_most
    assert any(OMISSION in str(message) for message in messages) or isinstance(part, ContactsPart)
