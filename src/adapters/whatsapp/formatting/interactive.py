"""Questions with answers to tap, as WhatsApp can show them, and as text with numbers where it cannot.

Source: Meta, "Interactive reply buttons", "Interactive lists", "Interactive call-to-action URL buttons" and "Sending
flows" (v25.0).
"""

import re
from collections.abc import Sequence

from attrs import evolve

from adapters.whatsapp.formatting.markdown import formatted
from adapters.whatsapp.formatting.segmentation import units
from adapters.whatsapp.formatting.spans import read_spans
from adapters.whatsapp.formatting.splitting import shortened, split, texts
from domain.messages.parts import ButtonsPart, FormPart, LinkPart, MenuPart, MenuSection, Part
from domain.messages.plain_text import numbered_list
from domain.messages.shared_values import Choice

MAX_BODY = 1024  # but for lists
MAX_LIST_BODY = 4096
MAX_FOOTER = 60
MAX_BUTTON = 20
MAX_FORM_BUTTON = 30
MAX_BUTTON_ID = 256
MAX_BUTTONS = 3
MAX_ROW_TITLE = 24  # a section's too
MAX_ROW_ID = 200
MAX_DESCRIPTION = 72
MAX_ROWS = 10  # in all sections
ADDRESS = re.compile(r"https?://[^\s/]\S{0,1990}", re.IGNORECASE)
MORE = "…"

type Question = ButtonsPart | MenuPart | LinkPart | FormPart


def buttons(part: ButtonsPart, at_most: int) -> tuple[Part, ...]:
    """More choices than buttons, longer ones, or some with a description make a list."""
    fits = (
        len(part.choices) <= MAX_BUTTONS
        and not any(choice.description for choice in part.choices)
        and _distinct(part.choices, longest_id=MAX_BUTTON_ID, longest_title=MAX_BUTTON)
    )
    if fits:
        return _asked(_with_footer(part), at_most, longest=MAX_BODY)
    sections = (MenuSection(choices=part.choices),)
    return menu(
        MenuPart(body=part.body, button=part.button, sections=sections, footer=part.footer, reply_to=part.reply_to),
        at_most,
    )


def menu(part: MenuPart, at_most: int) -> tuple[Part, ...]:
    titles = [section.title for section in part.sections]
    fits = (
        len(part.choices) <= MAX_ROWS
        and _distinct(part.choices, longest_id=MAX_ROW_ID, longest_title=MAX_ROW_TITLE)
        and all(units(choice.description) <= MAX_DESCRIPTION for choice in part.choices)
        and all(units(title) <= MAX_ROW_TITLE for title in titles)
        and (len(titles) == 1 or all(titles))
    )
    if not fits:
        return _numbered(part, at_most)
    return _asked(_with_footer(evolve(part, button=_label(part.button))), at_most, longest=MAX_LIST_BODY)


def link(part: LinkPart, at_most: int) -> tuple[Part, ...]:
    if part.title.strip() and units(part.title) <= MAX_BUTTON and ADDRESS.fullmatch(part.url):
        return _asked(_with_footer(part), at_most, longest=MAX_BODY)
    words = (formatted(part.body), f"{part.title}: {part.url}", part.footer)
    return texts("\n\n".join(filter(None, words)), reply_to=part.reply_to, at_most=at_most)


def form(part: FormPart, at_most: int) -> tuple[Part, ...]:
    button = _label(part.button, longest=MAX_FORM_BUTTON)
    return _asked(_with_footer(evolve(part, button=button)), at_most, longest=MAX_BODY)


def _numbered(part: MenuPart, at_most: int) -> tuple[Part, ...]:
    """As text; the numbers are those of `part.choices`, so that typing one chooses."""
    blocks, first = [formatted(part.body)], 1
    for section in part.sections:
        title = formatted(f"**{section.title}**") if section.title else ""
        blocks.append("\n".join(filter(None, (title, numbered_list(section.choices, first=first)))))
        first += len(section.choices)
    text = "\n\n".join(filter(None, (*blocks, part.footer)))
    return texts(text, reply_to=part.reply_to, at_most=at_most)


def _asked(part: Question, at_most: int, *, longest: int) -> tuple[Part, ...]:
    """The question below its body; what is too long for that stands before it, as text."""
    marked = formatted(part.body) or MORE
    before, question = _parted(marked, longest) if at_most > 1 else ("", shortened(marked, limit=longest))
    introduction = texts(before, reply_to=part.reply_to, at_most=at_most - 1)
    return (*introduction, evolve(part, body=question, reply_to="" if introduction else part.reply_to))


def _parted(marked: str, longest: int) -> tuple[str, str]:
    """The text before the question, and the question: its last paragraph, line or piece, whichever fits."""
    text, spans = read_spans(marked)
    if units(text) <= longest:
        return "", text
    for pause in ("\n\n", "\n"):
        before, _, end = marked.rpartition(pause)
        last, _ = read_spans(end)
        if before and last and units(last) <= longest and "```" not in last:
            return before, last
    *pieces, last = split(text, limit=longest, spans=spans)
    return "\n".join(pieces), last


def _with_footer[P: (ButtonsPart, MenuPart, LinkPart, FormPart)](part: P) -> P:
    """A footer that is too long for one is the end of the body."""
    if units(part.footer) <= MAX_FOOTER:
        return part
    return evolve(part, body=f"{part.body}\n\n{part.footer}", footer="")


def _label(text: str, *, longest: int = MAX_BUTTON) -> str:
    """What stands on a button that is no answer: it may be cut."""
    if not text.strip():
        return MORE
    return text if units(text) <= longest else split(text, limit=longest - len(MORE))[0] + MORE


def _distinct(choices: Sequence[Choice], *, longest_id: int, longest_title: int) -> bool:
    """Whether Meta can tell each answer from the others; it takes no spaces around an id."""
    ids, titles = {choice.id for choice in choices}, {choice.title for choice in choices}
    return len(ids) == len(titles) == len(choices) and all(
        choice.id == choice.id.strip()
        and units(choice.id) <= longest_id
        and choice.title.strip()
        and units(choice.title) <= longest_title
        for choice in choices
    )
