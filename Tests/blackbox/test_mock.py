# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`serve --mock`: every shipped platform has something to see, and prints a line that shows it."""

import pathlib
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from harness.bulkbuyer import BULKBUYER, TYPES, BulkBuyer, check
from harness.orion import ORION
from harness.paychain import PAYCHAIN, PayChain
from harness.ports import free_port
from harness.rooms import ROOMS
from harness.server import RANGKAI, ROOT, Server
from harness.waiting import DEADLINE, eventually


@pytest.fixture(scope="module")
def mocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped contracts in one process, as `make run` serves them."""
    server = Server(
        tmp_path_factory.mktemp("data"), BULKBUYER, ORION, PAYCHAIN, RANGKAI, ROOMS, name="mocked",
        arguments=("--mock",),
        PAYCHAIN_PORT=str(free_port()), PAYCHAIN_INTERNAL_PORT=str(free_port()), BULKBUYER_PORT=str(free_port()),
        ROOMS_PORT=str(free_port()), ROOMS_APPS="apps/rooms.yaml", ORION_PORT=str(free_port()), ORION_GATEWAY_PORT=str(free_port()),
        ORION_NOTIFICATIONS_PORT=str(free_port()),
    ).start()
    yield server
    server.stop()


def invitations(server: Server) -> dict[str, str]:
    """The line to paste of each platform, by the title of the platform."""
    lines = eventually(lambda: "\nready" in server.log and server.log.splitlines(), what="the end of the report")
    found: dict[str, str] = {}
    title = ""
    for line in lines:
        if line.startswith("A mock backend publishes an event of "):
            title = line.removeprefix("A mock backend publishes an event of ").split(" each second")[0]
        elif " listen " in line and title:
            found[title] = line.strip()
    return found


def first_lines(command: str, count: int) -> list[str]:
    """What the pasted command prints first, in a terminal that has none of the server's variables."""
    process = subprocess.Popen(shlex.split(command), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        return [process.stdout.readline() for _ in range(count)]
    finally:
        process.kill()
        process.wait(DEADLINE)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PayChain events", '"job_created"'),
        ("Bulk Buyer Group notifications", '"SYSTEM_NOTIFICATION"'),
        ("Rangkai protocol events", '"order.paid"'),
        ("ORION events", '"health:update"'),
        ("ORION events", '"notification:delivered"'),
        ("Room platform events", '"winner:selected"'),
        ("Room platform events", '"notification:received"'),
        ("Room platform events", '"lottery:draw_started"'),
    ],
)
def test_the_printed_line_shows_a_platform_s_events(mocked: Server, title: str, expected: str) -> None:
    command = invitations(mocked)[title]
    process = subprocess.Popen(shlex.split(command), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        # The examples come round within a minute at most.
        for _, line in zip(range(200), process.stdout):
            if expected in line:
                return
        raise AssertionError(f"{expected} did not come")
    finally:
        process.kill()
        process.wait(DEADLINE)


def test_a_mocked_bulk_buyer_gets_every_type(tmp_path: pathlib.Path) -> None:
    server = BulkBuyer(tmp_path / "data", arguments=("--mock",)).start()
    try:
        session = server.session("alice")
        with server.attempt(session) as client:
            heard: set[str] = set()
            while heard != set(TYPES):
                heard.add(check(client.receive())["type"])
    finally:
        server.stop()


def test_signed_sessions_are_printed_signed(tmp_path: pathlib.Path) -> None:
    server = BulkBuyer(
        tmp_path / "data", arguments=("--mock",), BULKBUYER_SESSION_SECRET="a secret for cookies, long enough to be one"
    ).start()
    try:
        line = invitations(server)["Bulk Buyer Group notifications"]
        assert "session=s:" in line
        assert first_lines(line, 1)[0].startswith('{"type":')
    finally:
        server.stop()


@pytest.mark.parametrize("auth", ["none", "required"])
def test_a_mocked_paychain_shows_its_events(auth: str, tmp_path: pathlib.Path) -> None:
    server = PayChain(tmp_path / "data", auth=auth, arguments=("--mock",)).start()
    try:
        client: Any = server.guest() if auth == "none" else server.user("7", user_type="employer")
        expected = {"job_created", "job_refunded", "announcement"}
        if auth == "required":
            expected |= {"user_logged_in", "chat_message", "payment_confirmed", "job_status_changed", "typing"}
        heard: set[str] = set()
        while not expected <= heard:
            heard.add(client.receive()["type"])
        client.close()
    finally:
        server.stop()
