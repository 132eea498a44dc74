# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Examples in processes of their own; ProtocolPeer is what suites for Engine.IO and Socket.IO are run against."""

import pathlib
import signal
import subprocess

from . import server as servers
from .engineio import Endpoint
from .ports import free_port
from .server import BINARIES, OUTPUT, STOP_DEADLINE, environment
from .waiting import eventually


class Peer:
    """A running ProtocolPeer. It can be stopped and started again on its port."""

    #: Other examples that listen on PORT are subclasses with another program.
    program = BINARIES / "ProtocolPeer"

    def __init__(self, name: str, **variables: str) -> None:
        """`variables` are the program's own, such as PING_INTERVAL, in milliseconds."""
        self.name = name
        self.port = free_port()
        self.variables = variables
        self.log_file: pathlib.Path = OUTPUT / "servers" / f"peer-{name}-{self.port}.log"
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def engine(self) -> Endpoint:
        """The Engine.IO echo."""
        return Endpoint(self.port, "/engine.io/")

    @property
    def socket(self) -> Endpoint:
        """Socket.IO, with the namespaces / and /custom."""
        return Endpoint(self.port, "/socket.io/")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def start(self) -> "Peer":
        assert self.program.exists(), f"there is no {self.program}: build first, or set SWITCHBOARD_BIN_DIR"
        before = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.program)], env=environment(PORT=str(self.port), **self.variables),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        # The program's first line says that it listens.
        eventually(lambda: self.log_file.stat().st_size > before or not self.is_alive(), what="the peer's first line")
        assert self.is_alive(), self.log
        servers.running.append(self)  # type: ignore[arg-type]
        return self

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _forget(self) -> None:
        self.process = None
        if self in servers.running:
            servers.running.remove(self)  # type: ignore[arg-type]

    def stop(self) -> None:
        """Asks it to end, and waits."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_DEADLINE)
        finally:
            self.kill()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._forget()

    @property
    def resident_kib(self) -> int:
        assert self.process is not None
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("the process has no resident memory")
