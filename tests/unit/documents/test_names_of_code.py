"""The documents name code that exists: paths, modules, classes, functions, scripts, constants and make targets."""

import functools
import importlib
import re
from pathlib import Path

import pytest

from support.documents import DOCUMENTS, ROOT

SOURCE = ROOT / "src"
LAYERS = ("domain", "application", "adapters", "entrypoints", "simulator", "page_kit")
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = (*LAYERS, "src", "tests", "docs", "deploy", "config", "bench", "chaos")
PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*")
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")
LINK_TO_CODE = re.compile(r"\[`([^`\n]+)`\]\(([^)#\s]+\.(?:py|lua))\)")
MAKE = re.compile(r"(?:\$ |`)make ([a-z-]+)")
CONSTANT = re.compile(r"`([A-Z][A-Z_]{3,})`")
DEPTH = 3  # src, layer, folder
# A file type has a slash too: `application/pdf`.
FILE_OR_FOLDER = re.compile(r".*(?:/|\.\w+)")

# The change log tells of the past.
every_document = pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if path.name != "CHANGELOG.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)


@every_document
def test_every_path_exists(path: Path) -> None:
    """A path begins at the root, or at `src` for a package. `CHANNEL` and the like stand for any name."""
    named = [name for name in CODE.findall(path.read_text(encoding="utf-8")) if PATH.fullmatch(name)]

    missing = [name for name in named if not _exists(name)]

    assert missing == []


@every_document
def test_every_link_to_code_names_what_is_there(path: Path) -> None:
    """A link to a module has the name of a class or function in it, a link to a script the name of the file."""
    for name, target in LINK_TO_CODE.findall(path.read_text(encoding="utf-8")):
        file = (path.parent / target).resolve()
        if name != file.name:
            module = importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))
            functools.reduce(getattr, name.split("."), module)


@every_document
def test_every_make_target_exists(path: Path) -> None:
    """`make` knows every target that a document names."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert set(MAKE.findall(path.read_text(encoding="utf-8"))) <= targets


def test_the_architecture_describes_every_folder() -> None:
    """Each layer, and each folder in it, has its line."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    packages = [file.parent.relative_to(ROOT) for layer in LAYERS for file in SOURCE.glob(f"{layer}/**/__init__.py")]
    folders = [folder for folder in packages if len(folder.parts) <= DEPTH and folder.parts[1] != "simulator"]

    missing = [str(folder) for folder in folders if f"| `{folder}/` |" not in text]

    assert missing == []


def test_every_constant_of_a_bound_exists() -> None:
    """Somebody who looks for the name finds the line that sets it."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py"))
    named = set(CONSTANT.findall((ROOT / "docs/bounds.md").read_text(encoding="utf-8")))

    missing = [name for name in sorted(named) if not re.search(rf"^\s*{name}(?:: \w+)? = ", source, re.MULTILINE)]

    assert missing == []


def _exists(name: str) -> bool:
    if name.startswith(LAYERS):
        name = f"src/{name}" if FILE_OR_FOLDER.fullmatch(name) else "src"
    return any(ROOT.glob(PLACEHOLDER.sub("*", name.rstrip("/"))))
