# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain: what services broadcast, and the counts that they ask for."""

import ipaddress
import pathlib
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harness.paychain import PAYCHAIN, PayChain
from harness.server import API_KEY
from harness.waiting import eventually

requirement = pytest.mark.requirement

JOB_EVENTS: dict[str, list[dict[str, Any]]] = {
    "job_created": [
        {"job_id": 123, "title": "Full Stack Developer", "pay_amount_usd": 5000},
        {"job_id": 123, "title": "Web Development", "pay_amount_usd": 5000, "job_type": "development"},
    ],
    "job_accepted": [{"job_id": 123, "worker_id": 456}],
    "job_completed": [{"job_id": 123, "payment_released": True}],
    "job_refunded": [{"job_id": 123, "reason": "expired"}],
}
CASES = [(event, data) for event, payloads in JOB_EVENTS.items() for data in payloads]


def outside_address() -> str:
    """An address of this machine that is not of the loopback; skips where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but those of the loopback")
        address = str(probe.getsockname()[0])
    if ipaddress.ip_address(address).is_loopback:
        pytest.skip("this machine has no address but those of the loopback")
    return address


@requirement("PAY-006", "PAY-007", "PAY-005")
def test_without_a_channel_everybody_gets_it_unchanged(paychain: PayChain) -> None:
    data = {"job_id": 1, "title": "Ü 🟢 \"q\" \\", "pay_amount_usd": 12.50, "nested": {"list": [1, None, {"a": False}]}}
    with paychain.guest() as subscribed, paychain.guest() as other:
        subscribed.subscribe("jobs")
        paychain.broadcast("job_created", data)
        for client in (subscribed, other):
            assert client.receive_type("job_created") == data
            client.expect_silence()


@requirement("PAY-008", "PAY-D03")
def test_with_a_channel_its_subscribers_alone_get_it(paychain: PayChain) -> None:
    with paychain.guest() as jobs, paychain.guest() as payments, paychain.guest() as neither:
        jobs.subscribe("jobs")
        payments.subscribe("payments")
        paychain.broadcast("test_message", {"n": 1}, channel="jobs")
        assert jobs.receive_type("test_message") == {"n": 1}
        payments.expect_silence()
        neither.expect_silence()


@requirement("PAY-009")
@pytest.mark.parametrize("type", ["test_message", "a.b:c/d", "x" * 128, "Überweisung"])
def test_any_type_may_be_broadcast(paychain: PayChain, type: str) -> None:
    with paychain.guest() as client:
        paychain.broadcast(type, {"message": "Hello WebSocket!"})
        assert client.receive_type(type) == {"message": "Hello WebSocket!"}


@requirement("PAY-017", "PAY-018", "PAY-019", "PAY-020", "PAY-D10")
@pytest.mark.parametrize(("event", "data"), CASES)
def test_job_events_arrive_as_documented_with_further_fields(paychain: PayChain, event: str, data: dict[str, Any]) -> None:
    with paychain.guest() as client:
        paychain.broadcast(event, data)
        assert client.receive_type(event) == data
        paychain.broadcast(event, data | {"employer_id": 7, "note": "kept"})
        assert client.receive_type(event) == data | {"employer_id": 7, "note": "kept"}


@requirement("PAY-017", "PAY-018", "PAY-019", "PAY-020", "ALL-D16")
@pytest.mark.parametrize(("event", "data"), CASES)
def test_job_events_without_a_documented_field_are_refused(paychain: PayChain, event: str, data: dict[str, Any]) -> None:
    with paychain.guest() as client:
        for field in data.keys() - {"job_type"}:
            answer = paychain.try_broadcast({"type": event, "data": {k: v for k, v in data.items() if k != field}})
            assert answer.status_code == 422, answer.text
            assert field in answer.text
        client.expect_silence()


@requirement("PAY-021", "PAY-042", "PAY-D06")
def test_a_job_service_reaches_every_client_from_its_four_places(paychain: PayChain) -> None:
    with paychain.guest() as first, paychain.guest() as second:
        first.subscribe("jobs")
        for event, data in CASES:
            answer = httpx.post(
                f"http://127.0.0.1:{paychain.internal_port}/broadcast", json={"type": event, "data": data}, timeout=5
            )
            assert answer.status_code == 200, answer.text
        for client in (first, second):
            assert [(frame["type"], frame["data"]) for frame in (client.receive() for _ in CASES)] == CASES


@requirement("PAY-D01")
def test_the_answer_says_what_was_done(paychain: PayChain) -> None:
    eventually(lambda: paychain.total() == 0, what="the end of the tests before")
    with paychain.guest() as client, paychain.guest():
        client.subscribe("jobs")
        everybody = {"status": "ok", "type": "test_message", "channel": None, "recipients": 2}
        assert paychain.broadcast("test_message", {}) == everybody
        assert paychain.broadcast("test_message", {}, channel="jobs") == everybody | {"channel": "jobs", "recipients": 1}
        assert paychain.broadcast("test_message", {}, channel="empty") == everybody | {"channel": "empty", "recipients": 0}
        client.receive_type("test_message")
        client.receive_type("test_message")
        paychain.broadcast("test_message")
        assert client.receive_type("test_message") == {}


@requirement("PAY-D01")
@pytest.mark.parametrize(
    "body",
    [
        {}, {"data": {}}, {"type": 1, "data": {}}, {"type": None}, {"type": "", "data": {}}, {"type": "x", "data": []},
        {"type": "x", "data": "text"}, {"type": "x", "data": None}, [], "text", None, 7,
        {"type": "x", "channel": 7}, {"type": "x", "channel": ""}, {"type": "x", "users": "alice"},
        {"type": "x" * 129},
    ],
)
def test_a_wrong_broadcast_is_422_with_its_detail(paychain: PayChain, body: Any) -> None:
    with paychain.guest() as client:
        answer = paychain.try_broadcast(body)
        assert answer.status_code == 422, answer.text
        (detail,) = answer.json()["detail"]
        assert isinstance(detail["msg"], str) and detail["msg"]
        client.expect_silence()


@requirement("PAY-D01")
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"type":"x"}}', b"[" * 5000, b'{"type":"x","data":{"a":01}}'])
def test_a_body_that_is_no_json_is_refused(paychain: PayChain, body: bytes) -> None:
    answer = paychain.http.post("/broadcast", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["detail"]


@requirement("PAY-010", "PAY-D05")
def test_health_has_exactly_the_documented_keys_and_true_counts(paychain: PayChain) -> None:
    eventually(lambda: paychain.total() == 0, what="the end of the tests before")
    healthy = {"status": "healthy", "service": "websocket-server"}
    assert paychain.http.get("/health").json() == healthy | {"connections": {"total": 0, "by_channel": {}}}
    clients = [paychain.guest() for _ in range(5)]
    for client in clients[:3]:
        client.subscribe("jobs")
    for client in clients[2:4]:
        client.subscribe("payments")
    expected = {"total": 5, "by_channel": {"jobs": 3, "payments": 2}}
    answer = paychain.http.get("/health")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == healthy | {"connections": expected}
    assert paychain.stats() == expected
    for client in clients:
        client.close()


@requirement("PAY-011", "PAY-D04")
def test_stats_has_total_and_by_channel_and_nothing_else(paychain: PayChain) -> None:
    assert set(paychain.stats()) == {"total", "by_channel"}
    assert "switchboard_connections{" in paychain.admin.metrics()


@requirement("PAY-043", "PAY-D15")
def test_payment_confirmations_reach_who_follows_payments(paychain: PayChain) -> None:
    data = {"payment_id": "p-1", "job_id": 9, "amount_usd": 10.5, "status": "confirmed"}
    with paychain.guest() as follower, paychain.guest() as other:
        follower.subscribe("payments")
        paychain.broadcast("payment_confirmed", data)
        assert follower.receive_type("payment_confirmed") == data
        follower.expect_silence()
        other.expect_silence()


@requirement("PAY-071")
def test_an_announcement_reaches_everybody(paychain: PayChain) -> None:
    data = {"title": "Maintenance", "message": "On Sunday"}
    with paychain.guest() as first, paychain.guest() as second:
        paychain.broadcast("announcement", data)
        paychain.admin.publish("announcement", data)
        for client in (first, second):
            assert [client.receive_type("announcement") for _ in range(2)] == [data, data]


@requirement("PAY-D02")
def test_a_foreign_network_needs_the_key(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain()
    outside = f"http://{outside_address()}:{server.port}/broadcast"
    body = {"type": "test_message", "data": {"n": 1}}
    with server.guest() as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "127.0.0.1"}):
            assert httpx.post(outside, json=body, headers=headers, trust_env=False).status_code == 401
        client.expect_silence()
        accepted = httpx.post(outside, json=body, headers={"Authorization": f"Bearer {API_KEY}"}, trust_env=False)
        assert accepted.status_code == 200
        assert client.receive_type("test_message") == {"n": 1}
        # What only looks is open to everybody.
        assert httpx.get(outside.replace("broadcast", "health"), trust_env=False).status_code == 200


@requirement("PAY-D02")
def test_a_listed_network_needs_no_key(serve_paychain: Callable[..., PayChain]) -> None:
    address = outside_address()
    server = serve_paychain(PAYCHAIN_TRUSTED_NETWORKS=f"loopback,{address}/32")
    for host in ("127.0.0.1", address):
        answer = httpx.post(f"http://{host}:{server.port}/broadcast", json={"type": "x"}, trust_env=False)
        assert answer.status_code == 200


@requirement("PAY-D02")
def test_nobody_is_trusted_where_no_network_is_listed(
    serve_paychain: Callable[..., PayChain], tmp_path: pathlib.Path
) -> None:
    closed = tmp_path / "closed.yaml"
    closed.write_text("".join(line for line in PAYCHAIN.open(encoding="utf-8") if not line.startswith("  trust:")))
    server = serve_paychain(closed)
    assert server.try_broadcast({"type": "x"}).status_code == 401
    assert server.try_broadcast({"type": "x"}, headers={"Authorization": f"Bearer {API_KEY}"}).status_code == 200


@requirement("PAY-D02", "PAY-056")
def test_a_foreign_page_cannot_broadcast_through_its_visitor(paychain: PayChain) -> None:
    """A browser sends a simple request without asking beforehand, from the address of whoever visits the page."""
    body = '{"type":"test_message","data":{}}'
    with paychain.guest() as client:
        headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
        assert paychain.http.post("/broadcast", content=body, headers=headers).status_code in (403, 415)
        client.expect_silence()
