# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Engine.IO 4: the checks of the official suites, and polling as the reference implementation does it.

"Official" are the checks of the protocol's own suites, with their timers: pings every 300 ms, 200 ms for a pong. Those
that both suites have are run on both paths.
"""

import socket
import threading
import time

import pytest

from harness.engineio import ARRIVAL, SEPARATOR, Connection, Endpoint, exchange
from harness.peer import Peer
from harness.waiting import eventually

PATHS = ("/engine.io/", "/socket.io/")
MAXIMUM = 1_000_000
FOUND_TEXT = "text/plain; charset=UTF-8"


def error(code: int, message: str) -> str:
    return f'{{"code":{code},"message":"{message}"}}'


UNKNOWN_TRANSPORT = error(0, "Transport unknown")
UNKNOWN_SESSION = error(1, "Session ID unknown")
BAD_METHOD = error(2, "Bad handshake method")
BAD_REQUEST = error(3, "Bad request")
BAD_VERSION = error(5, "Unsupported protocol version")


@pytest.fixture(params=PATHS, ids=["engine", "socket"])
def strict(request: pytest.FixtureRequest, strict_peer: Peer) -> Endpoint:
    return Endpoint(strict_peer.port, request.param)


# Official: handshake


def test_official_polling_opens_a_session(strict: Endpoint) -> None:
    answer = strict.exchange("GET", "?EIO=4&transport=polling")
    assert answer.status == 200
    with strict.polling() as session:
        assert list(session.open) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
        assert isinstance(session.open["sid"], str)
        assert session.open | {"sid": ""} == {
            "sid": "", "upgrades": ["websocket"], "pingInterval": 300, "pingTimeout": 200, "maxPayload": MAXIMUM,
        }


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", "?transport=polling"),
        ("GET", "?EIO=abc&transport=polling"),
        ("GET", "?EIO=4"),
        ("GET", "?EIO=4&transport=abc"),
        ("POST", "?EIO=4&transport=polling"),
        ("PUT", "?EIO=4&transport=polling"),
    ],
)
def test_official_polling_refuses(strict: Endpoint, method: str, query: str) -> None:
    assert strict.exchange(method, query).status == 400


def test_official_websocket_opens_a_session(strict: Endpoint) -> None:
    with strict.websocket() as connection:
        opened = connection.open_packet()
        assert list(opened) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
        assert opened | {"sid": ""} == {
            "sid": "", "upgrades": [], "pingInterval": 300, "pingTimeout": 200, "maxPayload": MAXIMUM,
        }


@pytest.mark.parametrize("query", ["?transport=websocket", "?EIO=abc&transport=websocket", "?EIO=4", "?EIO=4&transport=abc"])
def test_official_websocket_is_refused(strict: Endpoint, query: str) -> None:
    with Connection(strict.port) as connection:
        assert connection.upgrade(f"{strict.path}{query}") == 400
        connection.wait_for_end()


# Official: messages


@pytest.mark.parametrize(
    "payload", ["4hello", "4test1\x1e4test2\x1e4test3", "bAQIDBA==", "4hello\x1ebAQIDBA=="],
    ids=["text", "texts", "binary", "mixed"],
)
def test_official_polling_echoes(strict_peer: Peer, payload: str) -> None:
    with strict_peer.engine.polling() as session:
        assert session.post(payload).text == "ok"
        session.expect(*payload.split(SEPARATOR))


def test_official_polling_closes_upon_an_invalid_packet(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session:
        session.post("abc")
        assert session.get().status == 400


def test_official_polling_closes_upon_a_second_get(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session:
        requests = [Connection(strict_peer.port).ask("GET", session.target) for _ in range(2)]
        answers = [request.answer() for request in requests]
        assert sorted((answer.status, answer.text) for answer in answers) == [(200, "1"), (400, "")]
        assert session.get().text == UNKNOWN_SESSION


def test_official_websocket_echoes(strict_peer: Peer) -> None:
    with strict_peer.engine.session() as connection:
        connection.put("4hello")
        connection.expect("4hello")
        connection.put(b"\x01\x02\x03\x04")
        connection.expect(b"\x01\x02\x03\x04")


def test_official_websocket_closes_upon_an_invalid_packet(strict_peer: Peer) -> None:
    with strict_peer.engine.session() as connection:
        connection.put("abc")
        connection.expect_close()


# Official: heartbeat


def test_official_polling_pings(strict: Endpoint) -> None:
    with strict.polling() as session:
        for _ in range(3):
            answer = session.get()
            assert (answer.status, answer.text) == (200, "2")
            session.put("3")


def test_official_polling_closes_upon_ping_timeout(strict: Endpoint) -> None:
    # A machine that is busy may hold the server's thread back for longer than ours; once in three it does not.
    for attempt in range(3):
        with strict.polling() as session:
            time.sleep(0.5)
            answer = session.get()
        if answer.status == 400 or attempt == 2:
            assert (answer.status, answer.text) == (400, UNKNOWN_SESSION)
            return


def test_official_websocket_pings(strict: Endpoint) -> None:
    with strict.session() as connection:
        for _ in range(3):
            assert connection.take() == "2"
            connection.put("3")


def test_official_websocket_closes_upon_ping_timeout(strict: Endpoint) -> None:
    start = time.monotonic()
    with strict.session() as connection:
        assert connection.expect_close() == ["2"]
        assert time.monotonic() - start >= 0.5


# Official: close, upgrade


def test_official_polling_is_closed_by_the_client(strict: Endpoint) -> None:
    with strict.polling() as session:
        waiting = session.start_get()
        assert session.post("1").text == "ok"
        assert (answer := waiting.answer()).status == 200 and answer.text == "6"
        assert session.get().text == UNKNOWN_SESSION


def test_official_websocket_is_closed_by_the_client(strict: Endpoint) -> None:
    with strict.session() as connection:
        connection.put("1")
        assert connection.expect_close() == []


def test_official_upgrade(strict: Endpoint) -> None:
    with strict.polling() as session, session.upgrade() as connection:
        # A message of the suite's: an echo on /engine.io/, a CONNECT on /socket.io/.
        connection.put("4hello" if strict.path == PATHS[0] else "40")
        assert str(connection.receive()).startswith("4hello" if strict.path == PATHS[0] else '40{"sid":')


def test_official_http_requests_are_ignored_after_an_upgrade(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session, session.upgrade() as connection:
        eventually(lambda: session.get().status == 400, what="the end of polling")
        assert session.post("4poll").status == 400
        connection.put("4hello")
        connection.expect("4hello")


def test_official_a_second_websocket_is_ignored_after_an_upgrade(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session, session.upgrade() as connection:
        with session.candidate() as second:
            assert second.status == 101
            second.expect_close()
        connection.put("4hello")
        connection.expect("4hello")


# Handshake and errors


def test_the_handshake_has_its_headers(peer: Peer) -> None:
    answer = peer.engine.exchange("GET", "?EIO=4&transport=polling")
    assert answer.headers["content-type"] == FOUND_TEXT
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "set-cookie" not in answer.headers


def test_the_parameters_may_stand_in_any_order_and_beside_others(peer: Peer) -> None:
    assert peer.engine.exchange("GET", "?user=1&transport=polling&a=%20b&EIO=4&t=x1").status == 200
    # An empty session id is none, and with one the version is not asked for.
    answer = peer.engine.exchange("GET", "?EIO=4&transport=polling&sid=")
    assert answer.status == 200 and answer.text.startswith("0{")
    with peer.engine.polling() as session:
        assert peer.engine.exchange("POST", f"?transport=polling&sid={session.sid}", "4x").text == "ok"


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("GET", "?transport=polling", BAD_VERSION),
        ("GET", "?EIO=3&transport=polling", BAD_VERSION),
        ("GET", "?EIO=5&transport=polling", BAD_VERSION),
        ("GET", "?EIO=04&transport=polling", BAD_VERSION),
        ("GET", "?EIO=4", UNKNOWN_TRANSPORT),
        ("GET", "", UNKNOWN_TRANSPORT),
        ("GET", "?EIO=4&transport=", UNKNOWN_TRANSPORT),
        ("GET", "?EIO=4&transport=webtransport", UNKNOWN_TRANSPORT),
        ("POST", "?EIO=4&transport=abc&sid=x", UNKNOWN_TRANSPORT),
        ("GET", "?EIO=4&transport=polling&sid=unknown", UNKNOWN_SESSION),
        ("POST", "?EIO=4&transport=polling&sid=unknown", UNKNOWN_SESSION),
        ("GET", "?EIO=4&transport=polling&sid=__proto__", UNKNOWN_SESSION),
        ("GET", f"?EIO=4&transport=polling&sid={'x' * 4000}", UNKNOWN_SESSION),
        ("GET", "?EIO=4&transport=polling&sid=%C3%A9%00%ff", UNKNOWN_SESSION),
        ("POST", "?EIO=4&transport=polling", BAD_METHOD),
        ("PUT", "?EIO=4&transport=polling", BAD_METHOD),
        ("DELETE", "?EIO=4&transport=polling", BAD_METHOD),
        ("GET", "?EIO=4&transport=websocket", BAD_REQUEST),
    ],
)
def test_a_refusal_has_its_status_body_and_headers(peer: Peer, method: str, query: str, body: str) -> None:
    answer = peer.engine.exchange(method, query, None, "Origin: http://page.example")
    assert (answer.status, answer.text) == (400, body)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?EIO=4&transport=abc", "Transport unknown"),
        ("?EIO=4&transport=websocket&sid=unknown", "Session ID unknown"),
        ("?EIO=3&transport=websocket", "Unsupported protocol version"),
    ],
)
def test_a_refused_websocket_is_told_why_before_the_upgrade(peer: Peer, query: str, text: str) -> None:
    with Connection(peer.port) as connection:
        connection.ask(
            "GET", f"/engine.io/{query}", None, "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        )
        answer = connection.answer()
        assert (answer.status, answer.text) == (400, text)
        connection.wait_for_end()


def test_only_the_path_with_its_slash_is_served(peer: Peer) -> None:
    query = "?EIO=4&transport=polling"
    assert exchange(peer.port, "GET", f"/engine.io/anything{query}").status == 200
    for path in ("/engine.io", "/engine", "/", "/Engine.io/"):
        assert exchange(peer.port, "GET", f"{path}{query}").status == 404
    with Connection(peer.port) as connection:
        assert connection.upgrade("/other/?EIO=4&transport=websocket") == 404


def test_session_ids_are_unlike_each_other_and_fit_into_a_url(peer: Peer) -> None:
    found = set()
    for _ in range(200):
        with peer.engine.polling() as session:
            found.add(session.sid)
            assert len(session.sid) == 20 and session.sid.replace("-", "a").replace("_", "a").isalnum()
    assert len(found) == 200
    # The reference ends each with a counter; nothing else may be common to two.
    heads = {sid[:10] for sid in found}
    assert len(heads) == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH"])
def test_another_method_leaves_the_session_as_it_was(peer: Peer, method: str) -> None:
    with peer.engine.polling() as session:
        with Connection(peer.port) as connection:
            assert connection.exchange(method, session.target).status in (400, 405)
        session.put("4still")
        session.expect("4still")


def test_other_origins_are_answered_as_cors_wants_it(peer: Peer) -> None:
    origin = "Origin: http://page.example"
    answer = peer.engine.exchange("GET", "?EIO=4&transport=polling", None, origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    for query in ("?EIO=4&transport=polling", "?EIO=4&transport=polling&sid=unknown"):
        answer = peer.engine.exchange(
            "OPTIONS", query, None, origin, "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: x-one, x-two",
        )
        assert answer.status == 204 and answer.body == b""
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
        assert answer.headers["access-control-allow-headers"] == "x-one, x-two"
        assert "Access-Control-Request-Headers" in answer.headers["vary"]
    with Connection(peer.port) as connection:
        connection.ask(
            "GET", "/engine.io/?EIO=4&transport=websocket", None, "Upgrade: websocket", "Connection: Upgrade", origin,
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        )
        head = connection.answer()
        assert (head.status, head.headers["access-control-allow-origin"]) == (101, "*")


# Polling


def test_a_get_waits_until_there_is_something_to_say(peer: Peer) -> None:
    with peer.engine.polling() as session:
        waiting = session.start_get()
        assert waiting.is_silent()
        session.put("4now")
        answer = waiting.answer()
        assert (answer.status, answer.text) == (200, "4now")
        assert answer.headers["content-type"] == FOUND_TEXT and answer.headers["cache-control"] == "no-store"


def test_an_answer_has_at_most_sixteen_packets_and_the_rest_follows(peer: Peer) -> None:
    with peer.engine.polling() as session:
        sent = [f"4{number}" for number in range(40)]
        session.put(*sent)
        received: list[str] = []
        while len(received) < 40:
            packets = session.get().packets
            assert len(packets) <= 16
            received += packets
        assert received == sent


def test_binary_goes_as_base64_both_ways(peer: Peer) -> None:
    with peer.engine.polling() as session:
        for packet in ("bAQIDBA==", "bAQI=", "b", "b+/8="):
            session.put(packet)
            session.expect(packet)
        # Without its padding it is taken as well, and comes back with it.
        session.put("bAQI")
        session.expect("bAQI=")


def test_lengths_count_bytes(peer: Peer) -> None:
    with peer.engine.polling() as session:
        text = "4héllo €😀"
        assert session.post(text).headers["content-length"] == "2"
        answer = session.get()
        assert answer.text == text and answer.headers["content-length"] == str(len(text.encode()))


def test_a_second_post_ends_the_session(peer: Peer) -> None:
    with peer.engine.polling() as session, Connection(peer.port) as first:
        first.send(
            f"POST {session.target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
            "Content-Type: text/plain\r\n\r\n4abc".encode()
        )
        time.sleep(ARRIVAL)
        answer = session.post("4second")
        assert (answer.status, answer.body) == (400, b"")
        first.wait_for_end()
        session.expect_gone()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_is_cut_off_ends_the_session(peer: Peer, method: str) -> None:
    with peer.engine.polling() as session, Connection(peer.port) as connection:
        length = "Content-Length: 100\r\n" if method == "POST" else ""
        connection.send(f"{method} {session.target} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode())
        if method == "POST":
            connection.send(b"4abc")
        time.sleep(ARRIVAL)
        connection.socket.close()
        session.expect_gone()


def test_a_post_is_answered_as_the_suite_wants_it(peer: Peer) -> None:
    with peer.engine.polling() as session:
        answer = session.post("4x")
        assert (answer.status, answer.text) == (200, "ok")
        assert answer.headers["content-type"] == "text/html" and answer.headers["cache-control"] == "no-store"
        # Without a content type it is text, and so is anything but a stream of octets.
        assert session.post("4y", "Content-Type: application/json").text == "ok"
        session.expect("4x", "4y")


def test_a_body_may_come_in_any_pieces(peer: Peer) -> None:
    with peer.engine.polling() as session, Connection(peer.port) as connection:
        body = "4é€😀".encode()
        connection.send(f"POST {session.target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for position in range(len(body)):
            connection.send(b"1\r\n" + body[position : position + 1] + b"\r\n")
        connection.send(b"0\r\n\r\n")
        assert connection.answer().text == "ok"
        session.expect("4é€😀")
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"POST {session.target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        for position in range(len(head)):
            connection.send(head[position : position + 1])
        for position in range(len(body)):
            connection.send(body[position : position + 1])
        assert connection.answer().text == "ok"
        session.expect("4é€😀")


def test_the_largest_body_is_taken_and_one_byte_more_is_not(peer: Peer) -> None:
    with peer.engine.polling() as session:
        largest = "4" + "é" * ((MAXIMUM - 1) // 2)
        largest += "x" * (MAXIMUM - len(largest.encode()))
        session.put(largest)
        session.expect(largest)
    with peer.engine.polling() as session, Connection(peer.port) as connection:
        # Counted while it streams: the answer comes before the end of the body.
        connection.send(f"POST {session.target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        piece = b"4" * 10_000
        for _ in range(101):
            connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        answer = connection.answer()
        assert (answer.status, answer.body) == (413, b"")
    with peer.engine.polling() as session:
        answer = exchange(peer.port, "POST", session.target, None, f"Content-Length: {MAXIMUM + 1}")
        assert (answer.status, answer.body) == (413, b"")


def test_a_stream_of_octets_ends_the_session(peer: Peer) -> None:
    with peer.engine.polling() as session:
        answer = session.post(b"4x", "Content-Type: application/octet-stream")
        assert (answer.status, answer.body) == (400, b"")
        session.expect_gone()


@pytest.mark.parametrize(
    ("body", "echoed"),
    [
        ("", []), ("abc", []), ("4one\x1eabc\x1e4two", ["4one"]), ("4one\x1e", ["4one"]), ("\x1e4one", []),
        ("4one\x1e\x1e4two", ["4one"]), ("4one\x1e2\x1e4two", ["4one"]), ("2", []), ("2probe", []), ("b\u00e9", []),
    ],
)
def test_a_bad_packet_ends_the_session_and_those_before_it_count(peer: Peer, body: str, echoed: list[str]) -> None:
    with peer.engine.polling() as session:
        waiting = session.start_get()
        assert session.post(body).status in (200, 400)
        answer = waiting.answer()
        assert answer.status == 200
        # What was echoed may come first, and then the close is an answer of its own: never both in one body.
        assert answer.packets in (["1"], echoed)
        session.expect_gone()


def test_the_clients_close_ends_the_waiting_get_with_a_noop(peer: Peer) -> None:
    with peer.engine.polling() as session:
        waiting = session.start_get()
        # What stands behind the close is dropped.
        assert session.post("1\x1e4behind").text == "ok"
        assert waiting.answer().text == "6"
        session.expect_gone()


def test_stray_packets_are_ignored(peer: Peer) -> None:
    with peer.engine.polling() as session:
        for packet in ("3", "3probe", "5", "6", "0{}", "0"):
            session.put(packet)
        session.put("4still")
        session.expect("4still")


def test_many_requests_of_many_sessions_share_a_connection(peer: Peer) -> None:
    with Connection(peer.port) as connection:
        target = peer.engine.target("polling")
        sessions = [connection.exchange("GET", target).text.split('"')[3] for _ in range(20)]
        for round_ in range(3):
            for sid in sessions:
                assert connection.exchange("POST", f"{target}&sid={sid}", f"4{round_}{sid}").text == "ok"
            for sid in sessions:
                assert connection.exchange("GET", f"{target}&sid={sid}").text == f"4{round_}{sid}"


def test_concurrent_sessions_do_not_see_each_others_messages(peer: Peer) -> None:
    faults: list[str] = []

    def talk(number: int) -> None:
        try:
            with peer.engine.polling() as session:
                for turn in range(15):
                    session.put(f"4{number}-{turn}", f"4{number}-{turn}-b")
                    session.expect(f"4{number}-{turn}", f"4{number}-{turn}-b")
        except Exception as fault:  # noqa: BLE001 - told to the test
            faults.append(repr(fault))

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
