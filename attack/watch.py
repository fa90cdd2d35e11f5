"""Measures the service from outside: how long it needs for any response, and its memory."""

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psutil
from attrs import define, field, frozen

from attack.plan import MEGABYTE

PROBE_SECONDS = 0.02
PATIENCE_SECONDS = 20.0
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


@frozen(kw_only=True)
class Probe:
    """One measurement: the time, how long /livez took, and the memory.

    `starved`: for how many of these seconds the machine gave no core to the service or to us.
    """

    at: float
    took: float
    starved: float
    megabytes: float

    @property
    def stall(self) -> float:
        """The delay that the service itself caused, in seconds."""
        return max(0.0, self.took - self.starved)


def slowest(probes: Sequence[Probe]) -> Probe:
    return max(probes, key=lambda probe: probe.stall)


def peak_megabytes(probes: Sequence[Probe]) -> float:
    return max(probe.megabytes for probe in probes)


@define(slots=False)
class Watch:
    """Requests /livez every 20 ms on one connection, in a thread. `failures` are the reasons of missing responses."""

    port: int
    pid: int
    probes: list[Probe] = field(factory=list)
    failures: list[str] = field(factory=list)
    _ended: threading.Event = field(factory=threading.Event)
    _connection: socket.socket | None = None

    def __enter__(self) -> Self:
        self._process = psutil.Process(self.pid)
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(PATIENCE_SECONDS)

    @property
    def megabytes(self) -> float:
        """The service's memory now."""
        return self._process.memory_info().rss / MEGABYTE

    def since(self, moment: float) -> list[Probe]:
        """The measurements that ended after a `time.monotonic()`."""
        return [probe for probe in self.probes if probe.at + probe.took >= moment]

    def _watch(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            while not self._ended.wait(PROBE_SECONDS):
                self._look()

    def _look(self) -> None:
        at, starved = time.monotonic(), self._starved()
        try:
            self._ask()
        except OSError as error:
            self._forget()
            if not self._ended.is_set():
                self.failures.append(f"/livez: {type(error).__name__}")
        took = time.monotonic() - at
        starved = self._starved() - starved
        self.probes.append(Probe(at=at, took=took, starved=starved, megabytes=self.megabytes))

    def _ask(self) -> None:
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        self._connection.sendall(LIVEZ)
        data = b""
        while not data.endswith(b"}"):
            piece = self._connection.recv(65_536)
            if not piece:
                raise ConnectionResetError
            data += piece
        if not data.startswith(b"HTTP/1.1 200"):
            self._forget()
            self.failures.append(f"/livez: {data[9:12].decode()}")

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _starved(self) -> float:
        """For how many seconds the service's loop and this thread were ready to run and had no core, from Linux."""
        waited = 0
        for path in (f"/proc/{self.pid}/schedstat", "/proc/thread-self/schedstat"):
            with contextlib.suppress(OSError):
                waited += int(Path(path).read_text().split()[1])
        return waited / 1e9
