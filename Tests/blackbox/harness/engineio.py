# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Engine.IO 4 byte by byte: sessions over polling and WebSocket for what no stock client would do."""

import json
import select
import time
from typing import NamedTuple

from .raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Ended, RawSocket, encode
from .waiting import DEADLINE, SILENCE

#: Between the packets of a payload.
SEPARATOR = "\x1e"
#: How long a request may take to be with the server: nothing tells the client that a GET waits there. In seconds.
ARRIVAL = 0.15


class Answer(NamedTuple):
    """An HTTP response. The names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def packets(self) -> list[str]:
        return self.text.split(SEPARATOR)


class Connection(RawSocket):
    """A TCP connection for any number of HTTP requests."""

    def ask(self, method: str, target: str, body: str | bytes | None = None, *headers: str) -> "Connection":
        """Sends a request and does not wait for its response."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
        data = body.encode("utf-8") if isinstance(body, str) else body
        if data is not None and not any(line.lower().startswith(("content-length", "transfer-enc")) for line in headers):
            lines.append(f"Content-Length: {len(data)}")
        if data is not None and not any(line.lower().startswith("content-type") for line in headers):
            lines.append("Content-Type: text/plain;charset=UTF-8")
        self.send("\r\n".join([*lines, "", ""]).encode() + (data or b""))
        return self

    def answer(self, *, has_body: bool = True) -> Answer:
        """Waits for the response to the oldest request that has none."""
        first, *lines = self.read_head().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        status = int(first.split()[1])
        if not has_body or status in (101, 204, 304):
            return Answer(status, headers, b"")
        if "content-length" in headers:
            return Answer(status, headers, self._take(int(headers["content-length"])))
        body = b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                count = int(self._line(), 16)
                body += self._take(count)
                self._line()
                if count == 0:
                    return Answer(status, headers, body)
        try:
            while True:
                body += self._take(1)
        except Ended:
            return Answer(status, headers, body)

    def exchange(self, method: str, target: str, body: str | bytes | None = None, *headers: str) -> Answer:
        return self.ask(method, target, body, *headers).answer(has_body=method != "HEAD")

    def _line(self) -> str:
        while b"\r\n" not in self._buffer:
            self._fill()
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def is_silent(self, during: float = SILENCE) -> bool:
        """Whether nothing arrives, and the server does not end the connection, for a while."""
        return not self._buffer and not select.select([self.socket], [], [], during)[0]


def exchange(port: int, method: str, target: str, body: str | bytes | None = None, *headers: str) -> Answer:
    """One request on a connection of its own."""
    with Connection(port) as connection:
        return connection.exchange(method, target, body, *headers)


class WebSocket(Connection):
    """A WebSocket whose messages are Engine.IO packets."""

    def __init__(self, port: int, target: str, *headers: str) -> None:
        super().__init__(port)
        self.status = self.upgrade(target, *headers)

    def put(self, *packets: str | bytes) -> None:
        """Sends packets in one segment: texts with their type, bytes as binary messages."""
        self.send(b"".join(
            encode(BINARY, packet) if isinstance(packet, bytes) else encode(TEXT, packet.encode("utf-8"))
            for packet in packets
        ))

    def take(self) -> str | bytes:
        """The next message, whatever it is; `Ended` when the server closes."""
        opcode, payload = CONTINUATION, b""
        while True:
            frame = self.read_frame()
            if frame.opcode == PING:
                self.send_frame(PONG, frame.payload)
            elif frame.opcode == CLOSE:
                raise Ended
            elif frame.opcode != PONG:
                opcode = frame.opcode or opcode
                payload += frame.payload
                if frame.fin:
                    return payload if opcode == BINARY else payload.decode("utf-8")

    def receive(self) -> str | bytes:
        """The next message that is no ping; pings are answered."""
        while True:
            packet = self.take()
            if packet != "2":
                return packet
            self.put("3")

    def expect(self, *packets: str | bytes) -> None:
        for packet in packets:
            received = self.receive()
            assert received == packet, f"expected {packet!r}, received {received!r}"

    def expect_close(self, within: float = DEADLINE) -> list[str | bytes]:
        """Waits until the server closes, and gives what came before."""
        received: list[str | bytes] = []
        end = time.monotonic() + within
        try:
            while (left := end - time.monotonic()) > 0:
                self.socket.settimeout(left)
                received.append(self.take())
        except Ended:
            return received
        except TimeoutError:
            pass
        raise AssertionError(f"the server did not close within {within} s; it sent {received!r}")

    def open_packet(self) -> dict[str, object]:
        """The handshake's object."""
        packet = self.take()
        assert isinstance(packet, str) and packet.startswith("0"), packet
        return json.loads(packet[1:])


