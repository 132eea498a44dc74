# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: the printed programs and commands, run as they are printed on the documented port."""

import os
import pathlib
import pty
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from harness.node import NODE_PATH, NodeProgram, needs_node
from harness.payloads import Deal
from harness.ports import documented_ports, free_port
from harness.server import BINARIES, ROOT, Server
from harness.tokens import token
from harness.waiting import DEADLINE, eventually

requirement = pytest.mark.requirement
DOCUMENTS = pathlib.Path(__file__).parent / "documents"
DOCUMENTED_PORT = 3000


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Rangkai on its documented port by the contract's own default; on another where 3000 is taken."""
    with documented_ports(DOCUMENTED_PORT) as free:
        port = DOCUMENTED_PORT if free else free_port()
        server = Server(tmp_path_factory.mktemp("data"), name="documented", port=port)
        if free:
            del server.environment["RANGKAI_PORT"]
        server.start()
        yield server
        server.stop()


def printed(name: str, server: Server, **placeholders: str) -> str:
    """A printed program with its placeholders filled in, and the port where it must be."""
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    for placeholder, value in placeholders.items():
        assert placeholder in text, f"{name} has no {placeholder}"
        text = text.replace(placeholder, value)
    if server.port != DOCUMENTED_PORT:
        text = text.replace(f"localhost:{DOCUMENTED_PORT}", f"localhost:{server.port}")
    return text


@requirement("RNG-001")
def test_the_documented_port_is_the_default(documented: Server) -> None:
    if documented.port != DOCUMENTED_PORT:
        pytest.skip(f"port {DOCUMENTED_PORT} is taken on this machine")
    assert "RANGKAI_PORT" not in documented.environment
    with documented.connect("did:rangkai:default") as client:
        assert client.ping()["type"] == "pong"


@requirement("RNG-003")
def test_the_printed_line_connects(documented: Server, tmp_path: pathlib.Path) -> None:
    needs_node()
    line = printed("rangkai-connect.js", documented, YOUR_JWT_TOKEN=token("did:rangkai:printed"))
    program = tmp_path / "connect.js"
    # `WebSocket` is the free name of the line; what it receives is shown by the line after it.
    program.write_text(
        f"const WebSocket = require('ws');\n{line}"
        "ws.on('message', (data) => console.log('received', JSON.parse(data).type, JSON.parse(data).userId));\n"
    )
    with NodeProgram(program) as running:
        running.wait_for_line("received connected did:rangkai:printed")


@requirement("RNG-052", "RNG-002")
def test_the_printed_node_program_prints_what_it_should(documented: Server, tmp_path: pathlib.Path) -> None:
    needs_node()
    deal = Deal()
    documented.admin.publish("order.created", deal.created())
    program = tmp_path / "program.js"
    program.write_text(
        printed(
            "rangkai-node.js", documented, YOUR_JWT_TOKEN=token(deal.buyer),
            YOUR_DID=deal.buyer.removeprefix("did:rangkai:"), ORDER_ID=deal.order,
        )
    )
    with NodeProgram(program) as running:
        running.wait_for_line("Connected to WebSocket")
        running.wait_for_line(f"Subscribed to user:{deal.buyer}")
        running.wait_for_line(f"Subscribed to {deal.order_channel}")
        documented.admin.publish("order.shipped", deal.shipped())
        running.wait_for_line("Order ORD-2025-001 shipped!")
        running.wait_for_start("Event: order.shipped")
        documented.admin.publish("dispute.filed", deal.dispute_filed())
        running.wait_for_line(f"Dispute filed on order {deal.order}")
        running.wait_for_start("Event: dispute.filed")
        (connection,) = documented.admin.connections(deal.buyer)
        assert documented.admin.disconnect(connection["id"]).status_code == 204
        running.wait_for_start("Connection closed: 1000 - ")
        # One copy of each event, although both channels carry it.
        assert running.lines.count("Order ORD-2025-001 shipped!") == 1
        assert sum(line.startswith("Event: ") for line in running.lines) == 2


@requirement("RNG-052", "RNG-009")
def test_the_printed_node_program_says_why_a_bad_token_is_refused(documented: Server, tmp_path: pathlib.Path) -> None:
    needs_node()
    program = tmp_path / "program.js"
    program.write_text(printed("rangkai-node.js", documented))  # YOUR_JWT_TOKEN stays what it is: garbage
    with NodeProgram(program) as running:
        running.wait_for_line("Connection closed: 4001 - Authentication required")


@requirement("RNG-055")
def test_the_printed_wscat_session_subscribes_and_pings(documented: Server) -> None:
    if shutil.which("wscat") is None:
        pytest.skip("wscat is not installed (Debian: node-ws)")
    user = "did:rangkai:wscat"
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        ["wscat", "-c", f"ws://localhost:{documented.port}/ws?token={token(user)}"],
        stdin=terminal, stdout=terminal, stderr=terminal, env=os.environ | {"TERM": "dumb", "NODE_PATH": NODE_PATH},
        start_new_session=True,
    )
    os.close(terminal)
    os.set_blocking(screen, False)
    shown = b""

    def shows(text: str) -> bool:
        nonlocal shown
        try:
            shown += os.read(screen, 65536)
        except (BlockingIOError, OSError):
            pass
        return text.encode() in shown

    try:
        eventually(lambda: shows('"connected"'), what="wscat to show the welcome")
        os.write(screen, f'{{"type":"subscribe","channel":"user:{user}"}}\n'.encode())
        eventually(lambda: shows('"subscribed"'), what="wscat to show the subscription")
        os.write(screen, b'{"type":"ping"}\n')
        eventually(lambda: shows('"pong"'), what="wscat to show the pong")
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@requirement("RNG-054")
@pytest.mark.timeout(200)
def test_npm_run_test_websocket_passes_with_at_least_six_tests() -> None:
    needs_node()
    environment = os.environ | {"NODE_PATH": NODE_PATH, "SWITCHBOARD_BIN_DIR": str(BINARIES)}
    if shutil.which("npm"):
        command = ["npm", "run", "--silent", "test:websocket"]
    else:  # Debian's npm brings 400 packages; the script of package.json is run without it
        command = ["node", "--test", "Tests/blackbox/websocket.test.js"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=DEADLINE * 8, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    totals = dict(re.findall(r"^[#ℹ] (pass|fail) (\d+)$", done.stdout, re.MULTILINE))
    assert int(totals["pass"]) >= 6, done.stdout
    assert int(totals["fail"]) == 0, done.stdout
