# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What clients may have too much of: connections, attempts, messages, publications, silence. Others never notice."""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from harness.client import Client
from harness.contracts import derived
from harness.payloads import did
from harness.server import Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement

Serve = Callable[..., Server]


def limited(serve: Serve, folder: pathlib.Path, limits: dict[str, Any], **errors: Any) -> Server:
    """A server of Rangkai's contract with these limits and error rules."""

    def change(contract: dict[str, Any]) -> None:
        contract["limits"] |= limits
        contract["errors"] |= errors

    return serve(derived(folder, change))


def count(server: Server, limit: str) -> int:
    """How often a limit was met, as the metrics tell."""
    for line in server.admin.metrics().splitlines():
        if line.startswith("switchboard_limited_total{") and f'limit="{limit}"' in line:
            return int(float(line.rsplit(" ", 1)[1]))
    raise AssertionError(f"no figure for {limit}")


def assert_served(client: Client) -> None:
    """The client still gets its answers, and nothing else came before them."""
    assert client.ping()["type"] == "pong"


def frames_until_close(client: Client) -> tuple[list[str], int, str]:
    """Everything until the connection ends, with its code and reason."""
    frames: list[str] = []
    try:
        while True:
            frames.append(str(client.socket.recv(timeout=20)))
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return frames, closed.rcvd.code, closed.rcvd.reason


