# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION: what a user and a connection may do, and how long a connection lasts, with python-socketio."""

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from harness.contracts import derived
from harness.orion import ORION, Orion, check_error, fresh_user, from_fresh_address
from harness.stock import SocketIOClient
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement


def refusal(orion: Orion, user: str, port: int) -> dict[str, Any]:
    """Tries to connect as a user who must be refused."""
    with SocketIOClient(orion.address(port), auth={"token": token(user)}, must_connect=False) as client:
        return client.expect("connect_error")[0]


@requirement("ORI-042", "ORI-041", "ORI-D17")
def test_the_sixth_attempt_within_a_minute_is_refused(orion: Orion) -> None:
    user = fresh_user()
    for _ in range(5):
        orion.user(user).close()
    error = refusal(orion, user, orion.gateway_port)
    assert error["message"] == "rate limit exceeded" and error["data"]["code"] == "RATE_LIMIT"
    assert 1 <= error["data"]["retryAfter"] <= 120
    orion.user()


@requirement("ORI-042", "ORI-D17")
def test_bad_tokens_are_counted_by_address_and_hold_back_no_others(orion: Orion) -> None:
    here, elsewhere = from_fresh_address(), from_fresh_address()

    def attempt(headers: dict[str, str], credentials: str = "garbage") -> Any:
        with SocketIOClient(
            orion.address(orion.port), auth={"token": credentials}, headers=headers, must_connect=False
        ) as client:
            return None if client.sio.connected else client.expect("connect_error")[0]

    assert [attempt(here)["message"] for _ in range(5)] == ["invalid token"] * 5
    error = attempt(here)
    assert error["message"] == "rate limit exceeded" and error["data"]["code"] == "RATE_LIMIT"
    assert 1 <= error["data"]["retryAfter"] <= 120
    assert attempt(elsewhere)["message"] == "invalid token"
    assert attempt(here, token(fresh_user())) is None


@requirement("ORI-045", "ORI-D18")
def test_five_connections_of_a_user_over_all_ports(serve_orion: Callable[..., Orion], tmp_path: pathlib.Path) -> None:
    # Six connections are more attempts than a minute has.
    orion = serve_orion(derived(tmp_path, lambda document: document["limits"].pop("attempts"), source=ORION))
    user = fresh_user()
    ports = [orion.port, orion.gateway_port, orion.notifications_port, orion.port]
    clients = [orion.user(user, port=port) for port in ports]
    # Two namespaces on one transport are one connection.
    clients.append(orion.user(user, port=orion.notifications_port, namespaces=["/", "/notifications"]))
    assert refusal(orion, user, orion.port) == {"message": "too many connections", "data": {"code": "RATE_LIMIT"}}
    clients[0].close()
    eventually(lambda: len(orion.admin.connections(user)) <= 5)

    def comes_in() -> bool:
        client = SocketIOClient(orion.address(orion.port), auth={"token": token(user)}, must_connect=False)
        orion.clients.append(client)
        return client.sio.connected

    eventually(comes_in)


@requirement("ORI-043", "ORI-041", "ORI-D20")
def test_the_hundred_and_first_event_within_a_minute_is_refused(orion: Orion) -> None:
    client, other = orion.user(), orion.user()
    for _ in range(99):
        client.emit("ping")
    assert client.call("ping")
    client.emit("ping")
    check_error(client.expect("error")[0], "RATE_LIMIT")
    assert other.call("ping")
    sent = orion.update("still-there")
    assert client.expect("health:update")[0] == sent, "the connection stays"


@requirement("ORI-044", "ORI-041", "ORI-D20")
def test_the_eleventh_subscription_request_within_a_minute_is_refused(orion: Orion) -> None:
    client = orion.user()
    for number in range(5):
        assert client.call("subscribe:health", {"services": [f"a{number}", f"b{number}", f"c{number}"]})["services"]
        assert client.call("unsubscribe:health", {"services": [f"a{number}"]})["services"]
    client.emit("subscribe:health", {"services": ["late"]})
    error = check_error(client.expect("error")[0], "RATE_LIMIT", event="subscribe:health")
    assert 1 <= error["retryAfter"] <= 120
    assert client.call("unsubscribe:health", {"services": ["b1"]})["error"]["code"] == "RATE_LIMIT"
    orion.update("late")
    orion.update("b1")
    orion.updated(client, "b1")
    assert client.call("ping")


@requirement("ORI-046", "ORI-D19", "ALL-D11")
def test_a_connection_without_a_message_in_either_direction_ends(
    serve_orion: Callable[..., Orion], tmp_path: pathlib.Path
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["limits"]["idle"]["after"] = "3s"
        document["heartbeat"] = {"every": "1s", "timeout": "1s"}

    orion = serve_orion(derived(tmp_path, change, source=ORION))
    listener, silent = orion.user(), orion.user()
    silent.emit("subscribe:health", {"services": ["nothing"]})
    asked = orion.user()
    asked.emit("subscribe:health", {"services": ["nothing"]})
    end = eventually(lambda: orion.update("tick") and asked.call("ping") and not silent.sio.connected or None)
    assert end
    # A closed transport, so that stock clients come back.
    assert silent.expect("disconnect")[0] in ("transport close", "transport error")
    assert listener.sio.connected and asked.sio.connected


@requirement("ORI-047", "ALL-D11")
def test_a_connection_ends_when_its_time_is_over_though_it_is_active(
    serve_orion: Callable[..., Orion], tmp_path: pathlib.Path
) -> None:
    orion = serve_orion(derived(tmp_path, lambda document: document["limits"].update(lifetime="3s"), source=ORION))
    client = orion.user()
    eventually(lambda: orion.update("tick") and not client.sio.connected)
    assert client.expect("disconnect")[0] in ("transport close", "transport error")


@requirement("ORI-046", "ORI-047")
def test_the_shipped_times_are_the_documented_ones() -> None:
    text = ORION.read_text(encoding="utf-8")
    assert "idle: { after: 15m, counts: both }" in text and "lifetime: 24h" in text
