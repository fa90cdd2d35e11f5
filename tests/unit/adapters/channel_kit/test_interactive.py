"""Questions as buttons, as a list, or as text with numbers."""

import pytest
from attrs import evolve

from adapters.channel_kit.contracts.parts import LARGE, LINK, SMALL
from domain.conversations.state import ConversationState
from domain.messages.outbound import ButtonsPart, FormPart, LinkPart, MenuPart, MenuSection, Part, TextPart
from domain.messages.shared_values import Choice
from support.whatsapp_texts import render

ASKED = ButtonsPart(body="Which size?", choices=(SMALL, LARGE))
LONG_TITLE = "With everything on it, and more"
LINKED = LinkPart(body="All we have", title="See the menu", url=LINK)


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(id=f"id-{number}", title=f"Size {number}") for number in range(1, count + 1))


def menu(*found: Choice, **more: str) -> MenuPart:
    return MenuPart(**{"body": "Which size?", "button": "…", **more}, sections=(MenuSection(choices=found),))


def words(parts: tuple[Part, ...]) -> str:
    (part,) = parts
    assert isinstance(part, TextPart)
    return part.body.text


def test_the_question_is_formatted() -> None:
    """Its choices are not: buttons have no formatting."""
    choice = Choice(id="s", title="**Small**")

    (part,) = render(ButtonsPart(body="**Which** size?", choices=(choice,)))

    assert part == ButtonsPart(body="*Which* size?", choices=(choice,))


def test_more_choices_than_buttons_become_a_list() -> None:
    """The limit is three buttons."""
    assert render(evolve(ASKED, choices=choices(3))) == (evolve(ASKED, choices=choices(3)),)
    assert render(evolve(ASKED, choices=choices(4))) == (menu(*choices(4)),)


def test_buttons_that_become_a_list_stand_behind_a_word() -> None:
    """The list opens with the button title of the part."""
    assert render(evolve(ASKED, choices=choices(4), button="Sizes")) == (menu(*choices(4), button="Sizes"),)


@pytest.mark.parametrize(
    "longer",
    [
        Choice(id="x", title="Twenty-one characters"),
        Choice(id="x", title="😀" * 11),
        Choice(id="x", title="Extra", description="For two"),
    ],
)
def test_choices_that_do_not_fit_buttons_become_a_list(longer: Choice) -> None:
    """Titles of more than 20 UTF-16 units, and descriptions."""
    part = evolve(ASKED, choices=(SMALL, longer), footer="Today only", reply_to="wamid.7")

    assert render(part) == (evolve(menu(SMALL, longer, footer="Today only"), reply_to="wamid.7"),)


def test_more_than_ten_choices_become_text_with_numbers() -> None:
    """In all sections together."""
    ten = (MenuSection(title="One", choices=choices(6)), MenuSection(title="Two", choices=choices(10)[6:]))
    part = MenuPart(body="Which **size**?", button="Sizes", sections=ten, footer="Today only", reply_to="wamid.7")
    eleven = (ten[0], MenuSection(title="Two", choices=choices(11)[6:]))

    assert render(part) == (evolve(part, body="Which *size*?"),)
    (text,) = render(evolve(part, sections=eleven))
    assert text == TextPart(
        body=(
            "Which *size*?\n\n"
            "*One*\n1. Size 1\n2. Size 2\n3. Size 3\n4. Size 4\n5. Size 5\n6. Size 6\n\n"
            "*Two*\n7. Size 7\n8. Size 8\n9. Size 9\n10. Size 10\n11. Size 11\n\n"
            "Today only"
        ),
        reply_to="wamid.7",
    )


@pytest.mark.parametrize(
    "odd",
    [
        Choice(id="x", title=LONG_TITLE),
        Choice(id="x", title="Extra", description="d" * 73),
        Choice(id="i" * 201, title="Extra", description="For two"),
        Choice(id=" x", title="Extra"),
        Choice(id=SMALL.id, title="Extra"),
        Choice(id="x", title=SMALL.title),
    ],
    ids=["title", "description", "id", "space", "same id", "same title"],
)
def test_a_choice_meta_would_refuse_makes_it_text(odd: Choice) -> None:
    """Titles and descriptions are complete."""
    text = words(render(evolve(ASKED, choices=(SMALL, odd))))

    assert text == "Which size?\n\n1. Small\n2. " + ": ".join(filter(None, (odd.title, odd.description)))


@pytest.mark.parametrize("title", ["", "A title with 25 characters"])
def test_a_section_meta_would_refuse_makes_it_text(title: str) -> None:
    """Each of several sections needs a title of at most 24."""
    sections = (MenuSection(title="Usual", choices=(SMALL,)), MenuSection(title=title, choices=(LARGE,)))

    text = words(render(MenuPart(body="Which size?", button="Sizes", sections=sections)))

    assert text.startswith("Which size?\n\n*Usual*\n1. Small\n\n")
    assert text.endswith("2. Large")
    assert title in text


