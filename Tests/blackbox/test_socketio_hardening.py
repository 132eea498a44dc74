# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Clients that do not mean well: floods, sessions that are never polled, lengths that lie. Others notice nothing."""

import contextlib
import socket
import threading
import time

import pytest

from harness.engineio import Connection, Endpoint, Polling, exchange
from harness.peer import Peer
from harness.raw import Ended
from harness.waiting import eventually


@pytest.fixture
def endpoint(peer: Peer) -> Endpoint:
    return peer.socket


@pytest.fixture(autouse=True)
def _others_are_served(peer: Peer) -> object:
    """Somebody who connected before, and somebody who connects after, are served as ever."""
    with peer.socket.session() as before:
        before.put("40")
        assert str(before.receive()).startswith('40{"sid":"')
        before.expect('42["auth",{}]')
        yield
        with peer.socket.session() as after:
            after.put("40")
            after.receive()
            for connection in (after, before):
                connection.put('421["message-with-ack","here"]')
            after.expect('42["auth",{}]', '431["here"]')
            before.expect('431["here"]')


def drain(connection: Connection) -> None:
    with contextlib.suppress(Ended, TimeoutError, OSError):
        connection.wait_for_end(2)


def test_a_flood_of_connects_to_namespaces_that_do_not_exist(peer: Peer, endpoint: Endpoint) -> None:
    before = peer.resident_kib
    for _ in range(5):
        with endpoint.session() as connection, contextlib.suppress(Ended):
            for first in range(0, 5_000, 100):
                connection.put(*[f"40/name{number}," for number in range(first, first + 100)])
                for number in range(first, first + 100):
                    assert str(connection.receive()).startswith(f"44/name{number},")
    assert peer.resident_kib - before < 32_768


def test_a_flood_of_joining_and_leaving(peer: Peer, endpoint: Endpoint) -> None:
    before = peer.resident_kib
    with endpoint.session() as connection, contextlib.suppress(Ended):
        for _ in range(50):
            connection.put(*["40/custom,", "41/custom,"] * 50)
            for _ in range(50):
                assert str(connection.receive()).startswith('40/custom,{"sid":')
                assert connection.receive() == '42/custom,["auth",{}]'
    assert peer.resident_kib - before < 16_384


def test_a_client_that_sends_and_never_reads(peer: Peer, endpoint: Endpoint) -> None:
    before = peer.resident_kib
    with endpoint.session() as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.put("40")
        connection.socket.settimeout(1)
        packet = '42["message","' + "x" * 60_000 + '"]'
        # Echoes that nobody takes pile up until the server has enough: it ends the connection or stops reading.
        with contextlib.suppress(TimeoutError, OSError):
            for _ in range(1_000):
                connection.put(packet)
        assert peer.resident_kib - before < 65_536


def test_polling_sessions_that_are_never_polled() -> None:
    server = Peer("never-polled", PING_INTERVAL="2000", PING_TIMEOUT="2000", CONNECT_TIMEOUT="45000").start()
    try:
        sessions = []
        with Connection(server.port) as connection:
            target = server.socket.target("polling")
            for _ in range(1_000):
                sessions.append(connection.exchange("GET", target).text.split('"')[3])
            filled = server.resident_kib
            # Each fills its buffer, as far as it is allowed to.
            for sid in sessions[:20]:
                connection.exchange("POST", f"{target}&sid={sid}", "40")
                body = "\x1e".join(['42["message","' + "x" * 50_000 + '"]'] * 10)
                for _ in range(5):
                    connection.exchange("POST", f"{target}&sid={sid}", body)
            assert server.resident_kib - filled < 131_072

            def all_gone() -> bool:
                return all(connection.exchange("POST", f"{target}&sid={sid}", "6").status == 400 for sid in sessions)

            eventually(all_gone, what="the end of sessions that nobody polls")
    finally:
        server.kill()


