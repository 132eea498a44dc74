# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Clients that do not read, on channels that leave frames out for them instead of closing them."""

import json
import pathlib
from collections.abc import Callable
from typing import Any

from harness.contracts import derived
from harness.payloads import did
from harness.raw import CLOSE, TEXT, RawSocket
from harness.server import Server

#: With the padding more than the kernel keeps for a client that does not read.
COUNT = 300
PADDING = "x" * 60_000


def slow_contract(folder: pathlib.Path, policy: Any) -> pathlib.Path:
    def change(document: dict[str, Any]) -> None:
        document["channels"]["global"]["slow"] = policy
        document["limits"] = document.get("limits", {}) | {"queue": "256KiB"}
        document["frames"]["lost"] = {"type": "lost", "count": "{lost.count}"}

    return derived(folder, change)


def stalled(server: Server) -> RawSocket:
    client = server.raw_websocket(did(), receive_buffer=8192)
    client.send_frame(TEXT, b'{"type":"subscribe","channel":"global"}')
    assert "subscribed" in client.read_text()
    return client


def publish(server: Server) -> None:
    for number in range(COUNT):
        data = {"number": number, "truck": number % 3, "text": PADDING}
        server.admin.publish("announcement", data, to=["global"])


def read_to(client: RawSocket, last: int) -> tuple[list[int], int]:
    """The numbers of the announcements up to this one, and how many were told lost until a ping is answered behind them."""
    numbers, lost = [], 0
    while not numbers or numbers[-1] != last:
        message = json.loads(client.read_text())
        if message.get("type") == "lost":
            lost += message["count"]
        else:
            numbers.append(message["data"]["number"])
    client.send_frame(TEXT, b'{"type":"subscribe","channel":"global"}')
    while (message := json.loads(client.read_text())).get("type") == "lost":
        lost += message["count"]
    assert "subscribed" in json.dumps(message)
    return numbers, lost


def test_the_oldest_are_dropped_and_the_client_is_told_how_many(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(slow_contract(tmp_path, "dropOldest"))
    client = stalled(server)
    publish(server)
    numbers, lost = read_to(client, COUNT - 1)
    assert numbers == sorted(set(numbers))
    assert lost == COUNT - len(numbers) > 0
    assert f"switchboard_frames_dropped_total {lost}" in server.admin.metrics()


def test_of_each_truck_the_newest_comes_through_and_nothing_else_is_missing(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(slow_contract(tmp_path, {"conflate": "{truck}"}))
    client = stalled(server)
    publish(server)
    numbers, lost = read_to(client, COUNT - 1)
    assert lost == 0
    assert numbers == sorted(set(numbers)) and len(numbers) < COUNT
    assert numbers[-3:] == [COUNT - 3, COUNT - 2, COUNT - 1]


def test_without_such_a_rule_the_client_is_closed(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(slow_contract(tmp_path, "close"))
    client = stalled(server)
    publish(server)
    while (frame := client.read_frame()).opcode != CLOSE:
        assert json.loads(frame.payload)["event"] == "announcement"
    assert int.from_bytes(frame.payload[:2], "big") == 3008
