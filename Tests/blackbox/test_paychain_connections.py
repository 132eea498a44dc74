# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain: connecting, the welcome, origins, the documented log lines."""

import pathlib
import signal
import uuid
from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from harness.client import Client
from harness.paychain import PayChain, PayChainClient
from harness.ports import documented_ports
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
ORIGIN = "http://localhost:5173"


@requirement("PAY-001", "PAY-002", "PAY-003", "PAY-D18")
def test_a_client_without_a_token_is_welcomed(paychain: PayChain) -> None:
    with PayChainClient(paychain.url(None)) as client:
        assert set(client.welcome()) == {"connection_id"}
        assert client.ping()["type"] == "pong"


@requirement("PAY-002", "PAY-D18")
def test_a_token_that_nobody_asked_for_is_ignored(paychain: PayChain) -> None:
    with PayChainClient(paychain.url("no-token-at-all")) as client:
        client.welcome()
        assert client.ping()["type"] == "pong"


@requirement("PAY-004")
def test_connection_ids_are_uuids_that_differ(paychain: PayChain) -> None:
    clients = [paychain.guest() for _ in range(20)]
    ids = {client.connection for client in clients}
    assert len(ids) == 20
    assert all(str(uuid.UUID(each)) == each for each in ids)
    for client in clients:
        client.close()


@requirement("PAY-048", "PAY-049", "PAY-D05")
def test_connections_and_their_subscriptions_are_counted_while_they_last(paychain: PayChain) -> None:
    eventually(lambda: paychain.total() == 0, what="the end of the tests before")
    first, second = paychain.guest(), paychain.guest()
    first.subscribe("jobs", "payments")
    second.subscribe("jobs")
    assert paychain.stats() == {"total": 2, "by_channel": {"jobs": 2, "payments": 1}}
    first.close()
    eventually(lambda: paychain.stats() == {"total": 1, "by_channel": {"jobs": 1}}, what="the end of the first")
    # Without a close frame, too.
    second.socket.socket.close()
    eventually(lambda: paychain.stats() == {"total": 0, "by_channel": {}}, what="the end of the second")


@requirement("PAY-D06", "PAY-001")
def test_both_ports_lead_to_the_same_clients(paychain: PayChain) -> None:
    inner = PayChainClient(f"ws://127.0.0.1:{paychain.internal_port}/ws")
    with inner, paychain.guest() as outer:
        inner.welcome()
        paychain.broadcast("test_message", {"n": 1})
        assert inner.receive_type("test_message") == outer.receive_type("test_message") == {"n": 1}


@requirement("PAY-001", "PAY-D06")
def test_the_documented_ports_are_the_defaults(serve_paychain: Callable[..., PayChain]) -> None:
    with documented_ports(8080, 8000) as free:
        if not free:
            pytest.skip("port 8080 or 8000 is taken on this machine")
        server = serve_paychain(start=False, port=8080)
        del server.environment["PAYCHAIN_PORT"], server.environment["PAYCHAIN_INTERNAL_PORT"]
        server.start()
        for port in (8080, 8000):
            with PayChainClient(f"ws://localhost:{port}/ws") as client:
                client.welcome()
        server.stop()


@requirement("PAY-057", "PAY-059", "PAY-D22")
def test_only_the_configured_pages_may_connect(paychain: PayChain) -> None:
    paychain.guest(origin=ORIGIN).close()
    for foreign in ("http://localhost:3000", "https://localhost:5173", "http://localhost:5173.evil.example", "null"):
        with pytest.raises(InvalidStatus) as refused:
            paychain.guest(origin=foreign)
        assert refused.value.response.status_code == 403


@requirement("PAY-056", "PAY-059")
@pytest.mark.parametrize("path", ["/health", "/stats"])
def test_answers_name_the_page_that_may_read_them_and_no_other(paychain: PayChain, path: str) -> None:
    allowed = paychain.http.get(path, headers={"Origin": ORIGIN})
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "origin" in allowed.headers["Vary"].lower()
    assert "Access-Control-Allow-Origin" not in paychain.http.get(path, headers={"Origin": "http://evil.example"}).headers
    assert "Access-Control-Allow-Origin" not in paychain.http.get(path).headers


@requirement("PAY-056")
def test_a_page_may_ask_beforehand(paychain: PayChain) -> None:
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = paychain.http.options("/broadcast", headers={"Origin": ORIGIN} | asking)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"].lower()
    foreign = paychain.http.options("/broadcast", headers={"Origin": "http://evil.example"} | asking)
    assert "Access-Control-Allow-Origin" not in foreign.headers


@requirement("PAY-059", "PAY-D22", "PAY-056")
def test_the_variable_may_name_several_pages_or_all(serve_paychain: Callable[..., PayChain]) -> None:
    several = serve_paychain(CORS_ALLOWED_ORIGINS="https://a.example,https://b.example")
    for origin in ("https://a.example", "https://b.example"):
        several.guest(origin=origin).close()
        assert several.http.get("/health", headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] == origin
    with pytest.raises(InvalidStatus):
        several.guest(origin=ORIGIN)
    every = serve_paychain(CORS_ALLOWED_ORIGINS="*")
    every.guest(origin="https://anybody.example").close()
    assert every.http.get("/health", headers={"Origin": "https://x.example"}).headers["Access-Control-Allow-Origin"] in (
        "*", "https://x.example",
    )