def test_half_requests(peer: Peer) -> None:
    session = peer.socket.polling()
    pieces = [
        b"", b"G", b"GET /socket.io/?EIO=4", b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n",
        f"POST {session.target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n40".encode(),
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n",
    ]
    with contextlib.ExitStack() as open_sockets:
        for piece in pieces * 20:
            open_sockets.enter_context(Connection(peer.port)).send(piece)
        # They are open while somebody else is served.
        with peer.socket.session() as connection:
            connection.put("40")
            assert str(connection.receive()).startswith('40{"sid":')
    session.expect_gone()


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 99999999999999999999",), ("Content-Length: -1",), ("Content-Length: 1e3",),
        ("Content-Length: 5", "Content-Length: 6"), ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gibberish",), ("Content-Length: 9223372036854775807",),
    ],
)
def test_lengths_that_lie_in_a_post(peer: Peer, headers: tuple[str, ...]) -> None:
    with peer.socket.polling() as session, Connection(peer.port) as connection:
        head = "\r\n".join([f"POST {session.target} HTTP/1.1", "Host: x", *headers, "", ""])
        connection.send(head.encode() + b"40")
        with contextlib.suppress(Ended, TimeoutError):
            connection.socket.settimeout(1)
            assert connection.answer().status >= 400
        connection.socket.settimeout(20)


@pytest.mark.parametrize("chunk", [b"ffffffffffffffff\r\n", b"-1\r\n", b"zz\r\n", b"7fffffff\r\n40"])
def test_chunks_that_lie(peer: Peer, chunk: bytes) -> None:
    with peer.socket.polling() as session, Connection(peer.port) as connection:
        head = f"POST {session.target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.send(head.encode() + chunk)
        with contextlib.suppress(Ended, TimeoutError):
            connection.socket.settimeout(1)
            connection.answer()


def test_many_attachments_of_which_the_last_never_comes(peer: Peer, endpoint: Endpoint) -> None:
    before = peer.resident_kib
    places = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))
    with contextlib.ExitStack() as sessions:
        for _ in range(10):
            connection = sessions.enter_context(endpoint.session())
            connection.put("40", f'4510-["message",{places}]')
            with contextlib.suppress(OSError):
                for _ in range(9):
                    connection.put(b"x" * 900_000)
        # What waits is bounded by what one packet may hold: 10 sessions of 9 attachments, and room for their copies.
        assert peer.resident_kib - before < 250_000


def test_connections_that_come_and_go(peer: Peer, endpoint: Endpoint) -> None:
    def come_and_go() -> None:
        for turn in range(60):
            with contextlib.suppress(Ended, OSError):
                if turn % 3 == 0:
                    with endpoint.session() as connection:
                        connection.put("40", "40/custom,", '42["message",1]')
                elif turn % 3 == 1:
                    with endpoint.polling() as session:
                        session.put("40", '42["message",1]')
                        with session.candidate() as candidate:
                            candidate.put("2probe", "5")
                else:
                    session = Polling(endpoint)
                    Connection(peer.port).ask("GET", session.target).socket.close()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peer.is_alive()


def test_pipelined_requests_of_one_connection(peer: Peer) -> None:
    with peer.socket.polling() as session, Connection(peer.port) as connection:
        for packet in ("40", '42["message",1]', '42["message",2]'):
            connection.ask("POST", session.target, packet)
        # Each is answered in its turn, or the overlap ends the session; the order of what was taken is the order sent.
        statuses = []
        with contextlib.suppress(Ended):
            statuses = [connection.answer().status for _ in range(3)]
        if statuses == [200, 200, 200]:
            assert session.receive().startswith("40{")
            session.expect('42["auth",{}]', '42["message-back",1]', '42["message-back",2]')


def test_headers_and_parameters_of_every_kind(peer: Peer) -> None:
    for query in ("&" * 500, "&a=%", "&a=%zz", "&sid=%F0%9F%98%80", "&" + "a" * 5_000, "&t=\u00e9"):
        answer = exchange(peer.port, "GET", f"/socket.io/?EIO=4&transport=polling{query}")
        assert answer.status in (200, 400, 414, 431)
    for value in ("\x01", "null", "http://" + "x" * 3_000, "\u00e9"):
        answer = exchange(peer.port, "GET", "/socket.io/?EIO=4&transport=polling", None, f"Origin: {value}")
        assert answer.status in (200, 400)


def test_the_same_session_from_many_connections_at_once(peer: Peer) -> None:
    with peer.socket.polling() as session:
        connections = [Connection(peer.port) for _ in range(20)]
        for number, connection in enumerate(connections):
            if number % 2:
                connection.ask("GET", session.target)
            else:
                connection.ask("POST", session.target, "40")
        time.sleep(0)
        for connection in connections:
            with contextlib.suppress(Ended):
                assert connection.answer().status in (200, 400)
            connection.socket.close()
        session.expect_gone()
