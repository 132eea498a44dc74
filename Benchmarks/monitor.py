#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Measures what watching many services costs: processor time of the server for each question, and memory for each service.

Serves ORION's contract from the release build, registers services that all answer from one process on this machine, waits until
all were asked, and then counts for a while. Where the machine has two processors or more, the server is kept on the first.

Usage: Benchmarks/monitor.py [--services 10000] [--every 10] [--seconds 60] [--metrics] [--profile FILE]
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import pathlib
import re
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def answer(listener: socket.socket, has_metrics: bool) -> None:
    """Answers every request alike, but for the figures in it, and closes where the request asks for that."""
    numbers = itertools.count()
    listener.setblocking(False)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections: dict[int, socket.socket] = {}
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                try:
                    while True:
                        connection, _ = listener.accept()
                        connection.setblocking(False)
                        connections[connection.fileno()] = connection
                        poll.register(connection, select.EPOLLIN)
                except BlockingIOError:
                    continue
            connection = connections[number]
            try:
                request = connection.recv(4096)
            except ConnectionError:
                request = b""
            keeps = b"connection: close" not in request.lower()
            if request:
                figure = next(numbers) % 100
                health = {
                    "status": "healthy", "version": "1.0.0",
                    "checks": {"database": {"status": "healthy", "responseTime": figure},
                               "memory": {"status": "healthy", "used": 45.2, "percentage": figure}},
                }
                if has_metrics:
                    health["metrics"] = {"cpu": figure, "requests": next(numbers)}
                body = json.dumps(health)
                close = "" if keeps else "Connection: close\r\n"
                connection.send(
                    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{close}\r\n{body}".encode()
                )
            if not request or not keeps:
                poll.unregister(connection)
                connection.close()
                del connections[number]


class Server:
    """The server under test, its administrative API, and what the kernel says of it."""

    def __init__(self, folder: pathlib.Path) -> None:
        binary = ROOT / ".build" / "release" / "switchboard"
        if not binary.exists():
            raise SystemExit("monitor: build it first: make build")
        self.key = secrets.token_hex(16)
        self.port = free_port()
        ports = {name: str(free_port()) for name in ("ORION_PORT", "ORION_GATEWAY_PORT", "ORION_NOTIFICATIONS_PORT")}
        command = [str(binary), "serve", str(ROOT / "Contracts" / "orion.yaml"), "--data", str(folder / "data")]
        if (os.cpu_count() or 1) > 1 and shutil.which("taskset"):
            command = ["taskset", "-c", "0", *command]
        environment = os.environ | ports | {"SWITCHBOARD_API_KEY": self.key, "SWITCHBOARD_ADMIN_PORT": str(self.port)}
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port)
                if self.ask("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"monitor: the server did not start; see {folder / 'server.log'}")

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        self.connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def metric(self, pattern: str) -> float:
        page = self.ask("GET", "/metrics")[1]
        return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if re.match(pattern, line))

    @property
    def seconds(self) -> float:
        """Processor time, of the kernel and of the program."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def resident(self) -> int:
        """Bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024  # type: ignore[index]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def main() -> None:
    arguments = argparse.ArgumentParser(description="What watching services costs.")
    arguments.add_argument("--services", type=int, default=10_000)
    arguments.add_argument("--every", type=int, default=10, help="seconds between two questions to a service")
    arguments.add_argument("--seconds", type=int, default=60, help="how long to count")
    arguments.add_argument("--metrics", action="store_true", help="answers have metrics, which change each time")
    arguments.add_argument("--profile", help="a file for perf's record of 20 seconds")
    options = arguments.parse_args()

    # Each service has an address of its own in the loopback's network, as services have hosts of their own.
    listener = socket.create_server(("0.0.0.0", 0), backlog=4096)
    services = multiprocessing.Process(target=answer, args=(listener, options.metrics), daemon=True)
    services.start()
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(services.pid or 0, range(1, os.cpu_count() or 1))
    port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder))
        before = server.resident
        for number in range(options.services):
            status, text = server.ask(
                "PUT", f"/v1/platforms/orion/services/service-{number}",
                {"url": f"http://127.1.{number // 250}.{number % 250 + 1}:{port}", "health": "/health", "version": "1.0.0", "every": options.every},
            )
            assert status == 200, text
        asked = server.metric("switchboard_monitor_polls_total")
        while server.metric("switchboard_monitor_polls_total") < asked + 2 * options.services:
            time.sleep(1)
        if options.profile:
            subprocess.run(["perf", "record", "-q", "-F", "499", "-g", "-o", options.profile, "-p", str(server.process.pid),
                            "--", "sleep", "20"], check=True)
        polls, used, started = server.metric("switchboard_monitor_polls_total"), server.seconds, time.monotonic()
        time.sleep(options.seconds)
        used, passed = server.seconds - used, time.monotonic() - started
        polls = server.metric("switchboard_monitor_polls_total") - polls
        failed = server.metric(r'switchboard_monitor_polls_total\{.*outcome="(?!answered)')
        print(f"services            {options.services}, every {options.every} s")
        print(f"questions           {polls:.0f} in {passed:.1f} s; {failed:.0f} went wrong since the start")
        print(f"processor           {100 * used / passed:.1f} % of one core, {1e6 * used / polls:.0f} us a question")
        print(f"memory of a service {(server.resident - before) / options.services:.0f} bytes")
        server.stop()
    services.kill()


if __name__ == "__main__":
    main()
