"""A part of an agent's answer as a channel can show it.

| part | the channel shows | where it does not fit |
| --- | --- | --- |
| text | texts within its limit | the rest is left out |
| file | the file with its caption | caption and address as text, a long caption as a text after the file |
| location | a place on a map | a text with its coordinates |
| contacts | messages of a few cards | the other cards as text |
| reaction | an emoji | a text that replies to the message |
| buttons | a few buttons | a list |
| list | a few rows | a text with numbers |
| link | a button that opens the address | a text with the address |
| contact request | a button that shares the own number | a text |
| form | a button that opens the form | its button is cut; without forms, a text |
| template | the template | the file and the values for its places |

`Capabilities` has the limits. `questions` renders buttons, lists, links and forms.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import regex
from attrs import evolve, frozen

from adapters.channel_kit.addresses import WEB_ADDRESS
from adapters.channel_kit.interactive import InteractiveMessages
from adapters.channel_kit.json_fields import without_surrogates
from adapters.channel_kit.markdown.markers import without_noncharacters
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.part_limits import MAX_PARTS
from domain.messages.plain_text import describe_card, describe_part
from domain.messages.rich_text import Markdown, RichText

EMOJI = regex.compile(r"(?=\X\Z)(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]).+", regex.DOTALL)
VARIATION_SELECTOR = "\N{VARIATION SELECTOR-16}"
# Halves of emoji, and noncharacters.
UNCLEAN = re.compile("[\ud800-\udfff\ufdd0-\ufdef]")
ONE_LINE = frozenset({"title", "description", "button", "footer"})


@frozen(kw_only=True)
class Renderer(InteractiveMessages):
    """Renders parts for a channel with these `capabilities`, whose texts `dialect` writes."""

    def __call__(self, part: Part, *, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        """The parts to send for `part`, `at_most` at most. The channel takes each of them. A blank text has none."""
        clean: Part = _cleaned(part)
        renderer = self._renderers.get(type(clean))
        return renderer(clean, at_most) if renderer else (clean,)

    @cached_property
    def _renderers(self) -> Mapping[type, Callable[[Any, int], tuple[Part, ...]]]:
        return {
            TextPart: self._text,
            MediaPart: self._media,
            LocationPart: self._location,
            ContactsPart: self._contacts,
            ReactionPart: self._reaction,
            ButtonsPart: self._buttons,
            MenuPart: self._menu,
            LinkPart: self._link,
            ContactRequestPart: self._contact_request,
            FormPart: self._form,
            TemplatePart: self._template,
        }

    def _text(self, part: TextPart, at_most: int) -> tuple[Part, ...]:
        return self.texts(part.body, reply_to=part.reply_to, at_most=at_most)

    def _media(self, part: MediaPart, at_most: int) -> tuple[Part, ...]:
        can, caption = self.capabilities, self.read(part.caption)
        if part.kind not in can.files or not (part.id or WEB_ADDRESS.fullmatch(part.link)):
            return self.texts(RichText.join("\n\n", (caption, part.link)), reply_to=part.reply_to, at_most=at_most)
        if part.kind in can.captioned and (at_most == 1 or self.splitter.measure(caption) <= can.caption):
            return (evolve(part, caption=self.splitter.shorten(caption, limit=can.caption)),)
        return (evolve(part, caption=""), *self.texts(caption, at_most=at_most - 1))

    def _location(self, part: LocationPart, at_most: int) -> tuple[Part, ...]:
        if self.capabilities.locations:
            return (part,)
        return self.texts(RichText(describe_part(part)), reply_to=part.reply_to, at_most=at_most)

    def _template(self, part: TemplatePart, at_most: int) -> tuple[Part, ...]:
        """The template, or what was to fill its places: only the channel that approved it has its words."""
        if self.capabilities.templates:
            return (part,)
        file = self._media(part.header_file, at_most) if part.header_file else ()
        values = (part.header_text, *part.parameters, *(value for _, value in part.named_parameters))
        return (*file, *self.texts(RichText("\n".join(filter(None, values))), at_most=at_most - len(file)))

    def _contacts(self, part: ContactsPart, at_most: int) -> tuple[Part, ...]:
        """Messages of some cards. Cards that do not fit in `at_most` messages are text in the last one."""
        most = self.capabilities.cards
        if not most or (self.capabilities.cards_need_phone and not all(card.phones for card in part.cards)):
            return self.texts(RichText(describe_part(part)), reply_to=part.reply_to, at_most=at_most)
        first, *others = itertools.batched(part.cards, most)
        if len(others) < at_most:
            return (evolve(part, cards=first), *(ContactsPart(cards=cards) for cards in others))
        shown = part.cards[: most * (at_most - 1)]
        rest = RichText("\n".join(map(describe_card, part.cards[len(shown) :])))
        cards = self._contacts(evolve(part, cards=shown), at_most - 1) if shown else ()
        return (*cards, *self.texts(rest, reply_to="" if cards else part.reply_to, at_most=1))

    def _reaction(self, part: ReactionPart, at_most: int) -> tuple[Part, ...]:
        """A reaction is one emoji. Other text becomes a reply to the same message."""
        can, plain = self.capabilities, part.emoji.replace(VARIATION_SELECTOR, "")
        if can.reactions and can.emoji and (not plain or plain in can.emoji):
            return (evolve(part, emoji=plain),)
        if can.reactions and not can.emoji and (not part.emoji or EMOJI.fullmatch(part.emoji)):
            return (part,)
        return self.texts(Markdown(part.emoji), reply_to=part.message_id, at_most=at_most)


def _cleaned(value: Any) -> Any:
    """The part with every text cleaned: without lone surrogates and noncharacters, titles and the like in one line."""
    if type(value) is str:
        return without_surrogates(without_noncharacters(value) or value) if UNCLEAN.search(value) else value
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value)) if value else value
    if isinstance(value, RichText):
        text = value.text if value.spans else _cleaned(value.text)
        return value if text is value.text else evolve(value, text=text)
    changed: dict[str, Any] = {}
    for field in getattr(type(value), "__attrs_attrs__", ()):
        if not (found := getattr(value, field.name)):
            continue
        cleaned = _one_line(_cleaned(found)) if field.name in ONE_LINE else _cleaned(found)
        if cleaned is not found:
            changed[field.name] = cleaned
    return evolve(value, **changed) if changed else value


def _one_line(text: str) -> str:
    """Blank text stays as it is: some titles must not be empty."""
    return " ".join(text.split()) or text
