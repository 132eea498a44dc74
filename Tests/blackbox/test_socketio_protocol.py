# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Socket.IO 5: the checks of the official suite, and packets as the reference implementation takes and refuses them."""

import json
import time

import pytest

from harness.engineio import Endpoint, Polling, WebSocket
from harness.packets import BAD_PACKETS
from harness.peer import Peer
from harness.raw import Ended

HEADERS = '{"_placeholder":true,"num":0}'


@pytest.fixture
def endpoint(peer: Peer) -> Endpoint:
    return peer.socket


def joined(endpoint: Endpoint, namespace: str = "/") -> WebSocket:
    """A session on a WebSocket that has joined a namespace and taken its `auth` event."""
    connection = endpoint.session()
    join(connection, namespace)
    return connection


def join(connection: WebSocket, namespace: str = "/") -> str:
    """Joins a namespace and gives the socket's id."""
    place = "" if namespace == "/" else f"{namespace},"
    connection.put(f"40{place}")
    answer = connection.receive()
    assert isinstance(answer, str) and answer.startswith(f'40{place}{{"sid":"'), answer
    connection.expect(f'42{place}["auth",{{}}]')
    return json.loads(answer[2 + len(place) :])["sid"]


def expect_alive(connection: WebSocket) -> None:
    connection.put('42["message","still"]')
    connection.expect('42["message-back","still"]')


# Official: connect


@pytest.mark.parametrize(
    ("packet", "start", "event"),
    [
        ("40", '40{"sid":"', '42["auth",{}]'),
        ('40{"token":"123"}', '40{"sid":"', '42["auth",{"token":"123"}]'),
        ("40/custom,", '40/custom,{"sid":"', '42/custom,["auth",{}]'),
        ('40/custom,{"token":"abc"}', '40/custom,{"sid":"', '42/custom,["auth",{"token":"abc"}]'),
    ],
    ids=["main", "main-payload", "custom", "custom-payload"],
)
def test_official_connect(strict_peer: Peer, packet: str, start: str, event: str) -> None:
    with strict_peer.socket.session() as connection:
        connection.put(packet)
        assert str(connection.receive()).startswith(start)
        connection.expect(event)


def test_official_an_unknown_namespace_is_refused(strict_peer: Peer) -> None:
    with strict_peer.socket.session() as connection:
        connection.put("40/random")
        connection.expect('44/random,{"message":"Invalid namespace"}')


def test_official_an_invalid_handshake_ends_the_connection(strict_peer: Peer) -> None:
    with strict_peer.socket.session() as connection:
        connection.put("4abc")
        connection.expect_close()


def test_official_a_connection_without_connect_ends(strict_peer: Peer) -> None:
    start = time.monotonic()
    with strict_peer.socket.session() as connection:
        with pytest.raises(Ended):
            connection.receive()
        assert time.monotonic() - start > 0.95


# Official: disconnect


