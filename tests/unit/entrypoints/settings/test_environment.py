"""`${NAME}` and `${NAME:-default}`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.settings.environment import Unexpanded, expand

# What an environment variable can hold: anything but NUL and lone surrogates.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)


@given(name=NAMES, value=VALUES)
def test_a_value_arrives_byte_for_byte(name: str, value: str) -> None:
    """Also with #, quotes, leading zeros, colons, and what looks like a placeholder itself."""
    assert expand({"key": f"${{{name}}}"}, environ={name: value}) == {"key": value}


@pytest.mark.parametrize(
    "value",
    [
        "0123456",
        "a #b",
        "'",
        '"',
        "a: b",
        "null",
        "true",
        "[x]",
        "1e3",
        " padded ",
        "ä\u2028✓",
        "\\n",
        "${HOME}",
        "&a *b",
    ],
)
def test_a_value_is_never_read_as_yaml_or_expanded_again(value: str) -> None:
    assert expand("${SECRET}", environ={"SECRET": value, "HOME": "no"}) == value


@given(before=VALUES, value=VALUES, after=VALUES)
def test_text_around_a_placeholder_stays(before: str, value: str, after: str) -> None:
    before, after = before.replace("$", "").replace("{", ""), after.replace("$", "").replace("{", "")

    assert expand(f"{before}${{NAME}}{after}", environ={"NAME": value}) == before + value + after


def test_several_placeholders_in_one_text() -> None:
    assert expand("${A}-${B:-b}-${A}", environ={"A": "a"}) == "a-b-a"


@pytest.mark.parametrize("environ", [{}, {"NAME": ""}])
def test_a_default_stands_in_for_an_unset_and_for_an_empty_variable(environ: dict[str, str]) -> None:
    assert expand("${NAME:-it: is #1}", environ=environ) == "it: is #1"


def test_a_default_may_be_empty() -> None:
    assert expand("${NAME:-}", environ={}) == ""


def test_a_set_variable_goes_before_the_default() -> None:
    assert expand("${NAME:-default}", environ={"NAME": "value"}) == "value"


def test_an_empty_variable_without_default_is_empty() -> None:
    assert expand("${NAME}", environ={"NAME": ""}) == ""


def test_an_unset_variable_is_absent_when_it_is_the_whole_text() -> None:
    """So that an optional key may do without."""
    value = expand("${NAME}", environ={})

    assert isinstance(value, Unexpanded)
    assert value.absent
    assert "NAME" in value.message
    assert "NAME" in value.fix


def test_an_unset_variable_within_a_text_is_not_absent() -> None:
    value = expand("Bearer ${NAME}", environ={})

    assert isinstance(value, Unexpanded)
    assert not value.absent


@pytest.mark.parametrize("text", ["${", "${}", "${NAME", "${1}", "${NAME-x}", "${NAME:x}", "${ NAME }", "${A:-${B}}"])
def test_a_malformed_placeholder_is_refused(text: str) -> None:
    value = expand(text, environ={"NAME": "x", "A": "", "B": ""})

    assert isinstance(value, Unexpanded)
    assert not value.absent
    assert value.fix == "write ${NAME} or ${NAME:-default}"


@pytest.mark.parametrize("text", ["$NAME", "$5", "a$", "{NAME}", "$(NAME)"])
def test_other_dollars_and_braces_are_text(text: str) -> None:
    assert expand(text, environ={"NAME": "x"}) == text


def test_the_whole_tree_is_expanded_but_neither_keys_nor_numbers() -> None:
    tree = {"${K}": ["${V}", 5, None, True, {"inner": "${V}"}]}

    assert expand(tree, environ={"K": "k", "V": "v"}) == {"${K}": ["v", 5, None, True, {"inner": "v"}]}


def test_a_text_names_the_variables_in_it() -> None:
    assert expand("${A} and ${B:-b}", environ={"A": "a"}).variables == ("A", "B")


def test_a_text_without_variables_stays_itself() -> None:
    assert type(expand("a", environ={})) is str
