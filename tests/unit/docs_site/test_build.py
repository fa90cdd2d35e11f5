"""The site: every document is a page, and mistakes in the documents end its building."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from docs_site.build import BuildError, build
from support.documents import ROOT

TAGS = ("li", "td", "pre", "h2", "h3", "img")
ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)
LOADED = re.compile(r"""<(?:script|img|iframe)[^>]*\bsrc="([^"]+)"|<link[^>]*\bhref="([^"]+)"|url\(["']?([^)"']+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository."""
    output = tmp_path_factory.mktemp("site") / "docs"
    build(ROOT, output)
    return output


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A repository with the same documents, of which each has a heading only."""
    root = tmp_path / "root"
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        path = root / document.relative_to(ROOT)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {path.stem}\n", encoding="utf-8")
    return root


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """Neither by a page nor by a style sheet."""
    files = [*site.rglob("*.html"), *site.rglob("*.css")]

    loaded = {address for file in files for found in LOADED.findall(file.read_text("utf-8")) for address in found}

    assert len(loaded) > len(TAGS)
    assert [address for address in loaded if re.match(r"(?!data:)\w+:|//", address)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_a_page_shows_what_the_document_says(site: Path, path: Path) -> None:
    """It has as many items, cells, code blocks, headings and images as where GitHub shows the document."""
    document = path.read_text(encoding="utf-8")
    name = "index" if path.name == "README.md" else path.stem
    page = (site / path.relative_to(ROOT / "docs").with_name(f"{name}.html")).read_text(encoding="utf-8")
    (article,) = ARTICLE.findall(page)

    here = MarkdownIt().enable("table").render(document)
    expected = {tag: len(re.findall(rf"<{tag}[ >/]", here)) for tag in TAGS}
    expected["pre"] -= document.count("```mermaid")

    assert {tag: len(re.findall(rf"<{tag}[ >/]", article)) for tag in TAGS} == expected
    assert article.count('<figure class="sequence"') == document.count("```mermaid")


def test_the_search_finds_documents_and_no_source(site: Path) -> None:
    """Whoever searches wants to read."""
    index = (site / "search.json").read_text(encoding="utf-8")

    assert '"location":"mailbox.html' in index
    assert '"location":"source/' not in index


@pytest.mark.parametrize("links", [["nothing.md"], ["../../elsewhere.md"], ["mailbox.md#nothing", "#nothing"]])
def test_a_broken_link_ends_the_build(documents: Path, tmp_path: Path, links: list[str]) -> None:
    """Be it the page or the heading that does not exist."""
    with (documents / "docs/events.md").open("a", encoding="utf-8") as file:
        file.writelines(f"\nSee [there]({link}).\n" for link in links)

    with pytest.raises(BuildError) as refused:
        build(documents, tmp_path / "site")

    assert str(refused.value).count("events.md") == len(links)
    assert not (tmp_path / "site").exists()


def test_a_page_outside_of_the_navigation_ends_the_build(documents: Path, tmp_path: Path) -> None:
    """Its name is in the message."""
    (documents / "docs/forgotten.md").write_text("# Forgotten\n", encoding="utf-8")

    with pytest.raises(BuildError, match=r"`nav` lacks forgotten\.md"):
        build(documents, tmp_path / "site")


def test_an_unknown_diagram_ends_the_build(documents: Path, tmp_path: Path) -> None:
    """It would be left out otherwise."""
    with (documents / "docs/events.md").open("a", encoding="utf-8") as file:
        file.write("\n```mermaid\npie\n```\n")

    with pytest.raises(BuildError, match="unknown kind pie"):
        build(documents, tmp_path / "site")
