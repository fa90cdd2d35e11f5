"""Remove a model's reasoning and tool calls from an answer, and the marks of chat formats.

Reasoning models, and servers without the right parser, leave them in the text. They are removed first, so that a block
that was only drafted in the reasoning is not sent. Within code they stay as they are.

    <think>They want our hours.</think>We open at 9.    becomes    We open at 9.
"""

import re
from collections.abc import Callable, Mapping

from attrs import define, field

from application.agent_markup.code_fences import INLINE, OPENING, CodeFences

THOUGHT = (
    r"(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning|antthinking|scratchpad|analysis|reflection|inner_monologue)"
)
TOOL = r"(?:\w{1,20}:)?(?:tool_calls?|function_calls?|tool_use|tool_results?|tool_response|function_results?)"
ATTRIBUTES = r"(?:\s[^<>]{0,500}+)?"
# Of a special token such as <|im_end|>; DeepSeek writes them with wide bars and low lines.
NAME = r"[\w▁.\-]{1,60}"

# Searched first, since an answer may contain a file of megabytes.
START = re.compile(r"[`~<◁\[]")
# The marks, in the order in which they are tried. Possessive, so that each character is read only a few times.
MARK = re.compile(
    rf"""
    {OPENING}
    | {INLINE}
    | (?P<thought> [<◁]{THOUGHT}{ATTRIBUTES}(?<!/)[>▷] | \[THINK\] )
    | (?P<thought_end> [<◁]/{THOUGHT}\s{{0,9}}+[>▷] | \[/THINK\] )
    | (?P<tool> <(?P<tool_name>{TOOL}|invoke(?=\s)|function(?==)){ATTRIBUTES}(?:=[^<>]{{0,200}}+)?> )
    | (?P<rest> \[TOOL_CALLS\] | <\|python_tag\|> )
    | (?P<channel> <\|channel\|>\s{{0,9}}+(?P<channel_name>\w*+)
        (?:[^<]{{0,200}}+(?:<\|constrain\|>[^<]{{0,100}}+)?<\|message\|>)? )
    | (?P<header> <\|(?:start|im_start|start_header_id)\|>(?:[^<\n]{{0,100}}+(?=<\|)|\s*+(?:assistant|user|system)\b)? )
    | (?P<token> <[|\uff5c](?P<token_name>{NAME})[|\uff5c]> )
    | (?P<struck> <s> )
    | (?P<end_of_text> </s> )
    | (?P<mark> </?final\s{{0,9}}+> | <(?:bos|eos|end_of_turn)> | <start_of_turn>(?:model|user)?
        | </(?:{TOOL}|invoke|function)\s{{0,9}}+> | <{THOUGHT}{ATTRIBUTES}(?<=/)> | <{THOUGHT}/> )
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
THOUGHT_END = re.compile(rf"[<◁]/{THOUGHT}\s{{0,9}}+[>▷]|\[/THINK\]|(?=<final\s{{0,9}}+>)", re.IGNORECASE)
CHANNEL_END = re.compile(r"<\|(?:end|return|call)\|>|(?=<\|(?:start|channel)\|>)", re.IGNORECASE)
# Some models mark their answer like this. Elsewhere such a tag is text.
WRAPPED = re.compile(
    r"\s*+<(answer|response|output|final_answer)>(?P<text>.*)</\1\s{0,9}+>\s*+", re.DOTALL | re.IGNORECASE
)
# The text inside such a fence is for people; it is not code.
PROSE_FENCE = re.compile(r"[ \t]*+(?:trunkline|markdown|md)\b", re.IGNORECASE)
BEGINS = re.compile(r"begin|start", re.IGNORECASE)
HIDDEN_TOKEN = re.compile(r"think|thought|reason|tool|function", re.IGNORECASE)
THOUGHT_TOKEN = re.compile(r"think|thought|reason", re.IGNORECASE)


def without_reasoning(text: str) -> str:
    """The answer without reasoning; empty when there is nothing else. A part without an end mark reaches to the end.

    Text before an end mark without a begin mark is reasoning too: some chat templates write the begin mark themselves.
    """
    scan = _Scan(text=text)
    at = 0
    while start := START.search(text, at):
        found = MARK.match(text, start.start())
        at = scan.read(found) if found else start.end()
    wrapped = WRAPPED.fullmatch(scan.answer)
    return wrapped["text"] if wrapped else scan.answer


@define(kw_only=True)
class _Scan:
    """Scans an answer once. `kept` is where the text begins that is not decided yet."""

    text: str
    kept_texts: list[str] = field(factory=list)
    kept: int = 0
    struck: int = 0
    fences: CodeFences = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.fences = CodeFences(self.text)

    @property
    def answer(self) -> str:
        return "".join((*self.kept_texts, self.text[self.kept :]))

    def read(self, found: re.Match[str]) -> int:
        """Process a mark. Returns the position after it."""
        kind = next(kind for kind in READERS if found[kind] is not None)
        return READERS[kind](self, found)

    def fence(self, found: re.Match[str]) -> int:
        """The position after the code. A fence that is never closed is ignored: perhaps the reasoning opened it."""
        end = None if PROSE_FENCE.match(found["info"]) else self.fences.end(found["fence"], found.end())
        return end or found.end("fence")

    def code(self, found: re.Match[str]) -> int:
        return found.end()

    def drop(self, found: re.Match[str]) -> int:
        return self._drop_until(found, found.end())

    def thought(self, found: re.Match[str]) -> int:
        return self._hide(found, THOUGHT_END)

    def thought_end(self, found: re.Match[str]) -> int:
        """An end mark without a begin mark: everything before it was reasoning."""
        self.kept_texts.clear()
        self.kept = found.end()
        return self.kept

    def tool(self, found: re.Match[str]) -> int:
        return self._hide(found, re.compile(rf"</{re.escape(found['tool_name'])}\s{{0,9}}+>", re.IGNORECASE))

    def rest(self, found: re.Match[str]) -> int:
        return self._drop_until(found, len(self.text))

    def channel(self, found: re.Match[str]) -> int:
        """OpenAI's harmony format has three channels: `final` is for people, `analysis` and `commentary` are not."""
        if found["channel_name"].casefold() == "final":
            return self.drop(found)
        return self._hide(found, CHANNEL_END)

    def token(self, found: re.Match[str]) -> int:
        """Most tokens are only marks. A token such as `<|tool_calls_section_begin|>` hides the text up to its end."""
        name = found["token_name"]
        if not HIDDEN_TOKEN.search(name):
            return self.drop(found)
        if BEGINS.search(name):
            end = re.escape(BEGINS.sub("end", found[0]))
            return self._hide(found, re.compile(end, re.IGNORECASE))
        ends_thought = THOUGHT_TOKEN.search(name) and "end" in name.casefold()
        return self.thought_end(found) if ends_thought else self.drop(found)

    def open_strike(self, found: re.Match[str]) -> int:
        """HTML's mark for struck text. Its end mark looks like a model's end of text."""
        self.struck += 1
        return found.end()

    def end_of_text(self, found: re.Match[str]) -> int:
        if not self.struck:
            return self.drop(found)
        self.struck -= 1
        return found.end()

    def _hide(self, found: re.Match[str], until: re.Pattern[str]) -> int:
        end = until.search(self.text, found.end())
        return self._drop_until(found, end.end() if end else len(self.text))

    def _drop_until(self, found: re.Match[str], end: int) -> int:
        self.kept_texts.append(self.text[self.kept : found.start()])
        self.kept = end
        return end


READERS: Mapping[str, Callable[[_Scan, re.Match[str]], int]] = {
    "fence": _Scan.fence,
    "inline": _Scan.code,
    "thought": _Scan.thought,
    "thought_end": _Scan.thought_end,
    "tool": _Scan.tool,
    "rest": _Scan.rest,
    "channel": _Scan.channel,
    "header": _Scan.drop,
    "token": _Scan.token,
    "struck": _Scan.open_strike,
    "end_of_text": _Scan.end_of_text,
    "mark": _Scan.drop,
}
