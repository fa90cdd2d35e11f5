"""Markdown as GitHub reads it becomes Markdown for the site."""

from docs_site.markdown import adapt, outside_fences


def test_the_content_of_an_item_is_indented_by_four() -> None:
    """Below a bullet as below a number; blank lines stay blank."""
    assert adapt("1. one\n   more\n\n   again") == "1. one\n    more\n\n    again"
    assert adapt("- one\n  more") == "- one\n    more"


def test_a_list_in_a_list_is_indented_by_its_depth() -> None:
    """Code in it keeps what it is indented by itself."""
    text = "1. one\n   - inner\n\n     ```yaml\n     a:\n       b: 1\n     ```"

    assert adapt(text) == "1. one\n    - inner\n\n        ```yaml\n        a:\n          b: 1\n        ```"


def test_a_list_and_a_table_stand_apart() -> None:
    """There is a blank line between them and the paragraph before."""
    assert adapt("You need:\n- a phone") == "You need:\n\n- a phone"
    assert adapt("Text\n| a |\n| - |\n| b |") == "Text\n\n| a |\n| - |\n| b |"


def test_items_of_several_paragraphs_stand_apart() -> None:
    """The next item is none of their lines."""
    assert adapt("1. one\n\n   more\n2. two") == "1. one\n\n    more\n\n2. two"


def test_what_looks_like_a_list_in_code_stays() -> None:
    """Code is shown as it is."""
    text = "```text\nYou need:\n- a phone\n```"

    assert adapt(text) == text


def test_fences_are_left_alone() -> None:
    """Only the text around them changes."""
    assert outside_fences("a\n```text\na\n```\na", str.upper) == "A\n```text\na\n```\nA"
