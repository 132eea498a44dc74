# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: the ping message, and the server's own pings by which it finds dead peers."""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness import raw
from harness.client import is_timestamp
from harness.contracts import derived
from harness.payloads import did
from harness.server import Server
from harness.waiting import eventually

requirement = pytest.mark.requirement


def quick(document: dict[str, Any]) -> None:
    # The timeout leaves a stock client the time to answer on a machine that is busy with other tests.
    document["heartbeat"] = {"every": "3s", "timeout": "2s"}


@requirement("RNG-049")
def test_ping_is_answered_with_exactly_pong_and_a_timestamp(rangkai: Server) -> None:
    with rangkai.connect(did()) as client:
        pong = client.ask({"type": "ping"})
        assert set(pong) == {"type", "timestamp"}
        assert pong["type"] == "pong"
        assert is_timestamp(pong["timestamp"])


@requirement("RNG-049")
def test_pings_with_more_fields_and_many_at_once_are_each_answered(rangkai: Server) -> None:
    with rangkai.connect(did()) as client:
        for number in range(500):
            client.send({"type": "ping", "number": number, "nested": {"a": [1, 2, 3]}})
        assert {client.receive()["type"] for _ in range(500)} == {"pong"}
        client.expect_silence()


@requirement("RNG-050", "RNG-051")
@pytest.mark.timeout(200)
def test_the_shipped_contract_pings_every_thirty_seconds_and_who_answers_stays(rangkai: Server) -> None:
    with rangkai.raw_websocket(did(), timeout=60) as connection:
        moments = []
        while len(moments) < 3:
            frame = connection.read_frame()
            assert frame.opcode == raw.PING
            moments.append(time.monotonic())
            connection.send_frame(raw.PONG, frame.payload)
        gaps = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
        assert all(27 <= gap <= 33 for gap in gaps), gaps
        connection.send_frame(raw.TEXT, b'{"type":"ping"}')
        assert '"pong"' in connection.read_text()


@requirement("RNG-051")
def test_a_client_that_answers_no_ping_is_dropped_with_its_subscriptions(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(derived(tmp_path, quick))
    user = did()
    start = time.monotonic()
    with server.raw_websocket(user) as silent, server.connect(did()) as answering:
        silent.send_frame(raw.TEXT, f'{{"type":"subscribe","channel":"user:{user}"}}'.encode())
        assert '"subscribed"' in silent.read_text()
        silent.wait_for_end()
        assert time.monotonic() - start >= 1.9
        eventually(lambda: f"user:{user}" not in server.admin.channels(), what="its subscription to end")
        assert server.admin.connections(user) == []
        # `websockets` answers pings by itself: this one has outlived the other and is still served.
        assert answering.ping()["type"] == "pong"


@requirement("RNG-051")
def test_a_client_that_answers_every_ping_stays(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(derived(tmp_path, quick))
    with server.raw_websocket(did()) as connection:
        for _ in range(3):
            frame = connection.read_frame()
            assert frame.opcode == raw.PING
            connection.send_frame(raw.PONG, frame.payload)
        connection.send_frame(raw.TEXT, b'{"type":"ping"}')
        assert '"pong"' in connection.read_text()


def test_a_ping_frame_of_the_client_is_answered_with_its_payload(rangkai: Server) -> None:
    with rangkai.raw_websocket(did()) as connection:
        for payload in (b"", b"x", b"p" * 125):
            connection.send_frame(raw.PING, payload)
            assert connection.read_frame() == raw.Frame(True, raw.PONG, payload)