@requirement("PAY-055")
def test_the_hundredth_message_is_served_and_the_next_closes(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(
        serve, tmp_path, {"messages": "100/min per connection"},
        tooManyMessages={"message": "Rate limit exceeded", "close": 4008},
    )  # fmt: skip
    user = did()
    with server.connect(did()) as other, server.connect(user) as same, server.connect(user) as flooder:
        for _ in range(300):
            try:
                flooder.send({"type": "ping"})
            except ConnectionClosed:
                break
        frames, code, reason = frames_until_close(flooder)
        assert sum('"pong"' in frame for frame in frames) == 100
        assert len(frames) <= 101
        assert (code, reason) == (4008, "Rate limit exceeded")
        assert_served(other)
        assert_served(same)


@requirement("PAY-D20")
def test_a_count_over_the_lifetime_begins_anew_with_the_next_connection(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(serve, tmp_path, {"messages": "3 per connection"}, tooManyMessages={"close": 4008})
    user = did()
    for _ in range(2):
        with server.connect(user) as client:
            for _ in range(3):
                assert_served(client)
            client.send({"type": "ping"})
            assert frames_until_close(client)[1] == 4008


@requirement("BULK-026", "BULK-030")
def test_messages_of_a_user_count_together_and_one_more_closes(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(
        serve, tmp_path, {"messages": "20/min per user"}, tooManyMessages={"message": "Too many", "close": 4002}
    )
    user = did()
    with server.connect(did()) as other, server.connect(user) as first, server.connect(user) as second:
        for _ in range(10):
            assert_served(first)
            assert_served(second)
        second.send({"type": "ping"})
        frames, code, reason = frames_until_close(second)
        assert len(frames) == 1 and '"Too many"' in frames[0]
        assert (code, reason) == (4002, "Too many")
        assert_served(other)


@requirement("BULK-026")
def test_messages_that_are_delayed_are_all_served_in_order(serve: Serve, tmp_path: pathlib.Path) -> None:
    messages = {"rate": "10/s per user", "exceeded": "delay"}
    server = limited(serve, tmp_path, {"messages": messages, "subscriptions": "1000/s per connection"})
    user = did()
    with server.connect(did()) as other, server.connect(user) as client:
        start = time.monotonic()
        for number in range(40):
            client.send({"type": "subscribe", "channel": f"nothing-{number}"})
        assert_served(other)
        for number in range(40):
            assert client.receive()["message"].endswith(f"nothing-{number}")
        assert time.monotonic() - start >= 2
        assert count(server, "delays") > 0


@requirement("BULK-025")
def test_one_connection_too_many_is_refused_until_another_has_gone(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(
        serve, tmp_path, {"connections": ["100 per user"]},
        tooManyConnections={"message": "Too many connections", "close": 4002},
    )  # fmt: skip
    user = did()
    clients = [server.connect(user) for _ in range(100)]
    with server.open(token(user)) as refused:
        assert refused.receive() == {"type": "error", "message": "Too many connections"}
        refused.expect_close(4002, "Too many connections")
    with server.connect(did()) as other:
        assert_served(other)
    assert all(client.ping()["type"] == "pong" for client in clients)
    clients.pop().close()
    eventually(lambda: len(server.admin.connections(user)) == 99, what="one to be gone")
    clients.append(server.connect(user))
    assert count(server, "connections") == 1
    for client in clients:
        client.close()


def test_a_place_comes_back_however_a_connection_ends(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(serve, tmp_path, {"connections": ["1 per user", "3 per address"]})
    user = did()
    for end in ("close", "cut", "operator", "violation"):
        with eventually(lambda: welcomed(server, user), what=f"a place before {end}") as client:
            if end == "cut":
                client.socket.socket.close()
            elif end == "operator":
                server.admin.disconnect_user(user)
            elif end == "violation":
                client.socket.socket.sendall(b"\xff\xff\xff\xff")
    eventually(lambda: not server.admin.connections(), what="all to be gone")
    clients = [eventually(lambda: welcomed(server, did()), what="a place") for _ in range(3)]
    assert welcomed(server, did()) is None
    for client in clients:
        client.close()


def welcomed(server: Server, user: str) -> Client | None:
    client = server.open(token(user))
    if client.receive()["type"] == "connected":
        return client
    client.close()
    return None


def test_attempts_of_an_address_are_limited_before_tokens_are_looked_at(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(
        serve, tmp_path, {"attempts": "5/min per address"},
        tooManyAttempts={"message": "Slow down", "close": 4003},
    )  # fmt: skip
    with server.connect(did()) as client:
        for _ in range(4):
            with server.open(None) as nobody:
                nobody.receive()
        with server.open(token(did())) as refused:
            assert refused.receive() == {"type": "error", "message": "Slow down"}
            refused.expect_close(4003, "Slow down")
        assert_served(client)


@requirement("BULK-027")
def test_who_exceeded_a_limit_waits_before_the_next_connection(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(
        serve, tmp_path, {"messages": "5/min per connection", "throttle": {"from": "1s", "to": "2s"}}
    )
    user = did()
    with server.connect(user) as client:
        for _ in range(6):
            client.ping()
        for wait in (1, 2, 2):
            start = time.monotonic()
            server.connect(user).close()
            assert wait - 0.1 <= time.monotonic() - start < wait + 5
        start = time.monotonic()
        server.connect(did()).close()
        assert time.monotonic() - start < 1
    assert count(server, "throttled") == 3


@requirement("BULK-029")
def test_invalid_messages_are_told_and_too_many_end_the_connection(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(serve, tmp_path, {"invalidMessages": "10/min"})
    with server.connect(did()) as other, server.connect(did()) as client:
        for number in range(10):
            client.send_text(["{", "[]", "null", '{"type":"dance"}', b"\x00"][number % 5])
            assert client.receive()["type"] == "error"
        client.send_text("{")
        frames, code, _ = frames_until_close(client)
        assert len(frames) == 1
        assert code == 1008
        assert_served(other)


def test_a_silent_connection_ends_and_one_that_speaks_stays(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(serve, tmp_path, {"idle": "3s"})
    with server.connect(did()) as silent, server.connect(did()) as speaking:
        start = time.monotonic()
        while len(server.admin.connections()) == 2:
            assert_served(speaking)
            assert time.monotonic() - start < 20
            time.sleep(0.3)
        assert time.monotonic() - start >= 2.5
        assert frames_until_close(silent)[1] == 1000
        assert_served(speaking)


def test_a_connection_ends_when_its_lifetime_is_over(serve: Serve, tmp_path: pathlib.Path) -> None:
    server = limited(serve, tmp_path, {"lifetime": "3s"})
    with server.connect(did()) as client:
        start = time.monotonic()
        assert_served(client)
        frames, code, _ = frames_until_close(client)
        assert len(frames) == 1 and code == 1000
        assert 2.5 <= time.monotonic() - start < 20
    server.connect(did()).close()


def test_publications_of_clients_are_limited(serve: Serve, tmp_path: pathlib.Path) -> None:
    def change(contract: dict[str, Any]) -> None:
        contract["limits"] |= {"publish": ["5/min per user", "8/min per channel"]}
        contract["channels"]["talk:{room}"] = {"subscribe": "everyone", "clientPublish": "everyone"}
        data = {"properties": {"room": {"type": "string"}}, "required": ["room"]}
        contract["events"]["said"] = {"to": ["talk:{room}"], "data": data}
        contract["commands"]["say"] = {
            "does": "publish",
            "event": "said",
            "data": {"room": "{args.room}"},
            "channels": ["talk:{args.room}"],
        }

    server = serve(derived(tmp_path, change))
    with server.connect(did()) as listener, server.connect(did()) as first, server.connect(did()) as second:
        listener.subscribe("talk:1")
        for _ in range(6):
            first.send({"type": "say", "room": "1"})
        # The second's turn comes when the first's is over: who of two at once fills the channel's eight is open.
        assert first.receive() == {"type": "error", "message": "Rate limit exceeded"}
        for _ in range(6):
            second.send({"type": "say", "room": "1"})
        assert [listener.receive()["event"] for _ in range(8)] == ["said"] * 8
        for _ in range(3):
            assert second.receive() == {"type": "error", "message": "Rate limit exceeded"}
        listener.expect_silence()
        assert count(server, "publishes") == 4
