# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Bulk Buyer Group: how connections end, limits, production, the printed reconnection."""

import contextlib
import json
import pathlib
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from harness.bulkbuyer import BULKBUYER, PATH, BulkBuyer, BulkBuyerClient
from harness.contracts import derived
from harness.node import NodeProgram, needs_node
from harness.payloads import did
from harness.raw import PING, RawSocket
from harness.server import API_KEY
from harness.waiting import eventually

requirement = pytest.mark.requirement
Make = Callable[..., BulkBuyer]
DOCUMENTS = pathlib.Path(__file__).parent / "documents"
LIMITED = (4002, "Rate limit exceeded")


# How connections end


@requirement("BULK-014")
def test_a_client_that_says_goodbye_is_answered_in_kind(bulkbuyer: BulkBuyer) -> None:
    client = bulkbuyer.user(did())
    client.close(1000)
    assert client.socket.protocol.close_rcvd is not None
    assert client.socket.protocol.close_rcvd.code == 1000


@requirement("BULK-015")
def test_the_end_of_the_server_closes_with_1001(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer()
    clients = [server.user(f"u{number}") for number in range(5)]
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    for client in clients:
        client.expect_close(1001)
    assert server.wait() == 0


@requirement("BULK-018")
def test_the_server_pings_and_drops_who_is_dead(serve_bulkbuyer: Make, tmp_path: pathlib.Path) -> None:
    quick = derived(
        tmp_path, lambda document: document.update(heartbeat={"every": "1s", "timeout": "500ms"}), source=BULKBUYER
    )
    server = serve_bulkbuyer(quick)
    session = server.session("u")
    with server.user("v") as alive, RawSocket(server.port) as dead:
        assert dead.upgrade(PATH, f"Cookie: session={session}") == 101
        assert dead.read_frame().opcode == PING
        eventually(lambda: not server.admin.connections("u"), what="the end of the dead connection")
        alive.ping()
        assert len(server.admin.connections("v")) == 1


@requirement("BULK-018")
def test_the_shipped_heartbeat_is_the_documented_one() -> None:
    text = BULKBUYER.read_text(encoding="utf-8")
    assert re.search(r"^heartbeat:\n  every: 30s\n", text, re.M)


@requirement("BULK-D08", "BULK-018", "BULK-D05")
def test_a_ping_message_is_answered_with_a_pong_message(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.user(did()) as client:
        client.ping()


# Limits


@requirement("BULK-025", "BULK-017", "BULK-030", "BULK-D11")
def test_a_user_holds_a_hundred_connections_and_not_one_more(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer()
    session = server.session("u")
    with contextlib.ExitStack() as held:
        clients = [held.enter_context(server.attempt(session)) for _ in range(100)]
        for client in clients:
            client.ping()
        # Throttled before it is refused; another user is neither.
        with server.attempt(session) as refused:
            refused.expect_close(*LIMITED, timeout=40)
        server.user("v").close()
        assert len(server.admin.connections("u")) == 100
        clients[0].close()
        eventually(lambda: len(server.admin.connections("u")) == 99, what="the end of one")
        with server.attempt(session) as again:
            again.send({"type": "PING"})
            assert again.receive(timeout=60)["type"] == "PONG"


@requirement("BULK-026", "BULK-017", "BULK-030", "BULK-D10", "ALL-D02")
def test_a_thousand_messages_are_taken_over_all_connections_and_not_one_more(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer()
    session = server.session("u")
    with server.attempt(session) as first, server.attempt(session) as second, server.user("v") as other:
        for client in (first, second):
            for _ in range(500):
                client.send({"type": "PING"})
            for _ in range(500):
                assert client.receive()["type"] == "PONG"
        first.send({"type": "PING"})
        first.expect_close(*LIMITED)
        second.send({"type": "PING"})
        second.expect_close(*LIMITED)
        other.ping()


@requirement("BULK-027", "BULK-D11")
def test_who_exceeded_a_limit_waits_for_each_new_connection_longer(serve_bulkbuyer: Make) -> None:
    server = serve_bulkbuyer(BULKBUYER_MESSAGE_LIMIT="3/s")
    session = server.session("u")

    def connecting(identifier: str) -> float:
        start = time.monotonic()
        with server.attempt(identifier) as client:
            client.send({"type": "PING"})
            assert client.receive(timeout=60)["type"] == "PONG"
            return time.monotonic() - start

    with server.attempt(session) as client:
        for _ in range(4):
            client.send({"type": "PING"})
        for _ in range(3):
            client.receive()
        client.expect_close(*LIMITED)
    waits = [connecting(session) for _ in range(3)]
    assert 0.9 <= waits[0] and waits[0] * 1.5 <= waits[1] and waits[1] * 1.5 <= waits[2], waits
    # Another user does not wait.
    assert connecting(server.session("v")) < 0.9


@requirement("BULK-029", "BULK-D12")
@pytest.mark.parametrize("text", ["{", "[]", '"PING"', '{"type":"UNHEARD"}', '{"type":["PING"]}', "ping"])
def test_invalid_messages_are_dropped_and_the_eleventh_closes(bulkbuyer: BulkBuyer, text: str) -> None:
    with bulkbuyer.user(did()) as client:
        for _ in range(10):
            client.send_text(text)
        client.expect_silence()
        client.send_text(text)
        client.expect_close(1008)


@requirement("BULK-029", "BULK-D12")
def test_a_binary_message_closes_with_1003(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.user(did()) as client:
        client.send_text(json.dumps({"type": "PING"}).encode())
        client.expect_close(1003)


@requirement("BULK-029", "BULK-D12")
def test_an_oversized_message_closes_with_1009(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.user(did()) as client:
        client.send({"type": "PING", "padding": "x" * 65536})
        client.expect_close(1009)


@requirement("BULK-029")
def test_clients_cannot_publish(bulkbuyer: BulkBuyer) -> None:
    with bulkbuyer.user(did()) as client, bulkbuyer.user(did()) as other:
        data = {"title": "t", "message": "m", "severity": "INFO"}
        for message in (
            {"type": "SYSTEM_NOTIFICATION", "data": data}, {"type": "publish", "event": "SYSTEM_NOTIFICATION", "data": data},
            {"type": "subscribe", "channel": "pool:1"},
        ):
            client.send(message)
        client.expect_silence()
        other.expect_silence()


# Production


@requirement("BULK-028", "ALL-D17")
def test_production_takes_clients_by_tls_alone(serve_bulkbuyer: Make) -> None:
    """TLS ends at a trusted proxy, which says so; whoever is not trusted says nothing."""
    server = serve_bulkbuyer(
        SWITCHBOARD_ENV="production", SWITCHBOARD_API_KEY=API_KEY, SWITCHBOARD_TRUSTED_PROXIES="127.0.0.2",
        BULKBUYER_ORIGINS="https://app.example",
    )
    session = server.session("u")
    headers = server.headers(session)
    plain = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.7"}
    secure = plain | {"X-Forwarded-Proto": "https"}
    with server.attempt(session, headers=headers | secure, source_address=("127.0.0.2", 0)) as client:
        client.ping()
    for claims, source in ((plain, "127.0.0.2"), (secure, "127.0.0.3")):
        with pytest.raises(InvalidStatus) as refused:
            server.attempt(session, headers=headers | claims, source_address=(source, 0))
        assert refused.value.response.status_code == 403
        assert status(server, headers | claims, source) == 403
    assert status(server, headers | secure, "127.0.0.2") == 200


def status(server: BulkBuyer, headers: dict[str, str], source: str) -> int:
    """Of the list of notifications, asked for from this address."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=(source, 0)) as connection:
        lines = ["GET /api/notifications HTTP/1.1", "Host: localhost", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.makefile("rb").readline().split()[1])


# The printed reconnection


@requirement("BULK-011", "BULK-D07")
def test_the_printed_reconnection_waits_as_printed_and_starts_again_after_an_open(
    serve_bulkbuyer: Make, tmp_path: pathlib.Path
) -> None:
    needs_node()
    server = serve_bulkbuyer()
    session = server.session("u")
    program = tmp_path / "reconnect.js"
    # `WebSocket` is the one of the page: it sends the cookie, and here it also says what it did and when.
    program.write_text(
        "const Stock = require('ws');\n"
        f"const WS_URL = '{server.url(None, PATH)}';\n"
        "const wait = globalThis.setTimeout;\n"
        "globalThis.setTimeout = (task, delay) => {\n"
        "  if (delay !== 30000) console.log('waits', delay); return wait(task, delay); };\n"
        "class WebSocket extends Stock { constructor(url) {\n"
        f"  super(url, {{ headers: {{ Cookie: 'session={session}' }} }});\n"
        "  this.on('error', () => {}); this.on('open', () => console.log('open'));\n"
        "  this.on('close', (code) => console.log('closed', code)); } }\n"
        + (DOCUMENTS / "bulkbuyer-reconnect.js").read_text()
        + "connect();\n"
    )
    with NodeProgram(program) as running:
        running.wait_for_line("open")
        server.stop()
        running.wait_for_line("closed 1001")
        # The waits of 1000, 1500 and 2250 ms pass in vain.
        running.wait_for_line("waits 3375")
        server.start()
        running.wait_for_line("open", times=2)
        assert [line for line in running.lines if line.startswith("waits")] == [
            "waits 1000", "waits 1500", "waits 2250", "waits 3375",
        ]
        server.end_session(session)
        running.wait_for_line("closed 4001")
        running.wait_for_line("waits 1000", times=2)
        # It goes on after every close; the server bears it.
        running.wait_for_line("closed 4001", times=2)
        assert server.is_alive()


@requirement("BULK-011")
def test_the_printed_delay_never_passes_its_maximum(tmp_path: pathlib.Path) -> None:
    """The block's own arithmetic, without waiting for it: the clock is replaced, the network is not there."""
    needs_node()
    program = tmp_path / "delays.js"
    program.write_text(
        "const WS_URL = 'ws://127.0.0.1:1/';\nlet count = 0;\n"
        "globalThis.setTimeout = (task, delay) => { console.log('waits', delay); if (++count < 14) queueMicrotask(task); };\n"
        "class WebSocket { constructor() { queueMicrotask(() => this.onclose()); } }\n"
        + (DOCUMENTS / "bulkbuyer-reconnect.js").read_text()
        + "connect();\n"
    )
    with NodeProgram(program) as running:
        eventually(lambda: len(running.lines) == 14, what="fourteen delays")
        delays = [float(line.split()[1]) for line in running.lines]
    assert delays == [min(1000 * 1.5**place, 30000) for place in range(14)]


@requirement("BULK-012")
def test_the_printed_request_gives_what_was_missed(bulkbuyer: BulkBuyer) -> None:
    method, target = (DOCUMENTS / "bulkbuyer-missed.http").read_text().split()
    user = did()
    session = bulkbuyer.session(user)
    bulkbuyer.notify("received", users=[user])
    last = bulkbuyer.missed(session)[-1]["timestamp"]
    bulkbuyer.notify("missed", users=[user])
    target = target.replace("{last_received_timestamp}", last)
    answer = bulkbuyer.http.request(method, target, headers=bulkbuyer.headers(session))
    assert [message["data"]["title"] for message in answer.json()] == ["missed"]


def test_a_client_is_what_it_says_only_by_its_session(bulkbuyer: BulkBuyer) -> None:
    session = bulkbuyer.session("someone")
    with BulkBuyerClient(
        bulkbuyer.url(None, PATH) + "?user=another&token=x", additional_headers=bulkbuyer.headers(session)
    ) as client:
        client.ping()
        assert len(bulkbuyer.admin.connections("someone")) == 1 and not bulkbuyer.admin.connections("another")
