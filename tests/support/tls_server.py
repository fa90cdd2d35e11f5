"""A store server that speaks TLS alone, and takes only clients with a certificate of its authority."""

import contextlib
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from adapters.redis.connection import StoreConnections
from application.ports.store import StoreUnavailableError
from support.certificates import Certificates
from support.polling import eventually
from support.ports import free_ports


async def answers(url: str) -> bool:
    store = StoreConnections.to(url)
    try:
        await store.ping()
    except StoreUnavailableError:
        return False
    finally:
        await store.aclose()
    return True


@contextlib.asynccontextmanager
async def running_tls_server(
    directory: Path, *, binary: str, certificates: Certificates, login: str = "", acl: Sequence[str] = ()
) -> AsyncIterator[str]:
    """Yields the address without options. `acl` are rules for users, of which `login` (`user:password@`) is one."""
    (port,) = free_ports(1)
    options = {
        "port": 0,
        "tls-port": port,
        "bind": "127.0.0.1",
        "dir": directory,
        "appendonly": "yes",
        "save": "",
        **certificates.server_options,
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    arguments += [word for rule in acl for word in ("--user", *rule.split())]
    with subprocess.Popen([binary, *arguments], stdout=subprocess.DEVNULL) as process:
        address = f"rediss://{login}127.0.0.1:{port}"
        try:
            await eventually(lambda: answers(f"{address}/0{certificates.query}"))
            yield address
        finally:
            process.terminate()
