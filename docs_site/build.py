"""Builds the site with Zensical, from pages written for it."""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from docs_site.pages import BrokenLinkError, Pages
from docs_site.sequence_diagram import UnknownStatementError

HERE = Path(__file__).parent
CONFIGURATION = "zensical.toml"
RECORDS = "adr/0*.md"


class BuildError(Exception):
    """The site cannot be built. The message says what to correct."""


def build(root: Path, output: Path) -> None:
    """Build the documents below `root`, and put the site in place of the folder `output`.

    Raises:
        BuildError: a link leads nowhere, a page is not in the navigation, or Zensical has a warning.
    """
    with tempfile.TemporaryDirectory(prefix="trunkline-docs-") as folder:
        work = Path(folder)
        pages = _write_pages(root, work / "pages")
        configuration = _configuration(pages.documents())
        (work / CONFIGURATION).write_text(configuration, encoding="utf-8")
        shutil.copytree(HERE / "assets", work / "pages/assets")
        _run_zensical(work)
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(work / "site", output)


def _write_pages(root: Path, folder: Path) -> Pages:
    pages = Pages(root)
    try:
        pages.write(folder)
    except (BrokenLinkError, UnknownStatementError) as error:
        raise BuildError(str(error)) from error
    return pages


def _configuration(documents: set[str]) -> str:
    """Zensical's configuration, with the names of the records in its navigation."""
    records = sorted(page for page in documents if fnmatch(page, RECORDS))
    text = (HERE / CONFIGURATION).read_text(encoding="utf-8").replace(f'"{RECORDS}"', str(records)[1:-1])
    missing = sorted(documents - set(_pages_of(tomllib.loads(text)["project"]["nav"])))
    if missing:
        raise BuildError(f"docs_site/{CONFIGURATION}: `nav` lacks {', '.join(missing)}")
    return text


def _pages_of(entry: Any) -> Iterator[str]:
    """The pages of an entry of the navigation: a path, a title with its entry, or a list of entries."""
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from _pages_of(inner)


def _run_zensical(work: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    ended = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    if ended.returncode:
        raise BuildError(f"{ended.stdout}{ended.stderr}")
