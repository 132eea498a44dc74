# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A server of its own for each test or file of tests."""

import contextlib
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from typing import Any
from urllib.parse import quote

import httpx

#: Ports that another program took between their choice and the start are chosen again, so often at most.
_ATTEMPTS = 5
#: Variables that contracts name as ports: `port: ${ROOMS_PORT:-4000}`.
_PORT = re.compile(r"port:\s*\$\{(\w+)")
_NAME = re.compile(r"^contract:\s*([a-z][a-z0-9-]*)", re.MULTILINE)
#: `rooms: http://localhost:4000/socket.io  (Socket.IO)`
_ADDRESS = re.compile(r"^(?P<platform>[a-z][a-z0-9-]*): (?P<address>(?:ws|http)s?://\S+)")


class MockError(Exception):
    """The server did not start, or refused what was asked of it. The text says why."""


class MockServer:
    """`switchboard serve CONTRACT --mock`, in a process of its own.

    >>> with MockServer("Contracts/rooms.yaml", scenario="Examples/scenarios/rooms.yaml") as server:
    ...     page.goto(f"http://localhost:5173/?server={server.address}&token={server.token('usr_alice')}")
    ...     server.play("winner")
    """

    def __init__(
        self,
        contract: str | os.PathLike[str],
        *,
        scenario: str | os.PathLike[str] | None = None,
        paused: bool = False,
        binary: str | None = None,
        start_timeout: float = 60.0,
        **variables: str,
    ) -> None:
        """Starts nothing yet.

        - `scenario`: what the mock backend does; without one it publishes the contract's examples.
        - `paused`: its tracks take no step until `resume()`, so that the test alone says what happens.
        - `binary`: the program; by default `$SWITCHBOARD`, else `switchboard` on the path.
        - `start_timeout`: seconds.
        - `variables`: of the contract, such as `ROOMS_APPS="apps/rooms.yaml"`.
        """
        self.contract = pathlib.Path(contract)
        self.scenario = pathlib.Path(scenario) if scenario is not None else None
        self.paused = paused
        self.binary = binary or os.environ.get("SWITCHBOARD") or shutil.which("switchboard") or "switchboard"
        self.start_timeout = start_timeout
        self.variables = variables
        #: Where clients connect, in the order of the contract: `ws://localhost:41234/ws`.
        self.addresses: list[str] = []
        #: What the server has written so far stands in this file.
        self.log_file: pathlib.Path | None = None
        self.key = secrets.token_hex(32)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._http: httpx.Client | None = None

    # Life

    def __enter__(self) -> "MockServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "MockServer":
        """Returns when clients may connect."""
        text = self._read_contract()
        name = _NAME.search(text)
        if name is None:
            raise MockError(f"{self.contract} is no contract: it does not begin with contract: NAME")
        self.platform = name[1]
        self._folder = tempfile.TemporaryDirectory(prefix="switchboard-")
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._launch(text)
                break
            except MockError as error:
                self._end_process()
                if "in use" not in str(error) or attempt == _ATTEMPTS:
                    self.stop()
                    raise
        if self.paused:
            self.reset(paused=True)
        return self

    def stop(self) -> None:
        """Ends the process and removes its data. Harmless when it has ended."""
        self._end_process()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _read_contract(self) -> str:
        try:
            return self.contract.read_text(encoding="utf-8")
        except OSError as error:
            raise MockError(f"{self.contract} cannot be read: {error.strerror}") from error

    def _launch(self, contract: str) -> None:
        assert self._folder is not None
        folder = pathlib.Path(self._folder.name)
        self.log_file = folder / "log"
        ports = {variable: str(_free_port()) for variable in _PORT.findall(contract)}
        environment = os.environ | ports | {"SWITCHBOARD_API_KEY": self.key, "SWITCHBOARD_ADMIN_PORT": str(_free_port())}
        environment.pop("SWITCHBOARD_ENV", None)
        command = [self.binary, "serve", str(self.contract), "--mock", "--data", str(folder / "data")]
        if self.scenario is not None:
            command += ["--scenario", str(self.scenario)]
        with self.log_file.open("wb") as log:
            try:
                self._process = subprocess.Popen(
                    command, env=environment | self.variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            except OSError as error:
                raise MockError(f"{self.binary} cannot be started: {error.strerror}") from error
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        end = time.monotonic() + self.start_timeout
        while "\nready\n" not in f"\n{self.log}":
            if self._process.poll() is not None:
                raise MockError(f"the server ended with {self._process.returncode}:\n{self.log}")
            if time.monotonic() > end:
                raise MockError(f"the server was not ready within {self.start_timeout} s:\n{self.log}")
            time.sleep(0.02)
        found = [match for line in self.log.splitlines() if (match := _ADDRESS.match(line))]
        self.addresses = [match["address"] for match in found if match["platform"] == self.platform]
        admin = next(line.removeprefix("admin API: ") for line in self.log.splitlines() if line.startswith("admin API: "))
        self._http = httpx.Client(
            base_url=admin, headers={"Authorization": f"Bearer {self.key}"}, timeout=30, trust_env=False
        )

    def _end_process(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    # Facts

    @property
    def address(self) -> str:
        """Where clients connect first: `ws://localhost:41234/ws`, or, for Socket.IO, `http://localhost:41234`."""
        return self.addresses[0].removesuffix("/socket.io")

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file is not None else ""

    def token(self, user: str) -> str:
        """What this user of the scenario connects with: a token, or, where the contract knows sessions, a session."""
        for known in self.status()["users"]:
            if known["id"] == user:
                credential = known.get("token") or known.get("session")
                if credential is None:
                    raise MockError(f"the server makes no tokens for {self.platform}")
                return str(credential)
        names = ", ".join(known["id"] for known in self.status()["users"])
        raise MockError(f"the scenario has no user {user!r}; it has: {names or 'none'}")

    def status(self) -> dict[str, Any]:
        """What the mock backend does, and what it could, as the API describes it."""
        return self._ask("GET", "mock").json()

    # Leading the mock

    def play(self, name: str, **variables: Any) -> int:
        """Begins a moment, a track or a named step now, with these variables; returns the number of the run."""
        body = {"name": name, "with": variables} if variables else {"name": name}
        return int(self._ask("POST", "mock/play", json=body).json()["run"])

    def pause(self) -> None:
        """Lets no track take a further step."""
        self._ask("POST", "mock/pause")

    def resume(self) -> None:
        self._ask("POST", "mock/resume")

    def reset(self, *, paused: bool = False) -> None:
        """Everything from the beginning, with nothing broken; `paused`: held before the first step."""
        self._ask("POST", "mock/reset", json={"paused": paused})

    def outage(
        self,
        *,
        refuse: str | None = None,
        close: int | None = None,
        slow: float | None = None,
        seconds: float | None = None,
    ) -> None:
        """Breaks something: `refuse="connections"` or `"tokens"`, `close` for open connections, `slow` seconds for answers."""
        body = {"refuse": refuse, "close": close, "slow": slow, "for": seconds}
        self._ask("PUT", "mock/outage", json={key: value for key, value in body.items() if value is not None})

    def mend(self) -> None:
        """Ends an outage."""
        self._ask("DELETE", "mock/outage")

    # What a backend does

    def publish(self, event: str, data: dict[str, Any], **others: Any) -> dict[str, Any]:
        """Publishes as the platform's own backend would; `channels=` and `users=` say where to, when the event does not."""
        receipt: dict[str, Any] = self._ask("POST", "events", json={"event": event, "data": data} | others).json()
        return receipt

    def set_members(self, channel: str, *users: str) -> None:
        """Exactly these users belong to the channel from now on."""
        self._ask("PUT", f"channels/{quote(channel, safe='')}/members", json={"users": list(users)})

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        if self._http is None:
            raise MockError("the server is not running")
        answer = self._http.request(method, f"/v1/platforms/{self.platform}/{path}", **options)
        if answer.is_success:
            return answer
        try:
            message = answer.json()["error"]["message"]
        except (ValueError, KeyError, TypeError):
            message = answer.text
        raise MockError(f"{method} {path}: {answer.status_code} {message}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
