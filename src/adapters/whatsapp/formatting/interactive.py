"""Questions that people answer with a tap, and texts with numbers where WhatsApp cannot show a question."""

from collections.abc import Sequence

from attrs import evolve

from adapters.whatsapp.formatting.limits import (
    ADDRESS,
    MAX_BODY,
    MAX_BUTTON_ID,
    MAX_BUTTON_TITLE,
    MAX_BUTTONS,
    MAX_FOOTER,
    MAX_FORM_BUTTON,
    MAX_LIST_BODY,
    MAX_ROW_DESCRIPTION,
    MAX_ROW_ID,
    MAX_ROW_TITLE,
    MAX_ROWS,
)
from adapters.whatsapp.formatting.markdown import format_markdown
from adapters.whatsapp.formatting.segmentation import utf16_length
from adapters.whatsapp.formatting.spans import read_spans
from adapters.whatsapp.formatting.splitting import shorten, split, text_parts
from domain.messages.parts import ButtonsPart, FormPart, LinkPart, MenuPart, MenuSection, Part
from domain.messages.plain_text import numbered_list
from domain.messages.shared_values import Choice

ELLIPSIS = "…"


def buttons(part: ButtonsPart, at_most: int) -> tuple[Part, ...]:
    """Buttons, or a list where there are too many choices, where they are too long, or where one has a description."""
    fits = (
        len(part.choices) <= MAX_BUTTONS
        and not any(choice.description for choice in part.choices)
        and _are_distinct(part.choices, max_id=MAX_BUTTON_ID, max_title=MAX_BUTTON_TITLE)
    )
    if fits:
        return _question(part, at_most, max_body=MAX_BODY)
    sections = (MenuSection(choices=part.choices),)
    return menu(
        MenuPart(body=part.body, button=part.button, sections=sections, footer=part.footer, reply_to=part.reply_to),
        at_most,
    )


def menu(part: MenuPart, at_most: int) -> tuple[Part, ...]:
    """A list, or a text with numbers where the rows do not fit."""
    titles = [section.title for section in part.sections]
    fits = (
        len(part.choices) <= MAX_ROWS
        and _are_distinct(part.choices, max_id=MAX_ROW_ID, max_title=MAX_ROW_TITLE)
        and all(utf16_length(choice.description) <= MAX_ROW_DESCRIPTION for choice in part.choices)
        and all(utf16_length(title) <= MAX_ROW_TITLE for title in titles)
        and (len(titles) == 1 or all(titles))
    )
    if not fits:
        return _numbered(part, at_most)
    button = _button_title(part.button, limit=MAX_BUTTON_TITLE)
    return _question(evolve(part, button=button), at_most, max_body=MAX_LIST_BODY)


def link(part: LinkPart, at_most: int) -> tuple[Part, ...]:
    """A button that opens the address, or a text with the address where one of them does not fit."""
    if part.title.strip() and utf16_length(part.title) <= MAX_BUTTON_TITLE and ADDRESS.fullmatch(part.url):
        return _question(part, at_most, max_body=MAX_BODY)
    paragraphs = (format_markdown(part.body), f"{part.title}: {part.url}", part.footer)
    return text_parts("\n\n".join(filter(None, paragraphs)), reply_to=part.reply_to, at_most=at_most)


def form(part: FormPart, at_most: int) -> tuple[Part, ...]:
    """A button that opens the form."""
    button = _button_title(part.button, limit=MAX_FORM_BUTTON)
    return _question(evolve(part, button=button), at_most, max_body=MAX_BODY)


def _numbered(part: MenuPart, at_most: int) -> tuple[Part, ...]:
    """The list as text. The numbers are those of `part.choices`, so that a person can choose by typing one."""
    paragraphs, first = [format_markdown(part.body)], 1
    for section in part.sections:
        title = format_markdown(f"**{section.title}**") if section.title else ""
        paragraphs.append("\n".join(filter(None, (title, numbered_list(section.choices, first=first)))))
        first += len(section.choices)
    text = "\n\n".join(filter(None, (*paragraphs, part.footer)))
    return text_parts(text, reply_to=part.reply_to, at_most=at_most)


def _question[Q: (ButtonsPart, MenuPart, LinkPart, FormPart)](
    part: Q, at_most: int, *, max_body: int
) -> tuple[Part, ...]:
    """The question. A body that is too long for it begins as text before it, if `at_most` allows another message.

    A footer that is too long becomes the end of the body.
    """
    if utf16_length(part.footer) > MAX_FOOTER:
        part = evolve(part, body=f"{part.body}\n\n{part.footer}", footer="")
    marked = format_markdown(part.body) or ELLIPSIS
    if at_most > 1:
        introduction, body = _split_off_end(marked, limit=max_body)
    else:
        introduction, body = "", shorten(marked, limit=max_body)
    texts: tuple[Part, ...] = text_parts(introduction, reply_to=part.reply_to, at_most=at_most - 1)
    return (*texts, evolve(part, body=body, reply_to="" if texts else part.reply_to))


def _split_off_end(marked: str, *, limit: int) -> tuple[str, str]:
    """A text without its end, and the end: the last paragraph, or else line, or else piece that fits in `limit`."""
    text, spans = read_spans(marked)
    if utf16_length(text) <= limit:
        return "", text
    for separator in ("\n\n", "\n"):
        before, _, end = marked.rpartition(separator)
        last, _ = read_spans(end)
        if before and last and utf16_length(last) <= limit and "```" not in last:
            return before, last
    *pieces, last = split(text, limit=limit, spans=spans)
    return "\n".join(pieces), last


def _button_title(text: str, *, limit: int) -> str:
    """The title of a button that is not an answer, so it may be cut."""
    if not text.strip():
        return ELLIPSIS
    return text if utf16_length(text) <= limit else split(text, limit=limit - len(ELLIPSIS))[0] + ELLIPSIS


def _are_distinct(choices: Sequence[Choice], *, max_id: int, max_title: int) -> bool:
    """Whether Meta accepts the choices: ids and titles differ, fit, and no id has spaces around it."""
    ids, titles = {choice.id for choice in choices}, {choice.title for choice in choices}
    return len(ids) == len(titles) == len(choices) and all(
        choice.id == choice.id.strip()
        and utf16_length(choice.id) <= max_id
        and choice.title.strip()
        and utf16_length(choice.title) <= max_title
        for choice in choices
    )
