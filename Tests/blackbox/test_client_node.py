# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The built JavaScript client in Node, with the package `ws` where Node has no WebSocket of its own."""

import pathlib
import subprocess
from collections.abc import Callable

import pytest

from harness.node import NODE_PATH, NodeProgram, needs_node
from harness.payloads import Deal
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import DEADLINE, eventually

requirement = pytest.mark.requirement
DIST = ROOT / "Clients" / "javascript" / "dist"

#: Ends by itself once nothing of the client is left: Node goes on as long as there is a timer or a socket.
PROGRAM = """
import { createRequire } from 'node:module';
import { connectRangkai } from '%(dist)s/rangkai.js';
const WebSocket = createRequire('%(modules)s/')('ws');
const connection = connectRangkai('%(url)s', '%(token)s', { WebSocket, schedule: { first: 50, jitter: 0 } });
connection.onState((state) => console.log(state));
connection.onError((fault) => console.log(fault.kind));
connection.on('order.shipped', (order) => console.log('shipped', order.orderNumber));
connection.on('announcement', ({ title }) => title === 'end' && connection.close());
connection.subscribe(['global', '%(channel)s']);
"""


def build() -> None:
    needs_node()
    built = subprocess.run(
        [str(ROOT / "scripts" / "build-client"), "--fast"], capture_output=True, text=True, timeout=120, check=False
    )
    if "esbuild is missing" in built.stderr:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    assert built.returncode == 0, built.stdout + built.stderr


@requirement("RNG-056", "RNG-061")
def test_a_program_comes_back_and_ends_when_it_closes_its_connection(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    build()
    server, deal = serve(), Deal()
    server.admin.publish("order.created", deal.created())
    program = tmp_path / "program.mjs"
    program.write_text(
        PROGRAM
        % {
            "dist": DIST.as_uri(), "modules": NODE_PATH, "url": server.url(None), "token": token(deal.buyer),
            "channel": deal.order_channel,
        }
    )

    def subscribed() -> None:
        eventually(lambda: server.admin.channels().get(deal.order_channel) == 1, what="the subscription")

    with NodeProgram(program) as node:
        subscribed()
        server.admin.publish("order.shipped", deal.shipped())
        node.wait_for_line("shipped ORD-2025-001")
        server.kill()
        node.wait_for_line("waiting")
        server.start()
        subscribed()
        server.admin.publish("order.shipped", deal.shipped())
        node.wait_for_line("shipped ORD-2025-001", times=2)
        server.admin.publish("announcement", {"title": "end"})
        assert node.process.wait(DEADLINE) == 0
    assert node.lines[-1] == "closed" and set(node.lines) <= {
        "connecting", "open", "waiting", "closed", "connection", "shipped ORD-2025-001",
    }, node.lines
    eventually(lambda: not server.admin.connections(), what="the end of the connection on the server")
