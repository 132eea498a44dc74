# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION: choosing services, asking for their health, errors, with python-socketio."""

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from harness.client import is_timestamp
from harness.contracts import derived
from harness.javascript import TRANSPORTS
from harness.orion import ORION, TIMESTAMP, Orion, check_error
from harness.stock import SocketIOClient

requirement = pytest.mark.requirement


def subscribe(client: SocketIOClient, *services: str) -> None:
    client.emit("subscribe:health", {"services": list(services)})
    answer = client.expect("subscribed")[0]
    assert set(answer) == {"services", "timestamp"} and answer["services"] == list(services), answer
    assert is_timestamp(answer["timestamp"])


def unsubscribe(client: SocketIOClient, *services: str) -> None:
    client.emit("unsubscribe:health", {"services": list(services)})
    answer = client.expect("unsubscribed")[0]
    assert set(answer) == {"services", "timestamp"} and answer["services"] == list(services), answer


@requirement("ORI-023", "ORI-024", "ORI-026", "ORI-034", "ORI-D12")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_a_client_hears_the_services_that_it_chose(orion: Orion, transports: list[str]) -> None:
    client = orion.user(transports=transports)
    orion.update("first")
    orion.updated(client, "first")
    subscribe(client, "auth", "user")
    for service in ("auth", "gateway", "user"):
        orion.update(service)
    orion.updated(client, "auth", "user")
    unsubscribe(client, "auth")
    for service in ("auth", "user"):
        orion.update(service)
    orion.updated(client, "user")
    unsubscribe(client, "user")
    orion.update("user")
    client.call("ping")
    client.expect_silence("health:update", during=0.05)


@requirement("ORI-026", "ORI-D12")
def test_who_never_subscribed_leaves_the_named_services_only(orion: Orion) -> None:
    client = orion.user()
    unsubscribe(client, "auth")
    orion.update("auth")
    orion.update("user")
    orion.updated(client, "user")


@requirement("ORI-023", "ORI-024")
@pytest.mark.parametrize("services", [("auth", "auth"), ("*", "auth"), ("auth", "*")], ids=",".join)
def test_an_update_comes_once_though_its_service_was_named_twice(orion: Orion, services: tuple[str, ...]) -> None:
    client = orion.user()
    subscribe(client, *services)
    orion.update("auth")
    orion.updated(client, "auth")
    assert client.call("ping")
    client.expect_silence("health:update", during=0.05)


@requirement("ORI-025", "ORI-D11")
def test_all_services_with_exceptions(orion: Orion) -> None:
    client = orion.user()
    subscribe(client, "*")
    orion.update("appears-later")
    orion.updated(client, "appears-later")
    unsubscribe(client, "auth")
    orion.update("auth")
    orion.update("user")
    orion.updated(client, "user")
    subscribe(client, "auth")
    orion.update("auth")
    orion.updated(client, "auth")
    unsubscribe(client, "*")
    for service in ("auth", "user"):
        orion.update(service)
    client.call("ping")
    client.expect_silence("health:update", during=0.05)


@requirement("ORI-D10")
def test_a_callback_is_answered_as_well(orion: Orion) -> None:
    client = orion.user()
    for name in ("subscribe:health", "unsubscribe:health"):
        answer = client.call(name, {"services": ["auth"]})
        assert set(answer) == {"services", "timestamp"} and answer["services"] == ["auth"], answer


@requirement("ORI-014", "ORI-027", "ORI-D13")
def test_health_is_asked_for(orion: Orion) -> None:
    orion.update("asked-a")
    orion.update("asked-b", "degraded")
    client = orion.user()
    answer = client.call("request:health", {"services": ["asked-a", "asked-b", "asked-never"]})
    unknown = answer.pop("asked-never")
    assert answer == {
        "asked-a": {"status": "healthy", "timestamp": TIMESTAMP},
        "asked-b": {"status": "degraded", "timestamp": TIMESTAMP},
    }
    assert set(unknown) == {"status", "timestamp"} and unknown["status"] == "unknown"
    everything = client.call("request:health", {"services": ["*"]})
    assert answer.items() <= everything.items() and "asked-never" not in everything

    orion.admin.publish("health:service-removed", {"service": "asked-a", "reason": "r", "timestamp": TIMESTAMP})
    assert client.expect("health:service-removed")[0]["reason"] == "r"
    assert client.call("request:health", {"services": ["asked-a"]})["asked-a"]["status"] == "unknown"


