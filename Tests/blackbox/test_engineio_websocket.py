# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Engine.IO 4 over WebSocket: frames, the upgrade from polling, the heartbeat, and how sessions end."""

import threading
import time

import pytest

from harness.engineio import ARRIVAL, Connection, Endpoint, Polling, WebSocket, exchange
from harness.peer import Peer
from harness.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Ended, encode
from harness.waiting import eventually

MAXIMUM = 1_000_000
ASKS_FOR_A_WEBSOCKET = (
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
)


@pytest.fixture
def engine(peer: Peer) -> Endpoint:
    return peer.engine


# Frames


@pytest.mark.parametrize("length", [0, 124, 125, 126, 65_534, 65_535, 65_536, MAXIMUM - 1])
def test_messages_of_every_length_come_back(engine: Endpoint, length: int) -> None:
    with engine.session() as connection:
        connection.put("4" + "x" * length)
        connection.expect("4" + "x" * length)
        binary = bytes(index % 251 for index in range(length))
        connection.put(binary)
        connection.expect(binary)


def test_a_message_in_fragments_is_one_packet(engine: Endpoint) -> None:
    with engine.session() as connection:
        text = "4é€😀".encode()
        for position in range(len(text)):
            connection.send_frame(
                TEXT if position == 0 else CONTINUATION, text[position : position + 1], fin=position == len(text) - 1
            )
            if position == 2:
                connection.send_frame(PING, b"between")
        assert connection.read_frame() == (True, PONG, b"between")
        connection.expect("4é€😀")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (encode(TEXT, b"4x", masked=False), 1002),
        (encode(TEXT, b"4x", reserved=4), 1002),
        (encode(TEXT, b"4\xff"), 1007),
        (encode(TEXT, b"4" + b"x" * MAXIMUM), 1009),
        (encode(BINARY, b"x" * (MAXIMUM + 1)), 1009),
        (encode(TEXT, b"4", declared=2**62), 1009),
    ],
    ids=["unmasked", "reserved", "text", "long-text", "long-binary", "lying-length"],
)
def test_a_bad_frame_is_answered_with_its_code(engine: Endpoint, frame: bytes, code: int) -> None:
    with engine.session() as connection:
        connection.send(frame)
        assert connection.read_close()[0] == code
        connection.wait_for_end()


def test_the_clients_close_is_echoed(engine: Endpoint) -> None:
    with engine.session() as connection:
        connection.send_frame(CLOSE, b"\x03\xe8bye")
        frame = connection.read_frame()
        assert frame.opcode == CLOSE and frame.payload[:2] == b"\x03\xe8"
        connection.wait_for_end()


def test_the_upgrade_is_answered_without_extensions(engine: Endpoint) -> None:
    with Connection(engine.port) as connection:
        connection.ask(
            "GET", engine.target("websocket"), None, *ASKS_FOR_A_WEBSOCKET, "Sec-WebSocket-Extensions: permessage-deflate"
        )
        answer = connection.answer()
        assert answer.status == 101 and "sec-websocket-extensions" not in answer.headers


def test_firefoxs_connection_header_is_understood(engine: Endpoint) -> None:
    with Connection(engine.port) as connection:
        connection.ask(
            "GET", engine.target("websocket"), None, "upgrade: WebSocket", "connection: keep-alive, Upgrade",
            *ASKS_FOR_A_WEBSOCKET[2:],
        )
        assert connection.answer().status == 101


@pytest.mark.parametrize("packet", ["abc", "7", "", "2", "2probe", "1", "1\x1e4x"])
def test_packets_that_end_the_session(engine: Endpoint, packet: str) -> None:
    with engine.session() as connection:
        connection.put(packet)
        assert connection.expect_close() == []


def test_packets_that_are_ignored(engine: Endpoint) -> None:
    with engine.session() as connection:
        connection.put("3", "3probe", "5", "6", "0{}", "4still")
        connection.expect("4still")


def test_binary_in_a_text_frame_is_binary(engine: Endpoint) -> None:
    with engine.session() as connection:
        connection.put("bAQIDBA==")
        connection.expect(b"\x01\x02\x03\x04")


def test_a_client_without_binary_gets_text(engine: Endpoint) -> None:
    with engine.session("&b64=1") as connection:
        connection.put(b"\x01\x02\x03\x04")
        connection.expect("bAQIDBA==")


# Upgrade