class Endpoint:
    """Where a server speaks Engine.IO."""

    def __init__(self, port: int, path: str = "/engine.io/") -> None:
        self.port = port
        self.path = path

    def target(self, transport: str, sid: str | None = None, more: str = "") -> str:
        return f"{self.path}?EIO=4&transport={transport}" + (f"&sid={sid}" if sid else "") + more

    def polling(self, more: str = "", *headers: str) -> "Polling":
        return Polling(self, more, *headers)

    def websocket(self, sid: str | None = None, more: str = "", *headers: str) -> WebSocket:
        """A WebSocket, whatever the server's answer (`status`); the open packet is not read."""
        return WebSocket(self.port, self.target("websocket", sid, more), *headers)

    def session(self, more: str = "") -> WebSocket:
        """A session on a WebSocket from the start, after its open packet."""
        socket = self.websocket(more=more)
        assert socket.status == 101
        socket.open_packet()
        return socket

    def exchange(self, method: str, query: str, body: str | bytes | None = None, *headers: str) -> Answer:
        return exchange(self.port, method, f"{self.path}{query}", body, *headers)


class Polling:
    """A session over polling. GETs and POSTs have one kept-alive connection each."""

    def __init__(self, endpoint: Endpoint, more: str = "", *headers: str) -> None:
        self.endpoint = endpoint
        self._getter = Connection(endpoint.port)
        self._poster = Connection(endpoint.port)
        self.handshake = self._getter.exchange("GET", endpoint.target("polling", more=more), None, *headers)
        assert self.handshake.status == 200, self.handshake
        assert self.handshake.text[0] == "0", self.handshake
        self.open: dict[str, object] = json.loads(self.handshake.packets[0][1:])
        self.sid = str(self.open["sid"])
        self._waiting: list[str] = self.handshake.packets[1:]

    @property
    def target(self) -> str:
        return self.endpoint.target("polling", self.sid)

    def __enter__(self) -> "Polling":
        return self

    def __exit__(self, *_: object) -> None:
        self._getter.socket.close()
        self._poster.socket.close()

    def get(self, *headers: str) -> Answer:
        return self._getter.exchange("GET", self.target, None, *headers)

    def post(self, body: str | bytes, *headers: str) -> Answer:
        return self._poster.exchange("POST", self.target, body, *headers)

    def put(self, *packets: str) -> None:
        """Sends packets in one payload, which the server must take."""
        answer = self.post(SEPARATOR.join(packets))
        assert (answer.status, answer.text) == (200, "ok"), answer

    def start_get(self) -> Connection:
        """A GET on a connection of its own that is with the server and waits there."""
        connection = Connection(self.endpoint.port).ask("GET", self.target)
        time.sleep(ARRIVAL)
        return connection

    def receive(self) -> str:
        """The next packet that is neither a ping, which is answered, nor a noop."""
        while True:
            if not self._waiting:
                answer = self.get()
                assert answer.status == 200, answer
                self._waiting = answer.packets
            packet = self._waiting.pop(0)
            if packet == "2":
                self.put("3")
            elif packet != "6":
                return packet

    def expect(self, *packets: str) -> None:
        for packet in packets:
            received = self.receive()
            assert received == packet, f"expected {packet!r}, received {received!r}"

    def status(self) -> int:
        """The status of a POST of nothing that matters: 200 while the session lives on polling."""
        return exchange(self.endpoint.port, "POST", self.target, "6").status

    def expect_gone(self) -> None:
        """The session has ended: its id is unknown."""
        end = time.monotonic() + DEADLINE
        while True:
            answer = exchange(self.endpoint.port, "POST", self.target, "6")
            if answer.status == 400 and answer.text == '{"code":1,"message":"Session ID unknown"}':
                return
            assert time.monotonic() < end, f"the session still lives: {answer}"
            time.sleep(0.02)

    def candidate(self, *headers: str) -> WebSocket:
        """A WebSocket for the upgrade, before its probe."""
        return self.endpoint.websocket(self.sid, "", *headers)

    def upgrade(self) -> WebSocket:
        """Upgrades, as a client does that has no GET waiting."""
        socket = self.candidate()
        assert socket.status == 101
        socket.put("2probe")
        assert socket.take() == "3probe"
        socket.put("5")
        return socket
