"""Processes forked from one that has imported the service already. A start costs milliseconds, not a second of imports.

Each is a process of its own: it can be killed, frozen and told to stop like any other.
"""

import io
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from attrs import frozen

from entrypoints.cli import main

processes = multiprocessing.get_context("forkserver")
COMMANDS = ("dead_letters", "dev", "doctor", "serve")
processes.set_forkserver_preload([*(f"entrypoints.cli.{command}" for command in COMMANDS), "pytest"])


@frozen
class ForkedCommand:
    """One run of the command `trunkline`, with those methods of `subprocess.Popen` that tests need."""

    process: ForkServerProcess
    stdout: io.TextIOBase | None = None

    @classmethod
    def start(cls, arguments: Sequence[str], *, environ: Mapping[str, str], log_file: Path) -> "ForkedCommand":
        """The process appends its stderr to `log_file`."""
        reader, writer = processes.Pipe(duplex=False)
        process = _started(arguments=arguments, environ=environ, stdout=writer, log_file=log_file)
        writer.close()
        stdout = os.fdopen(os.dup(reader.fileno()))
        reader.close()
        return cls(process, stdout)

    @classmethod
    def start_in(
        cls, directory: Path, arguments: Sequence[str], *, environ: Mapping[str, str], log_file: Path
    ) -> "ForkedCommand":
        """The process works in `directory`. It appends its stdout, too, to `log_file`."""
        return cls(_started(arguments=arguments, environ=environ, log_file=log_file, directory=directory))

    @property
    def pid(self) -> int:
        return self.process.pid

    def send_signal(self, signal_number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal_number)

    def poll(self) -> int | None:
        """The exit code, or the signal's number below zero; None while it runs."""
        return self.process.exitcode

    def wait(self, timeout: float) -> int:
        """Raises subprocess.TimeoutExpired: it still runs after `timeout` seconds."""
        self.process.join(timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired("trunkline", timeout)
        return code


def run_forked(
    arguments: Sequence[str], *, environ: Mapping[str, str], seconds: float
) -> "subprocess.CompletedProcess[str]":
    """Run the command `trunkline` to its end, as `subprocess.run` would."""
    with tempfile.TemporaryDirectory() as directory:
        stderr = Path(directory) / "stderr"
        command = ForkedCommand.start(arguments, environ=environ, log_file=stderr)
        with command.stdout:
            stdout = command.stdout.read()
        return subprocess.CompletedProcess(arguments, command.wait(seconds), stdout, stderr.read_text())


def _started(**options: object) -> ForkServerProcess:
    process = processes.Process(target=_run, kwargs=options, daemon=True)
    process.start()
    return process


def _run(
    *,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    log_file: Path,
    stdout: Connection | None = None,
    directory: Path | None = None,
) -> None:
    with log_file.open("a") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
        os.dup2((stdout or log).fileno(), sys.stdout.fileno())
    if stdout:
        stdout.close()
    if directory:
        os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["trunkline", *arguments]
    main()