def test_official_leaving_the_main_namespace(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put("41")
        # The session stays: what comes next is a ping.
        assert connection.take() == "2"


def test_official_leaving_a_custom_namespace(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        join(connection, "/custom")
        connection.put("41/custom,", '42["message","message to main namespace"]')
        connection.expect('42["message-back","message to main namespace"]')


# Official: messages


def test_official_an_event_comes_back(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put('42["message",1,"2",{"3":[true]}]')
        connection.expect('42["message-back",1,"2",{"3":[true]}]')


def test_official_an_event_is_acknowledged(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put('42456["message-with-ack",1,"2",{"3":[false]}]')
        connection.expect('43456[1,"2",{"3":[false]}]')


def test_official_binary_comes_back(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put(
            '452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\x01\x02\x03", b"\x04\x05\x06"
        )
        connection.expect(
            '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
            b"\x01\x02\x03", b"\x04\x05\x06",
        )


def test_official_binary_is_acknowledged(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put(
            '452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\x01\x02\x03",
            b"\x04\x05\x06",
        )
        connection.expect(
            '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\x01\x02\x03", b"\x04\x05\x06"
        )


@pytest.mark.parametrize("packet", ["4abc", "42{}", '42abc["message-with-ack",1,"2",{"3":[false]}]'])
def test_official_invalid_packets_end_the_connection(strict_peer: Peer, packet: str) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put(packet)
        connection.expect_close()


# Namespaces


@pytest.mark.parametrize("packet", ["40", "40{}", "40,", "40/", "40/,", "401", '4012{"a":1}', '40 {"a":1}'])
def test_ways_to_write_a_connect_to_the_main_namespace(endpoint: Endpoint, packet: str) -> None:
    with endpoint.session() as connection:
        connection.put(packet)
        if packet == "40,":
            # No namespace begins with a comma, and JSON has none in front.
            connection.expect_close()
            return
        assert str(connection.receive()).startswith('40{"sid":"')


@pytest.mark.parametrize("packet", ["40/custom", "40/custom,", "40/custom,{}"])
def test_ways_to_write_a_connect_to_a_namespace(endpoint: Endpoint, packet: str) -> None:
    with endpoint.session() as connection:
        connection.put(packet)
        assert str(connection.receive()).startswith('40/custom,{"sid":"')


def test_ids_differ_by_namespace_and_from_the_session(endpoint: Endpoint) -> None:
    with endpoint.websocket() as connection:
        sid = connection.open_packet()["sid"]
        ids = {sid, join(connection), join(connection, "/custom")}
        assert len(ids) == 3
        # A namespace that is left and joined again gives another.
        connection.put("41/custom,")
        ids.add(join(connection, "/custom"))
        assert len(ids) == 4


@pytest.mark.parametrize("name", ["/random", "/Custom", "/custom/", "/custom%2F", '/custom{"a":1}', "/ü"])
def test_a_refused_namespace_is_named_as_it_was_asked_for(endpoint: Endpoint, name: str) -> None:
    with joined(endpoint) as connection:
        connection.put(f"40{name},")
        connection.expect(f'44{name},{{"message":"Invalid namespace"}}')
        expect_alive(connection)


@pytest.mark.parametrize(
    "packet",
    ["40[]", "40null", '40"x"', "40{bad", "40{}x", "40/custom,[]", '44{"message":"x"}', "41{}", '41"x"', "49", "47[]", "4", "4-"],
)
def test_packets_that_end_the_connection_before_it_has_joined(endpoint: Endpoint, packet: str) -> None:
    with endpoint.session() as connection:
        connection.put(packet)
        assert connection.expect_close() == []


@pytest.mark.parametrize("packet", ['42["a"]', "43[]", "41", '42/custom,["a"]', "43/custom,1[]", "41/custom,"])
def test_packets_for_a_namespace_that_was_never_joined_end_the_connection(endpoint: Endpoint, packet: str) -> None:
    with endpoint.session() as connection:
        connection.put(packet)
        assert connection.expect_close() == []


def test_a_second_connect_ends_the_connection(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        connection.put("40")
        connection.expect_close()


def test_late_packets_for_a_namespace_that_was_left_are_dropped(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        join(connection, "/custom")
        connection.put("41/custom,", '42/custom,["message",1]', "43/custom,0[]", "41/custom,")
        expect_alive(connection)


def test_auth_arrives_as_it_was_sent(endpoint: Endpoint) -> None:
    with endpoint.session() as connection:
        auth = '{"token":"é€😀","b":{"a":[1,2.5,null]},"__proto__":{"x":1}}'
        connection.put(f"40{auth}")
        connection.receive()
        connection.expect(f'42["auth",{auth}]')


def test_a_refused_connect_does_not_stop_the_deadline(strict_peer: Peer) -> None:
    with strict_peer.socket.session() as connection:
        connection.put("40/random")
        connection.expect('44/random,{"message":"Invalid namespace"}')
        with pytest.raises(Ended):
            connection.receive()


def test_a_connection_that_has_joined_once_may_stay_without_a_namespace(strict_peer: Peer) -> None:
    with joined(strict_peer.socket) as connection:
        connection.put("41")
        for _ in range(5):  # pings of 300 ms: longer than the deadline of 1000 ms
            assert connection.take() == "2"
            connection.put("3")
        join(connection)


# Events and answers


@pytest.mark.parametrize(
    ("packet", "answer"),
    [
        ('42["message"]', '42["message-back"]'),
        ('42["message", 1 , [ ] ]', '42["message-back",1,[]]'),
        ('420["message-with-ack"]', "430[]"),
        ('42007["message-with-ack",1]', "437[1]"),
        ('429007199254740991["message-with-ack"]', "439007199254740991[]"),
        ('42["message","/\\/\\u002f"]', '42["message-back","///"]'),
        ('42["message","\\ud83d\\ude00é€\\u2028\\n"]', '42["message-back","😀é€\u2028\\n"]'),
        ('42["message","\\ud800x"]', '42["message-back","\\ud800x"]'),
        ('42["message",{"b":1,"a":2,"__proto__":{"c":3}}]', '42["message-back",{"b":1,"a":2,"__proto__":{"c":3}}]'),
        ('42["message",-1,0.5,1e21,9007199254740991]', '42["message-back",-1,0.5,1e+21,9007199254740991]'),
        ('42["message",{"_placeholder":true,"num":0}]', '42["message-back",{"_placeholder":true,"num":0}]'),
        ('42["message","",null,true,[[],{}]]', '42["message-back","",null,true,[[],{}]]'),
    ],
)
def test_events_come_back_as_javascript_would_write_them(endpoint: Endpoint, packet: str, answer: str) -> None:
    with joined(endpoint) as connection:
        connection.put(packet)
        received = connection.receive()
        assert isinstance(received, str)
        # A server that hands text on unchanged is as right as one that parses and writes it.
        assert received in (answer, packet.replace('"message"', '"message-back"', 1)) or _same(received, answer), received


def _same(one: str, other: str) -> bool:
    head = one[: one.index("[")]
    return head == other[: other.index("[")] and json.loads(one[len(head) :]) == json.loads(other[len(head) :])


@pytest.mark.parametrize("packet", BAD_PACKETS, ids=lambda packet: packet[:40])
def test_bad_packets_end_the_connection_and_nobody_elses(endpoint: Endpoint, packet: str) -> None:
    with joined(endpoint) as bystander, joined(endpoint) as connection:
        connection.put(packet)
        assert connection.expect_close() == []
        expect_alive(bystander)


@pytest.mark.parametrize(
    "packet",
    ['42["nobody listens"]', '42["",1]', "42[1,2]", "43[1]", "4312345[1]", "439007199254740993[]", "430[]", '42["error"]'],
)
def test_packets_without_effect(endpoint: Endpoint, packet: str) -> None:
    with joined(endpoint) as connection:
        connection.put(packet)
        expect_alive(connection)


def test_ids_beyond_any_number_do_no_harm(endpoint: Endpoint) -> None:
    with joined(endpoint) as bystander:
        for digits in ("9007199254740993", "18446744073709551616", "9" * 400):
            with joined(endpoint) as connection:
                connection.put(f'42{digits}["message-with-ack"]', '42["message",1]')
                # Refused or answered, with whatever is left of its digits: the server stays.
                try:
                    connection.receive()
                except Ended:
                    continue
        expect_alive(bystander)


# Binary


def test_attachments_nest_repeat_and_may_be_empty(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        text = '["message",{"a":[{"_placeholder":true,"num":1},{"b":{"_placeholder":true,"num":0}}]},"x"]'
        connection.put(f"452-{text}", b"", b"\x00\xff")
        header = connection.receive()
        attachments = [connection.receive(), connection.receive()]
        assert isinstance(header, str) and header.startswith("452-")
        arguments = json.loads(header[4:])
        first = arguments[1]["a"][0]["num"]
        assert attachments[first] == b"\x00\xff" and attachments[1 - first] == b""


def test_ten_attachments_are_taken_and_eleven_are_not(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        for count in (10, 11):
            places = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(count))
            connection.put(f'45{count}-["message",{places}]')
            if count == 11:
                connection.expect_close()
                return
            attachments = [bytes([number]) for number in range(count)]
            connection.put(*attachments)
            connection.expect(f'4510-["message-back",{places}]', *attachments)


@pytest.mark.parametrize("number", ["-1", "1", "1e9", '"0"', "null", "0.5", "{}", "99999999999999999999"])
def test_a_placeholder_for_nothing_ends_the_connection(endpoint: Endpoint, number: str) -> None:
    with joined(endpoint) as connection:
        connection.put(f'451-["message",[{{"_placeholder":true,"num":{number}}}]]', b"x")
        assert connection.expect_close() == []


def test_placeholders_in_placeholders_do_no_harm(endpoint: Endpoint) -> None:
    with joined(endpoint) as bystander, joined(endpoint) as connection:
        inner = HEADERS
        for _ in range(50):
            inner = f'{{"_placeholder":true,"num":0,"x":{inner}}}'
        connection.put(f'451-["message",{inner}]', b"x", '42["message",1]')
        try:
            connection.receive()
        except Ended:
            pass
        expect_alive(bystander)


@pytest.mark.parametrize("between", ['42["message",1]', "40/custom,", "43[]"])
def test_text_where_an_attachment_is_due_ends_the_connection(endpoint: Endpoint, between: str) -> None:
    with joined(endpoint) as connection:
        connection.put(f'451-["message",{HEADERS}]', between)
        assert connection.expect_close() == []


def test_a_pong_between_header_and_attachment_is_fine(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        connection.put(f'451-["message",{HEADERS}]', "3", b"x")
        connection.expect(f'451-["message-back",{HEADERS}]', b"x")


def test_binary_that_nobody_announced_ends_the_connection(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        connection.put(b"x")
        assert connection.expect_close() == []


def test_a_binary_event_without_attachments_is_delivered_at_once(endpoint: Endpoint) -> None:
    with joined(endpoint) as connection:
        connection.put('450-["message","zero"]')
        answer = connection.receive()
        assert answer in ('42["message-back","zero"]', '450-["message-back","zero"]')
        expect_alive(connection)


# On polling


def polled(endpoint: Endpoint) -> Polling:
    session = endpoint.polling()
    session.put("40")
    assert session.receive().startswith('40{"sid":"')
    session.expect('42["auth",{}]')
    return session


def test_binary_over_polling(endpoint: Endpoint) -> None:
    with polled(endpoint) as session:
        session.put('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', "bAQI=", "b")
        session.expect('452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', "bAQI=", "b")


def test_a_hundred_events_in_one_body_are_answered_in_order(endpoint: Endpoint) -> None:
    with polled(endpoint) as session:
        session.put(*[f'42{number}["message-with-ack",{number}]' for number in range(100)])
        session.expect(*[f"43{number}[{number}]" for number in range(100)])


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_an_event_of_a_megabyte_comes_back(endpoint: Endpoint, transport: str) -> None:
    text = "é" * 490_000
    with polled(endpoint) if transport == "polling" else joined(endpoint) as session:
        session.put(f'42["message","{text}"]')
        session.expect(f'42["message-back","{text}"]')
