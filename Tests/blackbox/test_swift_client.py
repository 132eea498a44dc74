# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A program on the Swift client, and servers that are killed while it is away."""

import os
import pathlib
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from harness.paychain import PayChain
from harness.server import BINARIES, environment
from harness.waiting import DEADLINE, eventually


class JobWatch:
    """The example of this name, with what it has printed."""

    def __init__(self, address: str, output: pathlib.Path) -> None:
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [str(BINARIES / "JobWatch"), address], env=environment(), stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )

    @property
    def lines(self) -> list[str]:
        return self.output.read_text(encoding="utf-8").splitlines()

    @property
    def jobs(self) -> list[str]:
        return [line for line in self.lines if line.startswith("job ")]

    def expect(self, jobs: list[str]) -> None:
        eventually(lambda: len(self.jobs) >= len(jobs), what=f"{len(jobs)} jobs; there are {self.lines}")
        assert self.jobs == jobs

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)


@pytest.fixture
def watch(serve_paychain: Callable[..., PayChain], tmp_path: pathlib.Path) -> Iterator[tuple[PayChain, JobWatch]]:
    server = serve_paychain()
    program = JobWatch(server.url(None), tmp_path / "jobs.txt")
    eventually(lambda: "jobs" in server.admin.channels(), what="the subscription")
    yield server, program
    program.kill()


def announce(server: PayChain, *numbers: int) -> None:
    for number in numbers:
        server.broadcast("job_created", {"job_id": number, "title": f"Job {number}", "pay_amount_usd": 5}, channel="jobs")


def jobs(*numbers: int) -> list[str]:
    return [f"job {number}: Job {number}" for number in numbers]


def test_killed_servers_lose_nothing_and_double_nothing(watch: tuple[PayChain, JobWatch]) -> None:
    server, program = watch
    last = 1
    announce(server, last)
    program.expect(jobs(1))
    for _ in range(3):
        # It neither reads nor notices that the server has gone.
        program.process.send_signal(signal.SIGSTOP)
        announce(server, last + 1, last + 2)
        server.kill()
        server.start()
        announce(server, last + 3, last + 4)
        program.process.send_signal(signal.SIGCONT)
        last += 4
        program.expect(jobs(*range(1, last + 1)))
    announce(server, last + 1)
    program.expect(jobs(*range(1, last + 2)))


def test_a_server_that_ends_in_order_is_found_again(watch: tuple[PayChain, JobWatch]) -> None:
    server, program = watch
    announce(server, 1)
    program.expect(jobs(1))
    server.stop()
    eventually(lambda: any("trying again in" in line for line in program.lines), what="the program to notice")
    server.start()
    announce(server, 2)
    program.expect(jobs(1, 2))


def test_nothing_is_left_open_while_a_server_is_away(watch: tuple[PayChain, JobWatch]) -> None:
    server, program = watch
    files = pathlib.Path(f"/proc/{program.process.pid}/fd")
    before = len(os.listdir(files))
    server.kill()
    eventually(lambda: sum("trying again in" in line for line in program.lines) >= 3, what="three tries")
    eventually(lambda: len(os.listdir(files)) <= before, what="the sockets of the tries to be closed")
