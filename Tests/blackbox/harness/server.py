# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A real server: the program under test in a process of its own, on free ports, with a data folder and a log."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from .admin import Admin
from .client import Client
from .ports import free_port
from .raw import RawSocket
from .tokens import SECRET, token

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "test-output"
BINARIES = pathlib.Path(os.environ.get("SWITCHBOARD_BIN_DIR", ROOT / ".build" / "debug"))
SWITCHBOARD = BINARIES / "switchboard"
RANGKAI = ROOT / "Contracts" / "rangkai.yaml"

#: The key that the servers under test take for their administrative API.
API_KEY = "key-of-the-black-box-tests-0123456789"
#: How long a server may take to be ready, in seconds; a debug build on a busy machine.
START_DEADLINE = 30.0
STOP_DEADLINE = 20.0

#: Servers that run now; a failing test shows their logs.
running: list["Server"] = []


def environment(**others: str | None) -> dict[str, str]:
    """What a server or command under test sees: this process's environment without the project's own variables.

    A value of None leaves the variable out.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SWITCHBOARD_", "RANGKAI_", "ROOMS_", "PAYCHAIN_", "ORION_", "BULKBUYER_", "CORS_"))
        and not name.lower().endswith("_proxy")
    }
    kept["SWIFT_BACKTRACE"] = "enable=no"
    return kept | {name: value for name, value in others.items() if value is not None}


class Server:
    """One server. It can be stopped, killed and started again on the same ports and the same data."""

    def __init__(
        self,
        data: pathlib.Path,
        *contracts: pathlib.Path,
        name: str = "server",
        port: int | None = None,
        arguments: tuple[str, ...] = (),
        platform: str = "rangkai",
        **variables: str | None,
    ) -> None:
        self.name = name
        self.data = data
        self.contracts = contracts or (RANGKAI,)
        self.port = port or free_port()
        self.admin_port = free_port()
        self.arguments = arguments
        self.environment = environment(
            **{
                "RANGKAI_PORT": str(self.port),
                "RANGKAI_JWT_SECRET": SECRET,
                "SWITCHBOARD_API_KEY": API_KEY,
                "SWITCHBOARD_ADMIN_PORT": str(self.admin_port),
            }
            | variables
        )
        self.log_file = OUTPUT / "servers" / f"{name}-{self.port}.log"
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.admin = Admin(self.admin_port, self.environment.get("SWITCHBOARD_API_KEY"), platform)
        #: Set before the start to have standard output in this file and not in the log.
        self.output_file: pathlib.Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    # Life

    def launch(self) -> Self:
        """Starts the process and does not wait for it."""
        assert SWITCHBOARD.exists(), f"there is no {SWITCHBOARD}: build first, or set SWITCHBOARD_BIN_DIR"
        command = [str(SWITCHBOARD), "serve", *map(str, self.contracts), "--data", str(self.data), *self.arguments]
        with contextlib.ExitStack() as files:
            log = files.enter_context(self.log_file.open("ab"))
            log.write(f"--- {' '.join(command)}\n".encode())
            log.flush()
            output = files.enter_context(self.output_file.open("ab")) if self.output_file else log
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=log
            )
        running.append(self)
        return self

    def start(self) -> Self:
        self.launch()
        end = time.monotonic() + START_DEADLINE
        while not self.is_ready():
            if not self.is_alive():
                raise AssertionError(f"{self.name} ended with {self.wait()} at start:\n{self.log[-4000:]}")
            if time.monotonic() > end:
                self.kill()
                raise AssertionError(f"{self.name} was not ready within {START_DEADLINE} s:\n{self.log[-4000:]}")
            time.sleep(0.03)
        return self

    def is_ready(self) -> bool:
        try:
            return self.admin.http.get("/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait(self, within: float = STOP_DEADLINE) -> int:
        """Waits for the process to end by itself and gives its exit code."""
        assert self.process is not None
        code = self.process.wait(within)
        self._forget()
        return code

    def stop(self) -> int:
        """Asks the server to end, as an operator does, and gives its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {STOP_DEADLINE} s of SIGTERM") from None

    def kill(self) -> None:
        """Ends the process at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._forget()

    def let_go(self) -> None:
        """Closes the clients that belong to this object, when no test needs them any more."""
        self.admin.close()

    def _forget(self) -> None:
        self.process = None
        if self in running:
            running.remove(self)

    # Facts

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def resident_kib(self) -> int:
        """The process's resident memory in KiB."""
        assert self.process is not None
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("the process has no resident memory")

    # Clients

    def url(self, credentials: str | None, path: str = "/ws") -> str:
        query = f"?{urlencode({'token': credentials})}" if credentials is not None else ""
        return f"ws://127.0.0.1:{self.port}{path}{query}"

    def open(self, credentials: str | None, **options: Any) -> Client:
        """Connects with these credentials and reads nothing yet."""
        return Client(self.url(credentials), **options)

    def connect(self, user: str, *, roles: list[str] | None = None, **options: Any) -> Client:
        """Connects as this user and takes the welcome."""
        client = self.open(token(user, roles=roles), **options)
        assert client.welcome()["userId"] == user
        return client

    def raw(self, **options: Any) -> RawSocket:
        return RawSocket(self.port, **options)

    def raw_websocket(self, user: str, **options: Any) -> RawSocket:
        """A socket after its upgrade and welcome."""
        connection = self.raw(**options)
        assert connection.upgrade(f"/ws?{urlencode({'token': token(user)})}") == 101
        assert '"connected"' in connection.read_text()
        return connection
