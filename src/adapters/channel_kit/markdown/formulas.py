r"""Formulas that a language model writes in LaTeX, as text that people can read: `\frac{a}{b}` is `a/b`.

It knows only what occurs in chats. A library for LaTeX (pylatexenc 2.11) drops the parentheses of `\frac{a+b}{2}`,
reads a percent sign as a comment, and nests without a limit.
"""

# ruff: noqa: RUF001, SIM905 - the text needs these symbols, and a list of names in quotation marks cannot be read

import re

from markdown_it.rules_inline import StateInline

MAX_FORMULA = 400  # characters; a longer one stays text
MAX_NESTING = 8
DELIMITERS = (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$"))
MATHS = re.compile(r"\\[A-Za-z]|[=^+]|\A\s*\w\s*\Z|[A-Za-z]_\w")
NUMBERS = re.compile(r"\\[A-Za-z]|[=^]")
BARE = re.compile(
    r"\\(?:[dt]?frac(?:\{[^{}\n]{1,100}\}){2}|(?:sqrt|text|boxed|mathrm|mathbf)\{[^{}\n]{1,200}\}"
    r"|(?:times|cdot|div|leq|geq|neq|approx|infty|(?:right|Right|left)arrow)(?![A-Za-z]))"
)
IN_PATH = re.compile(r"[A-Za-z:\\]")

SUPERSCRIPTS = dict(zip("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", strict=True))
SUBSCRIPTS = dict(zip("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋", strict=True))
SYMBOLS = {
    **dict(zip("alpha beta gamma delta epsilon varepsilon zeta eta theta iota".split(), "αβγδεεζηθι", strict=True)),
    **dict(zip("kappa lambda mu nu xi pi rho sigma tau phi chi psi omega".split(), "κλμνξπρστφχψω", strict=True)),
    **dict(zip("Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(), "ΓΔΘΛΞΠΣΦΨΩ", strict=True)),
    **dict(zip("times cdot div pm mp ast leq le geq ge neq ne approx equiv".split(), "×·÷±∓*≤≤≥≥≠≠≈≡", strict=True)),
    **dict(zip("sim propto infty sum prod int partial nabla sqrt in notin".split(), "~∝∞∑∏∫∂∇√∈∉", strict=True)),
    **dict(zip("subset subseteq cup cap emptyset forall exists neg land lor".split(), "⊂⊆∪∩∅∀∃¬∧∨", strict=True)),
    **dict(zip("to rightarrow leftarrow Rightarrow Leftarrow iff implies".split(), "→→←⇒⇐⇔⇒", strict=True)),
    **dict(zip("ldots dots cdots circ degree angle perp parallel therefore".split(), "………°°∠⊥∥∴", strict=True)),
    **dict.fromkeys("left right big Big bigg Bigg displaystyle limits".split(), ""),
    **dict.fromkeys("quad qquad".split(), " "),
}  # fmt: skip

FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
ROOT = re.compile(r"\\sqrt\s*(?:\[([^][{}]*)\])?\s*\{([^{}]*)\}")
WORDS = re.compile(r"\\(?:text\w*|math\w+|operatorname|boxed|mbox)\s*\{([^{}]*)\}")
RAISED = re.compile(r"([\^_])(?:\{([^{}]*)\}|([^\s\\{}(]))")
DEGREES = re.compile(r"\^(?:\\circ(?![A-Za-z])|\{\\circ\})")
COMMAND = re.compile(r"\\([A-Za-z]+)")
ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|&")
SPACING = re.compile(r"\\[,;:! ]|(?<!\\)~")
ESCAPED = re.compile(r"\\([%$#&_])")
ATOM = re.compile(r"\\?\w[\w.,]*")


def formula(state: StateInline, silent: bool) -> bool:
    """A rule for the parser: the formula that begins here, as text."""
    if state.src[state.pos] not in "$\\":
        return False
    for opening, closing in DELIMITERS:
        if state.src.startswith(opening, state.pos):
            start = state.pos + len(opening)
            end = state.src.find(closing, start, min(start + MAX_FORMULA, state.posMax))
            if end < 0 or not _is_formula(state.src, start, end, opening):
                return False
            return _add(state, state.src[start:end], end + len(closing), silent=silent)
    bare = BARE.match(state.src, state.pos, state.posMax)
    if bare is None or (state.pos and IN_PATH.match(state.src, state.pos - 1)):
        return False
    return _add(state, bare[0], bare.end(), silent=silent)


def _is_formula(src: str, start: int, end: int, opening: str) -> bool:
    r"""Whether the text between the delimiters is a formula. `$5 and $6` are prices, and `\(see below\)` is words."""
    content = src[start:end]
    if opening == "$" and (content != content.strip() or "\n" in content or src[end + 1 : end + 2].isdigit()):
        return False
    return (NUMBERS if content[:1].isdigit() else MATHS).search(content) is not None


def _add(state: StateInline, latex: str, end: int, *, silent: bool) -> bool:
    if not silent:
        state.push("text", "", 0).content = latex_to_text(latex)
    state.pos = end
    return True


def latex_to_text(latex: str) -> str:
    """The formula in characters. An unknown command stays, without its backslash."""
    text = latex.replace("\\\\", "\n").replace(r"\{", "\x02").replace(r"\}", "\x03")
    text = SPACING.sub(" ", ENVIRONMENT.sub("", DEGREES.sub("°", text)))
    for _ in range(MAX_NESTING):
        inner = text
        for pattern, replace in ((WORDS, r"\1"), (RAISED, _raised), (ROOT, _root), (FRACTION, _fraction)):
            inner = pattern.sub(replace, inner)
        if inner == text:
            break
        text = inner
    text = COMMAND.sub(lambda command: SYMBOLS.get(command[1], command[1]), ESCAPED.sub(r"\1", text))
    text = text.replace("{", "").replace("}", "").replace("\x02", "{").replace("\x03", "}")
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _fraction(found: re.Match[str]) -> str:
    return f"{_in_parentheses(found[1])}/{_in_parentheses(found[2])}"


def _root(found: re.Match[str]) -> str:
    return f"{_small(found[1] or '', SUPERSCRIPTS) or ''}√{_in_parentheses(found[2])}"


def _raised(found: re.Match[str]) -> str:
    """`x^2` is x², `x^{a+b}` is x^(a+b)."""
    content = (found[2] if found[2] is not None else found[3]).strip()
    return _small(content, SUPERSCRIPTS if found[1] == "^" else SUBSCRIPTS) or f"{found[1]}{_in_parentheses(content)}"


def _small(text: str, letters: dict[str, str]) -> str | None:
    return "".join(map(letters.__getitem__, text)) if set(text) <= letters.keys() else None


def _in_parentheses(text: str) -> str:
    """The text in parentheses, unless it is one number or name."""
    text = text.strip()
    return text if ATOM.fullmatch(text) or not text else f"({text})"