def test_the_upgrade_step_by_step(engine: Endpoint) -> None:
    with engine.polling() as session:
        waiting = session.start_get()
        with session.candidate() as connection:
            assert connection.status == 101
            # Nothing is said before the probe, and a waiting GET goes on waiting.
            assert connection.is_silent() and waiting.is_silent(0.05)
            connection.put("2probe")
            assert connection.take() == "3probe"
            answer = waiting.answer()
            assert (answer.status, answer.text) == (200, "6")
            # What is echoed meanwhile waits for the 5, or goes by a GET; it does not go by the candidate.
            session.put("4during")
            assert connection.is_silent()
            connection.put("5", "4after")
            connection.expect("4during", "4after")
            assert exchange(engine.port, "GET", session.target).text == '{"code":3,"message":"Bad request"}'


def test_a_get_during_the_probe_ends_soon(engine: Endpoint) -> None:
    with engine.polling() as session, session.candidate() as connection:
        connection.put("2probe")
        assert connection.take() == "3probe"
        for _ in range(3):
            assert session.get().text == "6"
        session.put("4one")
        assert session.get().text == "4one"
        connection.put("5", "4two")
        connection.expect("4two")


def test_pythons_upgrade_in_one_segment_on_the_connection_that_polled(peer: Peer) -> None:
    endpoint = peer.socket
    connection = WebSocket.__new__(WebSocket)
    Connection.__init__(connection, peer.port)
    with connection:
        sid = connection.exchange("GET", endpoint.target("polling")).text.split('"')[3]
        assert connection.upgrade(endpoint.target("websocket", sid)) == 101
        connection.put("2probe", "5", "40{}")
        assert connection.take() == "3probe"
        assert str(connection.take()).startswith('40{"sid":"')
        assert connection.take() == '42["auth",{}]'


def test_the_header_by_polling_and_the_attachment_by_websocket(peer: Peer) -> None:
    with peer.socket.polling() as session:
        session.put("40")
        assert session.receive().startswith('40{"sid":"')
        session.expect('42["auth",{}]')
        session.put('451-["message",{"_placeholder":true,"num":0}]')
        with session.upgrade() as connection:
            connection.put(b"\x01\x02")
            connection.expect('451-["message-back",{"_placeholder":true,"num":0}]', b"\x01\x02")


