# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Services that are watched: real HTTP servers, which answer as a test says, or do not."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .ports import free_port

#: Writes an answer to a request, or does something worse; the connection is closed behind it.
Behaviour = Callable[[socket.socket], None]


def says(
    body: object = None, *, status: int = 200, kind: str | None = None, headers: dict[str, str] | None = None
) -> Behaviour:
    """Answers with JSON, or with bytes of some kind."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    fields = {"Content-Length": str(len(raw)), "Connection": "close"} | (headers or {})
    if raw:
        fields["Content-Type"] = kind or "application/json"
    head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"

    def answer(connection: socket.socket) -> None:
        connection.sendall(head.encode() + raw)

    return answer


def is_well(**others: Any) -> Behaviour:
    return says({"status": "healthy"} | others)


def hangs(connection: socket.socket) -> None:
    """Answers nothing until the other side gives up."""
    connection.settimeout(60)
    connection.recv(1)


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def streams(connection: socket.socket) -> None:
    """Sends without end, as fast as it is read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")


def drips(connection: socket.socket) -> None:
    """Sends a byte now and then, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


class Services:
    """Many services behind one port; a service's name is its path."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        #: How often each path was asked for.
        self.asked: Counter[str] = Counter()
        #: The last request's head, by path.
        self.heads: dict[str, str] = {}
        self._behaviours: dict[str, Behaviour] = {}
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Connections are refused from now on."""
        if self._listener:
            # The thread in accept would go on with the next connection otherwise.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._listener = None

    def address(self, name: str) -> str:
        return f"{self.url}/{name}"

    def __setitem__(self, name: str, behaviour: Behaviour) -> None:
        self._behaviours[f"/{name}"] = behaviour

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    part = connection.recv(65536)
                    if not part:
                        return
                    head += part
                path = head.split(b" ", 2)[1].decode()
                self.asked[path] += 1
                self.heads[path] = head.decode()
                self._behaviours.get(path, says(status=404))(connection)
            except OSError:
                return


def opened() -> Iterator[Services]:
    services = Services()
    yield services
    services.close()
