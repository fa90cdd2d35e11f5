"""Mutants: copies of the service with one change, which the tests must notice."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import cache_from_source
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
SCRIPTS = "adapters/redis/scripts"
PLUGINS = ("-p", "anyio", "-p", "pytest_timeout")
# The test that noticed the last mutant is likely to notice this one too, so it runs first.
SOONEST = ("-x", "--failed-first")
OPTIONS = ("-q", *PLUGINS, *SOONEST, "--timeout=30", "-o", "addopts=--import-mode=importlib")

# How pytest ends when all tests passed, and when some failed; every other code means nothing.
PASSED, FAILED = 0, 1

SWAPS = (
    ("==", "~="),
    ("~=", "=="),
    ("<=", "<"),
    (" > ", " >= "),
    (" and ", " or "),
    (" or ", " and "),
    ("not ", ""),
    ("DEBOUNCE:", "DELAYED:"),
    (" DELAYED)", " DEBOUNCE)"),
    ("math.min", "math.max"),
    ("math.max", "math.min"),
    (" + ", " - "),
    (" - ", " + "),
    ("'LPOP'", "'RPOP'"),
    ("'RPUSH'", "'LPUSH'"),
    ("-1, -1", "0, 0"),
    ("'0'", "'$'"),
    ("'(' .. ", ""),
    (", 'JUSTID'", ""),
    ("'IDLE', lease_ms, ", ""),
    ("'MAXLEN', '~', length, ", ""),
    (", 'LIMIT', 0, limit", ""),
    ("tonumber(", "("),
    ("math.floor(", "("),
    ("math.ceil(", "("),
)

# One of the fields that are deleted together.
FIELD = re.compile(r", '[a-z_]+'")

# " and ..." or " or ...", up to the next of them or the end of the condition.
OPERAND = re.compile(r" (?:and|or) (?:(?! and | or | then\b).)+")

# Changes without an effect, and why.
_STANDS_IN_LINE = "if slot_at == 0 and place_at == 0 and (line_until {} now or account_at - now {} slots_ahead) then"
_SESSION_TAKEN = "if held_by and held_by ~= turn and number(held_until) {} now_us() then return -1 end"
_COMES_TOO_LATE = "if slot_at > 0 and now - slot_at {} tonumber(slot_kept) then place_at, slot_at = slot_at, 0 end"
_GROWS = (
    "elseif not GROWS[name] or tonumber(value) {} (tonumber(redis.call('HGET', state, name) or '') or -math.huge) then"
)
_LIVES_LONGER = "if left < 0.99 or left {} 1 then"
_LISTED = "local listed = redis.pcall('ZADD', index, unpack(said, first, math.min(first + MAX_AT_ONCE {} 1, #said)))"
_COMES_LATER = "if place_at {} now or only_line == '1' then return wait_until(place_at) end"
EQUIVALENT: dict[str, str] = {
    f"take_credit.lua: {before}  ->  {after}": "at one microsecond alone"
    for before, after in (
        (_STANDS_IN_LINE.format(">", ">"), _STANDS_IN_LINE.format(">=", ">")),
        (_STANDS_IN_LINE.format(">", ">"), _STANDS_IN_LINE.format(">", ">=")),
        (_COMES_TOO_LATE.format(">"), _COMES_TOO_LATE.format(">=")),
        (_COMES_LATER.format(">"), _COMES_LATER.format(">=")),
    )
} | {
    f"hold_session.lua: {_SESSION_TAKEN.format('>')}  ->  {_SESSION_TAKEN.format('>=')}": "at one microsecond alone",
    f"transcript.lua: {_LIVES_LONGER.format('>')}  ->  {_LIVES_LONGER.format('>=')}": "at one millisecond alone",
    f"transcript.lua: {_LISTED.format('-')}  ->  {_LISTED.format('+')}": "lists one conversation twice",
    f"state.lua: {_GROWS.format('>')}  ->  {_GROWS.format('>=')}": "writes what is there",
}


@frozen(kw_only=True)
class Mutant:
    """One file of src/ as it would be; `change` says in a line what is different."""

    file: str
    source: str
    change: str

    @classmethod
    def replacing(cls, file: str, old: str, new: str) -> "Mutant":
        """A text, which must be there exactly once, becomes another."""
        original = (ROOT / "src" / file).read_text()
        assert original.count(old) == 1, f"{old!r} is {original.count(old)} times in {file}"
        return cls(file=file, source=original.replace(old, new), change=f"{old!r} -> {new!r}")


@frozen
class Laboratory:
    """A copy of code and tests, independent of later changes to the original."""

    root: Path

    @contextlib.contextmanager
    def with_mutant(self, mutant: Mutant) -> Iterator[None]:
        path = self.root / "src" / mutant.file
        original = path.read_text()
        try:
            _replace(path, mutant.source)
            yield
        finally:
            _replace(path, original)

    def notices(self, *tests: str) -> bool:
        """Whether one of these tests fails.

        Raises:
            AssertionError: no verdict, since the tests could not be run.
        """
        ended = self.pytest(*tests)
        assert ended.returncode in (PASSED, FAILED), ended.stdout + ended.stderr
        return ended.returncode == FAILED

    def pytest(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The copy comes first on the path, before the installed checkout; plugins that are not needed stay away."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONDONT"))}
        environ = {
            "PYTHONPATH": str(self.root / "src"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        return subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, *arguments],
            cwd=self.root,
            env=bare | environ,
            capture_output=True,
            text=True,
            check=False,
        )


def _replace(path: Path, source: str) -> None:
    """Write a file of Python or Lua. What was compiled of it goes: Python might take it for that of the new source."""
    path.write_text(source)
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def laboratory(directory: Path) -> Laboratory:
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", directory)
    return Laboratory(directory)


def script_names() -> list[str]:
    return sorted(path.name for path in (ROOT / "src" / SCRIPTS).glob("*.lua"))


def mutants_of(script: str) -> Iterator[Mutant]:
    """Each statement and operand removed, each condition fixed, each comparison inverted."""
    file = f"{SCRIPTS}/{script}"
    lines = (ROOT / "src" / file).read_text().splitlines()
    for number, line in enumerate(lines):
        if line.strip() and not line.strip().startswith("--"):
            for new in _variants(line):
                source = "\n".join([*lines[:number], *new, *lines[number + 1 :]]) + "\n"
                change = f"{script}: {line.strip()}  ->  {''.join(new).strip() or '(deleted)'}"
                yield Mutant(file=file, source=source, change=change)


def _variants(line: str) -> Iterator[Sequence[str]]:
    if _whole_statement(line):
        yield []
    if condition := re.search(r"\bif (.+?) then\b", line):
        for decided in ("true", "false"):
            yield [f"{line[: condition.start(1)]}{decided}{line[condition.end(1) :]}"]
    for part in (*OPERAND.finditer(line), *(FIELD.finditer(line) if "'HDEL'" in line else ())):
        yield [line[: part.start()] + line[part.end() :]]
    for old, new in SWAPS:
        for found in re.finditer(re.escape(old), line):
            yield [f"{line[: found.start()]}{new}{line[found.end() :]}"]


def _whole_statement(line: str) -> bool:
    """Whether a line can be removed without breaking a block."""
    words = re.findall(r"\b(?:if|for|function|else|end)\b", line)
    return words.count("end") == len([word for word in words if word not in ("end", "else")]) and words != ["else"]
