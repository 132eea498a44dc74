# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Sockets without manners: frames and requests byte by byte (RFC 6455 §5.2), for what no stock client would send."""

import base64
import errno
import os
import socket
import struct
import time
from typing import NamedTuple

from .waiting import DEADLINE

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class Frame(NamedTuple):
    fin: bool
    opcode: int
    payload: bytes


class Ended(Exception):
    """The server ended the connection."""


def encode(
    opcode: int,
    payload: bytes,
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    declared: int | None = None,
) -> bytes:
    """One frame. `reserved` are the three reserved bits, `declared` a length that need not be true."""
    length = len(payload) if declared is None else declared
    first = (0x80 if fin else 0) | (reserved << 4) | opcode
    bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 65536:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    mask = (key * (len(payload) // 4 + 1))[: len(payload)]
    return head + key + (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(payload), "big")


class RawSocket:
    """A TCP connection to a server under test."""

    def __init__(self, port: int, *, receive_buffer: int | None = None, timeout: float = DEADLINE) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:  # before connecting: the window is offered with the first packet
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self._buffer = b""

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Sends all of it; a connection that either side has ended meanwhile is no error here."""
        try:
            self.socket.sendall(data)
        except OSError as fault:
            if fault.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EBADF):
                raise

    def send_frame(self, opcode: int, payload: bytes, **options: object) -> None:
        self.send(encode(opcode, payload, **options))  # type: ignore[arg-type]

    def _fill(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Ended
        self._buffer += data

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def read_head(self) -> str:
        """The head of an HTTP response, without its last empty line."""
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def request(self, method: str, target: str, *headers: str) -> int:
        """Sends a request without a body and gives the status of the response."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.send("\r\n".join(lines).encode())
        return int(self.read_head().split()[1])

    def upgrade(self, target: str, *headers: str) -> int:
        """Asks for a WebSocket and gives the status; 101 is a yes."""
        key = base64.b64encode(os.urandom(16)).decode()
        return self.request(
            "GET", target, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13", *headers,
        )

    def read_frame(self) -> Frame:
        first, second = self._take(2)
        assert second & 0x80 == 0, "a server must not mask (RFC 6455 §5.1)"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        return Frame(bool(first & 0x80), first & 0x0F, self._take(length))

    def read_text(self) -> str:
        """The next text frame's payload; pings before it are left unanswered."""
        while True:
            frame = self.read_frame()
            if frame.opcode == TEXT:
                return frame.payload.decode()
            assert frame.opcode == PING, f"expected a text frame, got {frame}"

    def read_close(self) -> tuple[int, str]:
        """Code and reason of the close frame; what comes before it is dropped."""
        while True:
            frame = self.read_frame()
            if frame.opcode == CLOSE:
                code = struct.unpack("!H", frame.payload[:2])[0] if len(frame.payload) >= 2 else 1005
                return code, frame.payload[2:].decode()

    def wait_for_end(self, within: float = DEADLINE) -> None:
        """Reads until the server ends the connection, which it must do in time."""
        end = time.monotonic() + within
        try:
            while True:
                left = end - time.monotonic()
                assert left > 0, f"the server did not end the connection within {within} s"
                self.socket.settimeout(left)
                self._fill()
                self._buffer = b""
        except Ended:
            return
        except TimeoutError:
            raise AssertionError(f"the server did not end the connection within {within} s") from None
