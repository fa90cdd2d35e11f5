"""The login of the console, and what its cookie opens."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from attrs import define

from adapters.memory.operators import MemoryOperators
from application.operating.manage_operators import ManageOperators
from domain.operators.operator import Operator, Role
from entrypoints.http.app import create_app
from entrypoints.http.routes import login
from support.http_services import ADMIN_TOKEN, OPERATOR, FakeServices, StoppedClock

LOGIN, LOGOUT, ME = "/console/login", "/console/logout", "/v1/operators/me"
HUMAN = "/v1/conversations/whatsapp:15550001111/human"


@define
class Console:
    """A browser without scripts, and the token of Olga, an operator of one channel."""

    client: httpx.AsyncClient
    token: str

    async def log_in(self, token: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(LOGIN, data={"token": token or self.token}, headers=headers)

    async def csrf(self) -> dict[str, str]:
        return {"X-CSRF-Token": (await self.client.get(ME)).json()["csrf_token"]}


@asynccontextmanager
async def console(**changes: object) -> AsyncIterator[Console]:
    manage = ManageOperators(operators=MemoryOperators(), clock=StoppedClock())
    olga = Operator(name="olga", role=Role.OPERATOR, channels=("whatsapp",))
    token = await manage.add(operator=olga, known_channels=("whatsapp",))
    async with FakeServices().client(manage_operators=manage, **changes) as client:
        yield Console(client, token)


async def test_a_token_gives_a_session() -> None:
    """The cookie opens what the token opens. The page says who one is."""
    async with console() as browser:
        form = await browser.client.get(LOGIN)
        answer = await browser.log_in(f" {browser.token}\n")
        me = await browser.client.get(ME)
        page = await browser.client.get(LOGIN)

    assert 'type="password"' in form.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert (me.json()["name"], me.json()["role"], me.json()["channels"]) == ("olga", "operator", ["whatsapp"])
    assert "<strong>olga</strong>" in page.text
    assert browser.token not in page.text + answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("headers", "secure"), [({}, False), ({"X-Forwarded-Proto": "https"}, True), ({"X-Forwarded-Proto": "http"}, False)]
)
async def test_nobody_else_gets_the_cookie(headers: dict[str, str], *, secure: bool) -> None:
    """No script, no other site, and behind https nobody on the way. It ends after twelve hours."""
    async with console() as browser:
        cookie = (await browser.log_in(**headers)).headers["set-cookie"]

    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= parts
    assert ("secure" in parts) == secure
    assert len(cookie.partition("=")[2].partition(";")[0]) >= 43


@pytest.mark.parametrize("token", ["wrong", "", "olga.wrong", "\u00e4\U0001f511", "x" * 10_000])
async def test_a_wrong_token_is_refused_on_the_page(token: str) -> None:
    """Without a cookie."""
    async with console() as browser:
        answer = await browser.client.post(LOGIN, data={"token": token})

    assert answer.status_code == 401
    assert "This token is wrong" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_form_without_the_field_or_with_a_file_is_refused() -> None:
    """It is no token."""
    async with console() as browser:
        answers = [
            await browser.client.post(LOGIN),
            await browser.client.post(LOGIN, files={"token": b"x"}),
            await browser.client.post(LOGIN, content=b"\xff=%zz", headers={"Content-Type": "application/json"}),
        ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_wrong_tokens_are_slowed_down_here_too() -> None:
    """They count together with those of other requests; the right one never waits."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    app = create_app(FakeServices().services())
    app.state.wrong_tokens.sleep, app.state.wrong_tokens.clock = sleep, lambda: 0.0
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        statuses = [(await client.post(LOGIN, data={"token": "wrong"})).status_code for _ in range(22)]
        right = await client.post(LOGIN, data={"token": ADMIN_TOKEN})

    assert statuses == [401] * 21 + [429]
    assert waits == [float(second) for second in range(11)]
    assert right.status_code == 303


