"""The pages of the service and their files."""

import re

import pytest

import page_kit
from entrypoints.http.routes.console import PAGES
from support.http_services import FakeServices

POLICY = page_kit.SECURITY_HEADERS["Content-Security-Policy"]
LINK = re.compile(r'(?:href|src)="(/pages/[^"]+)"')
IMPORT = re.compile(r'from "([^"]+)"')


@pytest.mark.parametrize("path", ["/console", "/docs"])
async def test_a_page_with_its_files(path: str) -> None:
    """A page needs no token, may load its own files only, and has nothing inline. Each of its files is there."""
    async with FakeServices().client() as client:
        page = await client.get(path)
        files = {link: (await client.get(link)).status_code for link in LINK.findall(page.text)}

    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"<style|style=|<script(?! type=\"module\" src)| on\w+=", page.text) == []
    assert files
    assert set(files.values()) == {200}


async def test_the_root_leads_to_the_console() -> None:
    async with FakeServices().client() as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (302, "/console")


@pytest.mark.parametrize("path", ["/", "/console"])
async def test_no_console_without_operators(path: str) -> None:
    """Where no admin token is configured, as with the other routes for operators."""
    async with FakeServices().client(admin_token=None) as client:
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("folder", ["/pages", "/console/assets"])
@pytest.mark.parametrize("name", ["9" * 5_000, "%00", "style.css%00", "..%2f..%2fapp.py", "%F0%9F%91%A8" * 300])
async def test_an_impossible_name_of_a_file_is_not_found(folder: str, name: str) -> None:
    """The file system itself would fail with some of them."""
    async with FakeServices().client() as client:
        assert (await client.get(f"{folder}/{name}")).status_code == 404


def test_every_script_imports_files_that_exist() -> None:
    """Its own, and those that pages share."""
    missing = [
        f"{script.name}: {name}"
        for script in PAGES.rglob("*.js")
        for name in IMPORT.findall(script.read_text(encoding="utf-8"))
        if not (script.parent / name).exists() and not (page_kit.FILES / name.removeprefix("../")).exists()
    ]

    assert missing == []