def test_nothing_is_lost_doubled_or_reordered_by_an_upgrade(engine: Endpoint) -> None:
    count = 300
    with engine.polling() as session:
        received: list[str | bytes] = []
        candidate = session.candidate()
        half = threading.Event()

        def post() -> None:
            for number in range(0, count // 2, 10):
                session.put(*[f"4{index}" for index in range(number, number + 10)])
            half.set()

        poster = threading.Thread(target=post)
        poster.start()
        # The client goes on polling until the server lets it go.
        while len(received) < 60:
            received += [packet for packet in exchange(engine.port, "GET", session.target).packets if packet != "6"]
        candidate.put("2probe")
        assert candidate.take() == "3probe"
        half.wait(20)
        poster.join()
        candidate.put("5", *[f"4{index}" for index in range(count // 2, count)])
        with candidate:
            while len(received) < count:
                received.append(candidate.receive())
        assert received == [f"4{index}" for index in range(count)]


@pytest.mark.parametrize(
    "packets", [("4x",), ("2",), ("40",), ("2probe", "4x"), ("2probe", "2probe"), (b"x",)],
    ids=["message", "ping", "connect", "after-probe", "two-probes", "binary"],
)
def test_a_wrong_packet_closes_the_candidate_and_polling_lives_on(engine: Endpoint, packets: tuple[str, ...]) -> None:
    with engine.polling() as session:
        with session.candidate() as connection:
            connection.put(*packets)
            # Long before the time that an upgrade may take is over.
            connection.expect_close(within=8)
        session.put("4still")
        session.expect("4still")
        with session.upgrade() as connection:
            connection.put("4now")
            connection.expect("4now")


@pytest.mark.parametrize("words", [(), ("2probe",)], ids=["silent", "probing"])
def test_a_candidate_that_goes_away_does_no_harm(engine: Endpoint, words: tuple[str, ...]) -> None:
    with engine.polling() as session:
        with session.candidate() as connection:
            connection.put(*words)
            if words:
                assert connection.take() == "3probe"
        session.put("4still")
        session.expect("4still")
        # The server has to see the end of that candidate before it lets another in.
        eventually(lambda: _can_upgrade(session), what="another upgrade")


def _can_upgrade(session: Polling) -> bool:
    with session.candidate() as connection:
        connection.put("2probe")
        try:
            if connection.take() != "3probe":
                return False
        except Ended:
            return False
        connection.put("5", "4now")
        connection.expect("4now")
        return True


def test_a_second_candidate_is_closed_and_the_first_goes_on(engine: Endpoint) -> None:
    with engine.polling() as session, session.candidate() as first:
        first.put("2probe")
        assert first.take() == "3probe"
        with session.candidate() as second:
            assert second.status == 101
            second.expect_close()
        first.put("5", "4still")
        first.expect("4still")


def test_a_session_that_began_on_a_websocket_takes_no_other(engine: Endpoint) -> None:
    with engine.websocket() as connection:
        sid = str(connection.open_packet()["sid"])
        with engine.websocket(sid) as second:
            assert second.status == 101
            second.expect_close()
        assert exchange(engine.port, "GET", engine.target("polling", sid)).text == '{"code":3,"message":"Bad request"}'
        connection.put("4still")
        connection.expect("4still")


def test_the_end_of_the_session_closes_the_candidate(engine: Endpoint) -> None:
    with engine.polling() as session, session.candidate() as connection:
        connection.put("2probe")
        assert connection.take() == "3probe"
        session.post("1")
        connection.expect_close()
        session.expect_gone()


# Heartbeat and end


def test_pings_come_in_time_whatever_else_is_said(strict_peer: Peer) -> None:
    # Before the server's clock starts: a busy machine makes nothing seem earlier than it is.
    start = time.monotonic()
    with strict_peer.engine.session() as connection:
        pings: list[float] = []
        connection.put("4x")
        while len(pings) < 3:
            packet = connection.take()
            if packet == "2":
                pings.append(time.monotonic() - start)
                connection.put("3")
            else:
                # Traffic the whole time neither counts as a pong nor holds the pings back.
                connection.put("4x")
        for number, instant in enumerate(pings, start=1):
            assert instant >= 0.3 * number


def test_traffic_is_no_pong(strict_peer: Peer) -> None:
    start = time.monotonic()
    with strict_peer.engine.session() as connection:
        connection.put("4x")
        with pytest.raises(Ended):
            while True:
                if connection.take() != "2":
                    connection.put("4x")
        assert time.monotonic() - start >= 0.5


def test_the_pong_is_due_before_and_after_an_upgrade(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session:
        assert session.get().text == "2"
        with session.upgrade() as connection:
            # The outstanding pong may come by the WebSocket; the next ping does.
            connection.put("3")
            assert connection.take() == "2"
            connection.expect_close()


def test_a_polling_session_that_never_polls_is_closed(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session:
        session.expect_gone()


def test_a_waiting_get_is_told_of_the_end(strict_peer: Peer) -> None:
    with strict_peer.engine.polling() as session:
        assert session.get().text == "2"
        answer = session.get()
        assert (answer.status, answer.text) == (200, "1")
        session.expect_gone()


def test_the_server_sends_its_last_words_before_the_end(peer: Peer) -> None:
    # What Socket.IO does not understand ends the connection; the answers to what came before it arrive.
    with peer.socket.polling() as session:
        session.put("40", '42["message",1]', "4abc")
        received = []
        while (answer := session.get()).text != "1":
            assert answer.status == 200, answer
            assert "1" not in answer.packets, "the close stands beside messages, which the client would lose"
            received += answer.packets
        assert [packet[:3] for packet in received] == ["40{", "42[", "42["]
        assert received[2] == '42["message-back",1]'
        session.expect_gone()
    with peer.socket.session() as connection:
        connection.put("40", '42["message",1]', "4abc")
        assert connection.expect_close()[-1] == '42["message-back",1]'


def test_an_end_without_a_waiting_get_waits_for_the_next(peer: Peer) -> None:
    with peer.socket.polling() as session:
        session.put("4abc")
        time.sleep(ARRIVAL)
        assert session.get().packets[-1] == "1"
        session.expect_gone()


def test_a_server_that_goes_down_lets_every_client_come_back() -> None:
    server = Peer("shutdown", PING_INTERVAL="25000", PING_TIMEOUT="20000").start()
    try:
        with server.engine.polling() as polling, server.engine.session() as connection:
            waiting = polling.start_get()
            server.stop()
            # A 200 with the close packet would end python-socketio's client for good.
            assert waiting.answer().status == 503
            assert connection.expect_close() == []
    finally:
        server.kill()


def test_nothing_remains_of_sessions_that_ended(peer: Peer) -> None:
    def connect_and_go(count: int) -> None:
        for number in range(count):
            if number % 2:
                with peer.engine.session() as connection:
                    connection.put("4x")
                    connection.expect("4x")
            else:
                with peer.engine.polling() as session:
                    session.put("4x")
                    session.post("1")

    connect_and_go(300)
    before = peer.resident_kib
    connect_and_go(1_500)
    # A session costs kilobytes: 1,500 that stayed would show.
    assert peer.resident_kib - before < 4_096
