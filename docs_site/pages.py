"""Writes the pages of the site from the documents of the repository.

The documents are written for readers of the repository: their links lead to files. On the site, a link to a document
leads to its page, and a link to another file leads to a page that shows the file. `docs/agents.md` becomes `agents.md`,
`README.md` becomes `index.md`, and `src/domain/lease.py` becomes `source/src/domain/lease.py.md`.
"""

import os
import re
import shutil
from pathlib import Path, PurePosixPath

from docs_site.markdown import adapt, outside_fences
from docs_site.sequence_diagram import draw

LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]+)?\)")
DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IMAGES = {".png", ".svg"}
LANGUAGES = {".py": "python", ".lua": "lua", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}
NOT_FOUND_BY_SEARCH = "---\nsearch:\n  exclude: true\n---\n"


class BrokenLinkError(Exception):
    """A document links to a file that does not exist."""


class Pages:
    """The documents below a folder, and the files that they link to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        found = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
        self._documents = {path: _page_of_document(path.relative_to(root)) for path in sorted(found)}
        self._pages = dict(self._documents)

    def documents(self) -> set[str]:
        """The pages of the documents, without those of other files."""
        return {str(page) for page in self._documents.values()}

    def write(self, folder: Path) -> None:
        """Write all pages into `folder`.

        Raises:
            BrokenLinkError: a document links to a file that does not exist.
            UnknownStatementError: a diagram cannot be drawn.
        """
        written: set[Path] = set()
        while missing := sorted(self._pages.keys() - written):
            for path in missing:
                self._write_page(path, folder)
            written.update(missing)

    def _write_page(self, path: Path, folder: Path) -> None:
        page = folder / self._pages[path]
        page.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in IMAGES:
            shutil.copy(path, page)
        elif path.suffix == ".md":
            begin = "" if path in self._documents else NOT_FOUND_BY_SEARCH
            page.write_text(begin + self._document(path), encoding="utf-8")
        else:
            page.write_text(_listing(path, path.relative_to(self._root)), encoding="utf-8")

    def _document(self, path: Path) -> str:
        text = path.read_text(encoding="utf-8")
        linked = outside_fences(text, lambda prose: LINK.sub(lambda link: self._link(path, link), prose))
        return DIAGRAM.sub(lambda diagram: draw(diagram[1]), adapt(linked))

    def _link(self, path: Path, link: re.Match[str]) -> str:
        target = (path.parent / link[1]).resolve()
        file = target / "README.md" if (target / "README.md").is_file() else target
        if not file.exists() or not file.is_relative_to(self._root):
            raise BrokenLinkError(f"{path.relative_to(self._root)}: there is no page for the link to {link[1]}")
        page = self._pages.setdefault(file, _page_of_file(file.relative_to(self._root)))
        return f"]({os.path.relpath(page, self._pages[path].parent)}{link[2] or ''})"


def _page_of_document(path: Path) -> PurePosixPath:
    name = "index.md" if path.name == "README.md" else path.name.lower()
    inside = path.relative_to("docs").parent if path.parts[0] == "docs" else path.parent
    return PurePosixPath(inside, name)


def _page_of_file(path: Path) -> PurePosixPath:
    if path.suffix in IMAGES:
        return PurePosixPath("images", path.name)
    return PurePosixPath("source", path if path.suffix == ".md" else f"{path}.md")


def _listing(path: Path, name: Path) -> str:
    """A page that shows a file, or the names of the files in a folder. Its fence is longer than any in a file."""
    text = (
        "\n".join(sorted(file.name for file in path.iterdir())) if path.is_dir() else path.read_text(encoding="utf-8")
    )
    return f"{NOT_FOUND_BY_SEARCH}\n# {name}\n\n~~~~~~{LANGUAGES.get(path.suffix, 'text')}\n{text.rstrip()}\n~~~~~~\n"
