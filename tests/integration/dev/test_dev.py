"""`trunkline dev`: everything on one machine, without any setup."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import yaml
from redis.asyncio import Redis

from support.dev import ANA, Dev, bare_environment, newcomer, running_dev, store_of
from support.forking import ForkedCommand
from support.polling import eventually
from support.service import COMMAND
from support.webhook_agents import SECRET, webhook_agents


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[Path]:
    """A checkout. A store that a killed process left there is ended."""
    yield newcomer(tmp_path)
    store = store_of(tmp_path)
    if store.directory.exists():
        await store.stop()


async def test_it_says_where_the_phone_is(dev: Dev) -> None:
    """Within half a minute. It also says that the answers are scripted."""
    page = await dev.http.get(dev.page)

    assert dev.seconds < 30
    assert page.status_code == 200
    assert "<title>Phone" in page.text
    assert "Set OPENAI_API_KEY" in dev.printed


async def test_a_message_is_answered_and_read(dev: Dev) -> None:
    """Through the real webhook, the real runtime and the real store."""
    message_id = await dev.write("What time is it?")

    await eventually(lambda: _answered(dev, 'You said: "What time is it?"'))

    ticks = {message["id"]: message["status"] for message in await dev.thread()}
    assert ticks[message_id] == "read"


async def _answered(dev: Dev, beginning: str, *, number: str = ANA) -> bool:
    return any(answer.startswith(beginning) for answer in await dev.answers(number=number))


async def test_the_agent_remembers(dev: Dev) -> None:
    """The messages of both sides are kept in the embedded store, under the phone number."""
    await dev.write("remember me", number="15550003333")
    await eventually(lambda: _answered(dev, 'You said: "remember me"', number="15550003333"))

    async with dev.store() as store:
        turns = await eventually(lambda: store.lrange("conv:15550003333", 0, -1))

    assert len(turns) == 2
    assert all(b"remember me" in turn for turn in turns)


async def test_an_action_is_confirmed_by_a_button(dev: Dev) -> None:
    """The tap reaches the agent as a yes."""
    number = "15550004444"
    await dev.write("Confirmation", number=number)

    async def asked() -> list[str]:
        contents = [str(message["content"]) for message in await dev.thread(number=number)]
        return [content for content in contents if "Yes, confirm" in content and "No, cancel" in content]

    assert await eventually(asked)
    await dev.write("Yes, confirm", number=number)

    assert await eventually(lambda: _answered(dev, "You confirmed it.", number=number))


async def test_a_proposal_is_approved_and_carried_out(dev: Dev) -> None:
    """By a tool that the scripted model calls, an operator, and a system that the simulator plays."""
    number = "15550005555"
    await dev.write("Proposal", number=number)
    await eventually(lambda: _answered(dev, "I have proposed to order two boxes", number=number))
    service = dev.addresses["webhook"].partition("/v1/")[0]
    proposals = f"{service}/v1/proposals"

    (proposal,) = (await dev.http.get(proposals, params={"state": "open"})).json()["items"]
    approved = await dev.http.post(f"{proposals}/{proposal['id']}/approve")

    assert proposal["arguments"] == {"boxes": 2}
    assert approved.json()["state"] == "delivering"
    assert await eventually(lambda: _answered(dev, "Good news: 2 boxes are on their way", number=number), seconds=20)


async def test_a_colleague_takes_over(dev: Dev) -> None:
    """The agent is silent from then on."""
    number = "15550006666"
    await dev.write("Colleague", number=number)
    await eventually(lambda: _answered(dev, "A colleague answers you from now on", number=number))
    service = dev.addresses["webhook"].partition("/v1/")[0]

    conversation = (await dev.http.get(f"{service}/v1/conversations/whatsapp:{number}")).json()

    assert conversation["human"]


async def test_one_agent_hands_over_to_another(dev: Dev) -> None:
    """From the next message on, until the person begins anew."""
    number = "15550003334"
    await dev.write("hand-off", number=number)
    await eventually(lambda: _answered(dev, "An agent writes this in a block", number=number))
    await dev.write("who is there?", number=number)
    await eventually(lambda: _answered(dev, 'Here is the specialist. You said: "who is there?"', number=number))

    await dev.write("/new", number=number)
    await dev.write("and now?", number=number)

    await eventually(lambda: _answered(dev, 'You said: "and now?"', number=number))


async def test_nothing_is_open_to_the_network(dev: Dev) -> None:
    """All its processes listen only on 127.0.0.1, and the store on no port at all."""
    service, store = psutil.Process(dev.process.pid), psutil.Process(dev.store_pid)
    processes = [service, *service.children(recursive=True)]

    addresses = {
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN or not connection.raddr
    }

    assert addresses == {"127.0.0.1"}
    assert store.net_connections(kind="inet") == []


@pytest.mark.parametrize("port", ["phone", "webhook"])
async def test_other_pages_can_neither_read_nor_write(dev: Dev, port: str) -> None:
    """On both ports: neither under a name of their own that resolves to this machine, nor with a form."""
    base = "http://{}".format(dev.addresses[port].split("/")[2])
    path = {"phone": f"/phone/{ANA}/read", "webhook": f"/v1/conversations/whatsapp:{ANA}/human"}[port]
    await dev.http.put(f"{dev.page}/phone/{ANA}", json={"name": "Ana"})

    rebound = await dev.http.get(f"{base}/", headers={"Host": "rebound.example"})
    crossed = await dev.http.post(f"{base}{path}", headers={"Origin": "http://other.example"})
    own = await dev.http.post(f"{base}{path}", headers={"Origin": base})
    await dev.http.delete(f"{base}{path}")

    assert (rebound.status_code, crossed.status_code) == (403, 403)
    assert own.status_code == 204


async def chatted(
    dev: Dev, lines: str, *, number: str, channel: str = "whatsapp"
) -> "subprocess.CompletedProcess[str]":
    """`trunkline chat` with these lines from a pipe."""
    return await asyncio.to_thread(
        subprocess.run,
        [str(COMMAND), "chat", "--url", dev.page, "--number", number, "--channel", channel],
        input=lines,
        env=bare_environment(),
        cwd=dev.directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_chat_is_a_phone_in_the_terminal(dev: Dev) -> None:
    """From a pipe, line by line."""
    done = await chatted(dev, "written in a pipe\nand once more\n", number="15550004444")

    assert (done.returncode, done.stderr) == (0, "")
    assert 'You said: "written in a pipe"' in done.stdout
    assert 'You said: "and once more"' in done.stdout


async def test_everything_can_be_tried_from_the_terminal(dev: Dev) -> None:
    """The scripted model sends a question as a block, the tap comes back as a text, and files need no network."""
    number = "15550005555"

    done = await chatted(dev, "buttons\n/2\npicture\n", number=number)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Trunkline: Which size?" in done.stdout
    assert 'You said: "Medium"' in done.stdout
    (picture,) = [message for message in await dev.thread(number=number) if message["type"] == "image"]
    assert picture["media_id"]


async def test_chat_writes_on_telegram(dev: Dev) -> None:
    """Its buttons are numbered, too."""
    done = await chatted(dev, "buttons\n/2\n", number="15550006666", channel="telegram")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Trunkline: Which size?" in done.stdout
    assert 'You said: "Medium"' in done.stdout


async def test_ctrl_c_leaves_nothing_behind(directory: Path) -> None:
    """Exit code 0, no child, no store."""
    async with running_dev(directory) as dev:
        children = psutil.Process(dev.process.pid).children(recursive=True)
        store = dev.store_pid

        code = await dev.end(signal.SIGINT)

    assert code == 0
    assert [child for child in children if child.is_running()] == []
    await eventually(lambda: not psutil.pid_exists(store))
    assert "Traceback" not in dev.printed


async def test_a_deep_directory(tmp_path: Path) -> None:
    """The path of a unix socket has a short limit. In a deep checkout the socket is elsewhere."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()

    async with running_dev(newcomer(deep)) as dev:
        await dev.write("so deep")

        assert await eventually(lambda: _answered(dev, 'You said: "so deep"'))


