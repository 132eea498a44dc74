# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""docs/guide.md: its samples run as they are printed, against the shipped contracts."""

import json
import os
import pathlib
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from harness.javascript import FOLDER, PACKAGE, client_file
from harness.node import NODE_PATH, NodeProgram, needs_node
from harness.payloads import Deal
from harness.rooms import PRINTED_ROOM, TIME, Rooms, participant, unique
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
#: The samples by the names of their files, as they are printed.
SAMPLES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))

#: Node 20 has no WebSocket of its own.
PRELUDE = "globalThis.WebSocket ??= require('ws');\n"
#: The stock client as a module of Node.
CLIENT = """
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
Object.assign(globalThis, require(%r));
export const { io, Manager, Socket, protocol } = require(%r);
"""


def started(name: str, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> NodeProgram:
    """A sample, running in a folder where both packages are installed."""
    needs_node()
    modules = folder / "node_modules"
    (modules / "socket.io-client").mkdir(parents=True)
    (modules / "switchboard-client").symlink_to(PACKAGE)
    package = modules / "socket.io-client"
    (package / "package.json").write_text(json.dumps({"name": "socket.io-client", "type": "module", "exports": "./index.js"}))
    (package / "index.js").write_text(CLIENT % (str(FOLDER / "page.js"), str(client_file("4.8.1"))))
    (folder / "prelude.cjs").write_text(PRELUDE)
    (folder / name).write_text(SAMPLES[name], encoding="utf-8")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    # The package is linked, and finds the stock client as if it were installed beside it.
    monkeypatch.setenv("NODE_OPTIONS", f"--require {folder / 'prelude.cjs'} --preserve-symlinks")
    return NodeProgram(folder / name)


def test_the_guide_has_the_samples_that_are_run_here() -> None:
    assert set(SAMPLES) == {"orders.mjs", "room.mjs"}
    for subject in ["Authenticate", "Refresh", "Recover", "Presence", "Notifications", "Errors", "Limits", "Behind a gateway", "Test"]:
        assert f"\n## {subject}\n" in GUIDE, subject


@requirement("ORI-D23")
def test_the_sample_of_a_plain_platform_runs(
    client_package: None, rangkai: Server, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    order = deal.created()["orderId"]
    address = f"ws://127.0.0.1:{rangkai.port}/ws"
    with started(
        "orders.mjs", tmp_path, monkeypatch, RANGKAI_URL=address, TOKEN=token(deal.buyer), ORDER=order
    ) as program:
        program.wait_for_line("state open")
        program.wait_for_line("fault server Not authorized to subscribe to: order:of-somebody-else")
        eventually(lambda: deal.order_channel in rangkai.admin.channels(), what="the subscription")
        rangkai.admin.publish("order.paid", deal.paid())
        program.wait_for_line(f"paid {order}")
        program.wait_for_line("state closed")
        assert program.process.wait(20) == 0


@requirement("ORI-D23")
def test_the_sample_of_a_socketio_platform_runs(
    client_package: None, serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve_rooms()
    user = unique("usr")
    server.admin.publish(
        "room:created",
        {"roomId": PRINTED_ROOM, "room": {"id": PRINTED_ROOM, "name": "New Year", "status": "active", "ownerId": user}, "timestamp": TIME},
    )
    made = server.admin.http.post("/v1/platforms/rooms/tokens", json={"user": user})
    assert made.status_code == 201, made.text
    tokens: dict[str, Any] = made.json()
    # The first token expires while the client is connected; those that follow do not.
    with started(
        "room.mjs", tmp_path, monkeypatch, ROOMS_URL=server.address, ACCESS_TOKEN=token(user, expires_in=5),
        REFRESH_TOKEN=tokens["refreshToken"],
    ) as program:
        program.wait_for_line("in New Year")
        program.wait_for_line(f"online {user}")
        program.wait_for_line("refreshed")
        program.wait_for_line("in New Year", times=2)
        other = unique("usr")
        server.admin.publish(
            "participant:joined", {"roomId": PRINTED_ROOM, "participant": participant(other), "timestamp": TIME}
        )
        program.wait_for_line(f"joined {other}")
        server.admin.publish(
            "notification:received",
            {
                "id": unique("notif"), "type": "hello", "title": "Hello", "message": "Hello", "data": {}, "read": False,
                "createdAt": TIME,
            },
            to=[f"user:{user}"],
        )
        program.wait_for_line("notification Hello")
        assert program.process.wait(20) == 0
    fetched = subprocess.run(
        ["bash", "-c", re.search(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)[1]], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "ROOMS_URL": server.address, "ACCESS_TOKEN": token(user), "no_proxy": "*"},
    )
    kept = json.loads(fetched.stdout)
    assert [(one["title"], one["read"]) for one in kept] == [("Hello", True)]


def test_links_of_the_guide_lead_somewhere() -> None:
    headings = {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)}
    for link in re.findall(r"\]\(([^)]+)\)", GUIDE):
        if link.startswith("#"):
            assert link[1:] in headings, link
        else:
            assert (ROOT / "docs" / link).exists(), link