@requirement("PAY-063", "PAY-064", "PAY-065", "PAY-066", "PAY-067", "PAY-D23")
def test_the_documented_lines_are_on_standard_output(
    serve_paychain: Callable[..., PayChain], tmp_path: pathlib.Path
) -> None:
    """What `docker logs` shows is a program's standard output and errors."""
    server = serve_paychain(start=False)
    server.output_file = tmp_path / "output.log"
    server.start()

    def lines() -> list[str]:
        return server.output_file.read_text(encoding="utf-8").splitlines()  # type: ignore[union-attr]

    def position(line: str) -> int:
        eventually(lambda: line in lines(), what=f"the line {line!r}")
        assert lines().count(line) == 1, lines()
        return lines().index(line)

    with server.guest() as client:
        client.subscribe("jobs")
        server.broadcast("job_created", {"job_id": 1, "title": "A job", "pay_amount_usd": 5})
        server.broadcast("job_created", {"job_id": 2, "title": "B job", "pay_amount_usd": 5}, channel="jobs")
    server.broadcast("line\nbreak", {}, channel="jobs")
    places = [
        position("✅ WebSocket Server started"),
        position(f"📨 Client {client.connection} connected"),
        position("📢 Broadcasted 'job_created' to all clients"),
        position("📢 Broadcasted 'job_created' to channel 'jobs'"),
        position(f"🔌 Client {client.connection} disconnected"),
    ]
    assert places == sorted(places)
    server.broadcast("test_message", {"n": 1})
    position("📢 Broadcasted 'test_message' to all clients")
    # A name with a line break makes no line of its own.
    assert "break'" not in lines() and not [line for line in lines() if line.startswith("break")]


@requirement("PAY-066", "PAY-048")
def test_clients_are_told_when_the_server_ends(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain()
    client = server.guest()
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    client.expect_close(1001)
    assert server.wait() == 0
    assert f"🔌 Client {client.connection} disconnected" in server.log


@requirement("ALL-D09", "PAY-005")
def test_an_id_is_in_the_frames_of_those_who_ask(paychain: PayChain) -> None:
    with paychain.guest() as plain, Client(paychain.url(None) + "?ids=1") as asking:
        assert asking.receive()["type"] == "connected"
        plain.subscribe("jobs")
        asking.send({"type": "subscribe", "channels": ["jobs"]})
        assert asking.receive()["type"] == "subscribed"
        for number in range(2):
            paychain.broadcast("test_message", {"n": number}, channel="jobs")
        assert [plain.receive_type("test_message")["n"] for _ in range(2)] == [0, 1]
        frames = [asking.receive() for _ in range(2)]
        assert [set(frame) for frame in frames] == [{"type", "id", "data", "timestamp"}] * 2
        assert len({frame["id"] for frame in frames}) == 2


@requirement("PAY-039")
def test_what_was_missed_on_a_channel_that_the_server_joins_is_handed_over(users: PayChain) -> None:
    """A job's parties are joined to its channel when they connect: their position still says what they have missed there."""
    job = 7_700_001
    users.admin.publish("job_created", {"job_id": job, "title": "t", "pay_amount_usd": 1, "employer_id": 77}, to=["jobs"])
    change = {"job_id": job, "old_status": "a", "new_status": "b"}

    def connect() -> Client:
        client = Client(users.url(token("77")) + "&ids=1")
        assert client.receive()["type"] == "connected"
        return client

    def next_id(client: Client, status: str) -> str:
        while (frame := client.receive())["type"] != "job_status_changed":
            pass
        assert frame["data"]["new_status"] == status
        return str(frame["id"])

    with connect() as client:
        users.admin.publish("job_status_changed", change | {"new_status": "heard"})
        position = next_id(client, "heard")
    missed = [f"missed {number}" for number in range(20)]
    for status in missed:
        users.admin.publish("job_status_changed", change | {"new_status": status})
    with connect() as client:
        # It comes live, and is not among what was missed.
        users.admin.publish("job_status_changed", change | {"new_status": "live"})
        next_id(client, "live")
        client.send({"type": "subscribe", "channels": ["jobs", f"job:{job}"], "since": position})
        ids = [next_id(client, status) for status in missed]
        assert ids == sorted(ids) and ids[0] > position
        answer = client.receive()
        assert answer["type"] == "subscribed" and answer["data"]["recovered"] is True
        # Once: the client has it now.
        client.send({"type": "subscribe", "channels": [f"job:{job}"], "since": position})
        assert client.receive()["type"] == "subscribed"
        users.admin.publish("job_status_changed", change | {"new_status": "last"})
        next_id(client, "last")