@requirement("ORI-D13")
def test_without_a_callback_health_comes_as_an_event(orion: Orion) -> None:
    orion.update("evented")
    client = orion.user()
    client.emit("request:health", {"services": ["evented"]})
    assert client.expect("health:status")[0] == {"evented": {"status": "healthy", "timestamp": TIMESTAMP}}


@requirement("ORI-027", "ORI-D13")
def test_health_is_known_after_a_restart(serve_orion: Callable[..., Orion]) -> None:
    server = serve_orion()
    server.update("lasting")
    assert server.stop() == 0
    server.start()
    client = server.user()
    assert client.call("request:health", {"services": ["lasting"]})["lasting"]["status"] == "healthy"


@requirement("ORI-028", "ORI-039", "ORI-D16")
@pytest.mark.parametrize(
    "payload",
    [{}, {"services": "auth"}, {"services": []}, {"services": [1]}, {"services": ["auth", None]}, "auth", ["auth"], 7],
    ids=repr,
)
@pytest.mark.parametrize("name", ["subscribe:health", "unsubscribe:health", "request:health"])
def test_a_payload_without_services_is_refused_and_changes_nothing(orion: Orion, name: str, payload: object) -> None:
    client = orion.user()
    client.emit(name, payload)
    check_error(client.expect("error")[0], "INVALID_PAYLOAD", event=name)
    failure = client.call(name, payload)
    assert set(failure) == {"error"} and failure["error"]["code"] == "INVALID_PAYLOAD", failure
    assert set(failure["error"]) == {"code", "message"}
    orion.update("unchanged")
    orion.updated(client, "unchanged")
    assert [told.name for told in client.told] == ["connect", "error", "health:update"]


@requirement("ORI-039", "ORI-D16")
def test_an_event_that_nobody_knows_is_answered(orion: Orion) -> None:
    client = orion.user()
    client.emit("no:such-event", {})
    check_error(client.expect("error")[0], "NOT_FOUND")


@requirement("ORI-040", "ORI-D16")
def test_a_forbidden_action_is_unauthorized(serve_orion: Callable[..., Orion], tmp_path: pathlib.Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["channels"]["service:{service}"]["subscribe"] = {"role": "operator"}

    orion = serve_orion(derived(tmp_path, change, source=ORION))
    operator, other = orion.user(roles=["operator"]), orion.user()
    subscribe(operator, "auth")
    other.emit("subscribe:health", {"services": ["auth"]})
    check_error(other.expect("error")[0], "UNAUTHORIZED", event="subscribe:health")
    assert other.call("request:health", {"services": ["auth"]})["error"]["code"] == "UNAUTHORIZED"
    orion.update("auth")
    orion.updated(operator, "auth")
    assert other.call("ping")
    other.expect_silence("health:update", during=0.05)


@requirement("ORI-051", "ORI-D21")
def test_ping_needs_neither_data_nor_callback(orion: Orion) -> None:
    client = orion.user()
    client.emit("ping")
    assert is_timestamp(client.expect("pong")[0]["timestamp"])
    answer = client.call("ping")
    assert set(answer) == {"timestamp"} and is_timestamp(answer["timestamp"])
    client.expect("pong")
    assert [told.name for told in client.told] == ["connect", "pong", "pong"]


@requirement("ORI-013", "ORI-017", "ORI-D06")
def test_discoveries_and_metrics_go_to_everybody(orion: Orion) -> None:
    clients = [orion.user(), orion.user(port=orion.gateway_port)]
    subscribe(clients[0], "other")
    found = {"service": "analytics", "url": "http://localhost:20005", "port": 20005, "version": "1.0.0",
             "timestamp": TIMESTAMP}
    metrics = {"service": "gateway", "metrics": {"cpu": 45.2, "latency": {"avg": 45.2, "p50": 38, "p95": 120,
               "p99": 250}}, "timestamp": TIMESTAMP}
    orion.admin.publish("health:service-discovered", found)
    orion.admin.publish("metrics:update", metrics)
    for client in clients:
        assert client.expect("health:service-discovered")[0] == found
        assert client.expect("metrics:update")[0] == metrics