def test_a_typed_number_is_the_choice_it_stands_before() -> None:
    """The choice with this number."""
    part = evolve(ASKED, choices=choices(12))

    lines = words(render(part)).splitlines()

    for line in lines[2:]:
        number, _, title = line.partition(". ")
        meant = ConversationState(choices=part.choices).meant(number)
        assert meant is not None
        assert meant.title == title


def test_text_with_numbers_may_take_several_bubbles() -> None:
    """Nothing is lost."""
    long = tuple(Choice(id=str(number), title=f"{number} {'word ' * 100}".strip()) for number in range(20))

    parts = render(evolve(ASKED, choices=long, reply_to="wamid.7"))

    text = "\n".join(part.body.text for part in parts if isinstance(part, TextPart))
    assert len(parts) > 1
    assert all(f". {choice.title}" in text for choice in long)
    assert [getattr(part, "reply_to", None) for part in parts] == ["wamid.7", *[""] * (len(parts) - 1)]


def test_titles_are_shown_in_one_line() -> None:
    """A line break on a button is refused."""
    (part,) = render(evolve(ASKED, choices=(Choice(id="x", title="Extra\n large"),), footer="Today\nonly"))

    assert part == evolve(ASKED, choices=(Choice(id="x", title="Extra large"),), footer="Today only")


def test_a_label_that_is_no_answer_may_be_cut() -> None:
    """The button of a list or of a form."""
    form = FormPart(body="A few questions", button="Answer some of our questions now", form="1")

    (listed,) = render(evolve(menu(SMALL), button="Choose one of our sizes"))
    (shown,) = render(form)

    assert listed == evolve(menu(SMALL), button="Choose one of our…")
    assert shown == evolve(form, button="Answer some of our questions…")


def test_a_blank_button_title_becomes_an_ellipsis() -> None:
    """Meta refuses a blank one."""
    assert render(evolve(menu(SMALL), button=" ")) == (menu(SMALL),)


@pytest.mark.parametrize(("part", "most"), [(ASKED, 1024), (LINKED, 1024), (menu(SMALL), 4096)])
def test_a_long_body_is_sent_as_text_before_the_question(part: ButtonsPart, most: int) -> None:
    """The first message is the reply."""
    story = "word " * (most // 5)
    long = evolve(part, body=f"{story}\n\nWhich size?", reply_to="wamid.7")

    assert render(evolve(part, body="x" * most)) == (evolve(part, body="x" * most),)
    assert render(long) == (
        TextPart(body=story.strip(), reply_to="wamid.7"),
        evolve(part, body="Which size?"),
    )


@pytest.mark.parametrize("body", ["word " * 300, "x" * 3000, "😀" * 600, "```\n" + "code\n\n" * 300 + "```"])
def test_a_long_body_without_a_short_end_is_cut_where_it_must_be(body: str) -> None:
    """The last piece is the question."""
    *before, last = render(evolve(ASKED, body=body))

    assert before
    assert all(isinstance(part, TextPart) for part in before)
    assert isinstance(last, ButtonsPart)
    assert 0 < len(last.body.text.encode("utf-16-le")) // 2 <= 1024


def test_a_blank_body_still_asks() -> None:
    """Meta refuses a blank one."""
    assert render(evolve(ASKED, body=" ")) == (evolve(ASKED, body="…"),)


def test_a_long_footer_becomes_the_end_of_the_body() -> None:
    """The limit is 60."""
    footer = "f" * 61

    assert render(evolve(ASKED, footer=footer[1:])) == (evolve(ASKED, footer=footer[1:]),)
    assert render(evolve(ASKED, footer=footer)) == (evolve(ASKED, body=f"Which size?\n\n{footer}"),)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "See all of our menu here"},
        {"url": "mailto:shop@shop.example"},
        {"url": "shop.example/menu"},
        {"url": "https://shop.example/my menu"},
    ],
)
def test_a_link_that_does_not_fit_is_text_with_the_address(change: dict[str, str]) -> None:
    """A title of more than 20, or an address that is not a web address."""
    part = evolve(LINKED, reply_to="wamid.7", **change)

    assert render(part) == (TextPart(body=f"All we have\n\n{part.title}: {part.url}", reply_to="wamid.7"),)


@pytest.mark.parametrize(
    "part", [LINKED, FormPart(body="A few questions", button="A button of thirty characters.", form="1")]
)
def test_a_footer_stands_below_a_link_and_a_form(part: LinkPart | FormPart) -> None:
    """A footer that is too long becomes the end of the body."""
    assert render(evolve(part, footer="Until Friday")) == (evolve(part, footer="Until Friday"),)
    assert render(evolve(part, footer="x" * 61)) == (evolve(part, body=f"{part.body.text}\n\n{'x' * 61}"),)


def test_a_footer_is_in_the_text_of_an_invalid_link() -> None:
    """The footer is not lost."""
    (sent,) = render(evolve(LINKED, url="nowhere", footer="Until Friday"))

    assert sent.body.text.endswith("Until Friday")