async def test_whoever_changes_something_needs_the_csrf_token() -> None:
    """The cookie alone is sent by other pages too. Looking needs none; a token in the header needs none either."""
    async with console() as browser:
        await browser.log_in()
        without = await browser.client.post(HUMAN)
        wrong = await browser.client.post(HUMAN, headers={"X-CSRF-Token": "\u00e4".encode()})
        empty = await browser.client.post(HUMAN, headers={"Authorization": ""})
        looked = await browser.client.get("/v1/conversations/whatsapp:15550001111")
        right = await browser.client.post(HUMAN, headers=await browser.csrf())
        with_token = await browser.client.delete(HUMAN, headers={"Authorization": f"Bearer {browser.token}"})

    assert [without.status_code, wrong.status_code, empty.status_code] == [403, 403, 401]
    assert without.json()["type"] == "urn:trunkline:problem:csrf"
    assert looked.json()["human"] is False
    assert [right.status_code, with_token.status_code] == [204, 204]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://console.example"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_no_other_page_logs_somebody_in(headers: dict[str, str], status: int) -> None:
    """As somebody else, whose doings they would then see."""
    async with console() as browser:
        answer = await browser.log_in(**headers)

    assert answer.status_code == status


async def test_a_logout_ends_the_session() -> None:
    """Also for whoever has a copy of the cookie. Another page cannot do it."""
    async with console() as browser:
        await browser.log_in()
        copy = dict(browser.client.cookies)
        page = (await browser.client.get(LOGIN)).text
        (field,) = re.findall(r'name="csrf_token" value="(\w+)"', page)
        forged = await browser.client.post(LOGOUT)
        answer = await browser.client.post(LOGOUT, data={"csrf_token": field})
        left = dict(browser.client.cookies)
        browser.client.cookies = httpx.Cookies(copy)
        me = await browser.client.get(ME)

    assert (forged.status_code, answer.status_code, answer.headers["location"]) == (403, 303, LOGIN)
    assert (left, me.status_code) == ({}, 401)


async def test_a_session_ends_with_the_token_that_began_it() -> None:
    """An operator of the same name who is added again has no part in it."""
    async with console() as browser:
        await browser.log_in()
        await browser.client.delete("/v1/operators/olga", headers=OPERATOR)
        revoked = await browser.client.get(ME)
        await browser.client.post("/v1/operators", json={"name": "olga", "role": "admin"}, headers=OPERATOR)
        again = await browser.client.get(ME)

    assert (revoked.status_code, again.status_code) == (401, 401)


async def test_a_session_of_the_admin_ends_with_the_admin_token() -> None:
    """A reload of the configuration may change it."""
    behind = FakeServices()
    services = behind.services()
    app = create_app(services)
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        await client.post(LOGIN, data={"token": ADMIN_TOKEN})
        before = await client.get(ME)
        app.state.services = behind.services(sessions=services.sessions, admin_token="another-fake-token")
        after = await client.get(ME)

    assert (before.json()["name"], after.status_code) == ("admin", 401)


async def test_logins_and_logouts_are_actions() -> None:
    """They are in the audit log, with who it was."""
    async with console() as browser:
        await browser.log_in()
        await browser.client.post(LOGOUT, data={"csrf_token": (await browser.csrf())["X-CSRF-Token"]})
        items = (await browser.client.get("/v1/audit", headers=OPERATOR)).json()["items"]

    assert [(item["operator"], item["action"], item["outcome"]) for item in items] == [
        ("olga", "log_out", "done"),
        ("olga", "log_in", "done"),
    ]


async def test_where_there_are_no_routes_there_is_no_login() -> None:
    """Without an admin token. In development nobody needs to log in, and everybody may."""
    async with console(admin_token=None) as closed:
        answers = [await closed.client.get(LOGIN), await closed.log_in()]
    async with console(admin_token=None, admin_open=True) as opened:
        page = await opened.client.get(LOGIN)
        await opened.log_in()
        me = await opened.client.get(ME)

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "<strong>developer</strong>" in page.text
    assert me.json()["name"] == "olga"


async def test_the_pages_run_no_script_and_load_nothing_from_elsewhere() -> None:
    """The policy says so, and nothing on them would break it."""
    async with console() as browser:
        pages = [await browser.client.get(LOGIN), await browser.log_in("wrong")]
        files = re.findall(r'(?:href|src)="([^"]+)"', pages[0].text)
        loaded = [(await browser.client.get(file)).status_code for file in files]

    for page in pages:
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert not re.search(r"<script|<style|style=| on\w+=", page.text)
    assert files
    assert all(file.startswith("/console/assets/") for file in files)
    assert loaded == [200] * len(files)


def test_nothing_in_the_assets_is_from_elsewhere() -> None:
    """Neither a font nor a picture."""
    for file in Path(login.PAGES).rglob("*.css"):
        assert "url(" not in file.read_text(encoding="utf-8")