async def test_a_taken_page_port_is_evaded(dev: Dev, directory: Path) -> None:
    """The page gets another port, and the program on the first one is not disturbed."""
    taken = int(dev.page.rpartition(":")[2])

    async with running_dev(directory, page_port=taken) as second:
        await second.write("am I here?")
        await eventually(lambda: _answered(second, 'You said: "am I here?"'))

    assert second.page != dev.page
    assert not await _answered(dev, 'You said: "am I here?"')


async def test_a_second_one_in_the_same_directory(dev: Dev) -> None:
    """The webhook's port is taken: it ends with one line, and the first one goes on."""
    port = dev.addresses["webhook"].split("/")[2].rpartition(":")[2]
    environment = bare_environment(TRUNKLINE_HTTP_PORT=port)
    log = dev.directory / "second.txt"

    second = ForkedCommand.start_in(dev.directory, ["dev", "--page-port", "0"], environ=environment, log_file=log)
    code = await asyncio.to_thread(second.wait, 40)
    await dev.write("still there?")

    printed = log.read_text()
    assert code == 1
    assert printed.splitlines()[-1] == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert "Traceback" not in printed
    assert await eventually(lambda: _answered(dev, 'You said: "still there?"'))


async def test_killed_and_started_again(directory: Path) -> None:
    """The store is still running. The new process takes it over with its data, and the next Ctrl-C ends it."""
    async with running_dev(directory) as first:
        store = first.store_pid
        await first.write("before")
        await eventually(lambda: _answered(first, 'You said: "before"'))
        async with first.store() as client:
            await eventually(lambda: _idle(client))
        await first.end(signal.SIGKILL)

    async with running_dev(directory) as second:
        await second.write("after")
        await eventually(lambda: _answered(second, 'You said: "after"'))
        assert second.store_pid == store
        async with second.store() as client:
            turns = await client.lrange(f"conv:{ANA}", 0, -1)
        await second.end(signal.SIGINT)

    assert any(b"before" in turn for turn in turns)
    await eventually(lambda: not psutil.pid_exists(store))


async def _idle(store: Redis) -> bool:
    """Whether no turn is under way. A turn that is interrupted would wait for its lease."""
    return not await store.keys("trunkline:*:turn:*")


async def test_an_agent_behind_a_webhook_stays(directory: Path) -> None:
    """It is the user's own program, in place of the agents in this process."""
    async with webhook_agents("whatsapp-assistant", "assistant") as agent:
        service = {"agents": {"webhook": agent.url, "secret": SECRET, "allow_private": True}}
        (directory / "config" / "service.yaml").write_text(yaml.safe_dump(service), encoding="utf-8")
        async with running_dev(directory) as dev:
            await dev.write("hello")
            await eventually(dev.answers)

            assert await dev.answers() == ["You said: hello"]
            assert "127.0.0.1" in dev.printed
